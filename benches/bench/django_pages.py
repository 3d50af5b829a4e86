"""The peer's pages: a sign-in form and the same history, with Django's templates, sessions and paginator."""

import os
import subprocess
from pathlib import Path

from .django import HOME, VENV, install
from .pages import ROWS, PageOf, Site
from .places import free_port
from .subject import Operation, Sizes, Subject

SIZES = Sizes(warm_up=200, requests=1_500)
PAGES = [PageOf("login", "/login", False, 'name="user_id"'), PageOf("history", "/history", True, "Bench")]


def prepare(work: Path, scale: float) -> Site:
    install()
    port = free_port()
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "reference.page_settings",
        "SECRET_KEY": os.urandom(32).hex(),
        "DATABASE": str(work / "django.sqlite3"),
        "ROWS": str(ROWS),
    }
    made = [VENV / "bin" / "python", "prepare_pages.py"]
    key = subprocess.run(made, cwd=HOME, env=env, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    page = Operation("GET", "/login", 200)
    subject = Subject(
        name="django",
        command=[str(VENV / "bin" / "gunicorn"), "--bind", f"127.0.0.1:{port}", "reference.wsgi"],
        cwd=HOME,
        env=env,
        port=port,
        ready_path="/login",
        request=page,
        status=page,
        sizes=SIZES.scaled(scale),
    )
    return Site(subject, PAGES, lambda _: f"peer_session={key}")
