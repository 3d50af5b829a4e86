"""Hanok itself: the release build on SQLite, set up by its public command line alone."""

import csv
import hashlib
import json
import os
import sqlite3
import subprocess
from base64 import b64encode
from pathlib import Path

from .places import TARGET, free_port
from .subject import Operation, Sizes, Subject

PROGRAM = str(TARGET / "hanok")
SIZES = Sizes(warm_up=2_000, requests=20_000)


def prepare(work: Path, scale: float) -> Subject:
    port, sizes = free_port(), SIZES.scaled(scale)
    env = environment(work / "data", port)
    return subject("hanok", work, env, port, sizes, set_up(work, env, sizes.numbers))


def subject(name: str, work: Path, env: dict[str, str], port: int, sizes: Sizes, client: dict[str, str]) -> Subject:
    headers = {"X-Client-ID": client["client_id"], "X-Client-Secret": client["client_secret"]}
    body = '{"user_phone_number":"010{n}"}'
    return Subject(
        name=name,
        command=[PROGRAM, "serve"],
        cwd=work,
        env=env,
        port=port,
        ready_path="/health/ready",
        request=Operation(
            "POST",
            "/api/v1/auth/request/",
            201,
            headers | {"Content-Type": "application/json"},
            body,
            ("transaction_id",),
        ),
        # Once for each transaction: a second poll within the interval would be a 429.
        status=Operation("GET", "/api/v1/auth/status/{id}", 200, headers, contains="PENDING"),
        sizes=sizes,
        backlog=lambda: backlog(env["HANOK__STORE__SQLITE_PATH"]),
    )


# What follows is all that knows Hanok's command line and settings.


def environment(data: Path, port: int) -> dict[str, str]:
    """Defaults, but for the place, the port and the limits that a load from one address would meet.

    Those are put out of reach instead of switched off, so that counting is paid for. The limits by phone stand.
    """
    inherited = {key: value for key, value in os.environ.items() if key in ("PATH", "HOME", "LANG", "TZ")}
    return inherited | {
        "HANOK__SERVER__DATA_DIR": str(data),
        "HANOK__SERVER__PORT": str(port),
        "HANOK__STORE__SQLITE_PATH": str(data / "hanok.sqlite3"),
        "HANOK__LIMITS__ADDRESS_PER_MINUTE": "1000000000",
        "HANOK__LIMITS__PROVIDER_PER_MINUTE": "1000000000",
    }


def set_up(work: Path, env: dict[str, str], people: int, password_hash: str | None = None) -> dict[str, str]:
    """Keys and tables, people with proven numbers, and one provider that polls; returns its credentials."""
    hanok(work, env, "migrate")
    csv_file = write_people(work / "people.csv", people, password_hash or unknown_password())
    hanok(work, env, "account", "import", str(csv_file))
    provider = ["--name", "Bench", "--site-code", "BENCH", "--delivery", "poll"]
    return json.loads(hanok(work, env, "provider", "create", *provider, "--json"))


def hanok(work: Path, env: dict[str, str], *arguments: str) -> str:
    done = subprocess.run([PROGRAM, *arguments], cwd=work, env=env, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout


# Rows that the sealer, the relay and the jobs have still to work off.
BACKLOG = ["SELECT count(*) FROM audit_unsealed", "SELECT count(*) FROM outbox WHERE sent_at IS NULL"]


def backlog(database: str) -> int:
    store = sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)
    try:
        return sum(store.execute(query).fetchone()[0] for query in BACKLOG)
    finally:
        store.close()


def unknown_password() -> str:
    """The hash, in Django's form, of a password that nobody knows."""
    salt = os.urandom(12).hex()
    key = hashlib.pbkdf2_hmac("sha256", os.urandom(32), salt.encode(), 600_000)
    return f"pbkdf2_sha256$600000${salt}${b64encode(key).decode()}"


def write_people(path: Path, count: int, password_hash: str) -> Path:
    """The columns of `hanok account import`, one password for all."""
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["username", "name", "phone_number", "password_hash", "phone_proven"])
        rows.writerows([f"p{n:08}", f"Person {n}", f"010{n:08}", password_hash, "true"] for n in range(count))
    return path
