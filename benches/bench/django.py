"""The durable peer: a plain Django REST reference of the same two endpoints, served by gunicorn."""

import os
import subprocess
import sys
from pathlib import Path

from .places import PEERS, WORK, free_port
from .subject import Operation, Sizes, Subject

HOME = PEERS / "django"
VENV = WORK.parent / "bench-django-venv"
CLIENT_ID, CLIENT_SECRET = "bench", "bench-secret-of-a-loopback-server-only"
SIZES = Sizes(warm_up=200, requests=3_000)


def prepare(work: Path, scale: float) -> Subject:
    install()
    port, sizes = free_port(), SIZES.scaled(scale)
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "reference.settings",
        "SECRET_KEY": os.urandom(32).hex(),
        "DATABASE": str(work / "django.sqlite3"),
        "CLIENT_ID": CLIENT_ID,
        "CLIENT_SECRET": CLIENT_SECRET,
        "ACCOUNTS": str(sizes.numbers),
    }
    subprocess.run([VENV / "bin" / "python", "prepare.py"], cwd=HOME, env=env, check=True)
    headers = {"X-Client-ID": CLIENT_ID, "X-Client-Secret": CLIENT_SECRET}
    body = '{"user_phone_number":"010{n}"}'
    return Subject(
        name="django",
        command=[str(VENV / "bin" / "gunicorn"), "--bind", f"127.0.0.1:{port}", "reference.wsgi"],
        cwd=HOME,
        env=env,
        port=port,
        ready_path="/api/v1/auth/status/",
        request=Operation(
            "POST",
            "/api/v1/auth/request/",
            201,
            headers | {"Content-Type": "application/json"},
            body,
            ("transaction_id",),
        ),
        status=Operation("GET", "/api/v1/auth/status/{id}", 200, headers, contains="PENDING"),
        sizes=sizes,
    )


def install() -> None:
    wanted, stamp = HOME / "requirements.txt", VENV / ".installed"
    if stamp.exists() and stamp.read_bytes() == wanted.read_bytes():
        return
    subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)
    pip = [VENV / "bin" / "python", "-m", "pip", "install", "--quiet", "--require-hashes", "--only-binary", ":all:"]
    subprocess.run([*pip, "-r", wanted], check=True)
    stamp.write_bytes(wanted.read_bytes())
