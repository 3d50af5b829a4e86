"""Hanok's pages, with a person whom one provider has asked a thousand times."""

import hashlib
import json
from base64 import b64encode
from pathlib import Path
from urllib.parse import urlencode

from . import hanok
from .measure import Course
from .pages import ROWS, PageOf, Site, call
from .places import free_port
from .process import BenchError
from .subject import Operation, Sizes, Subject

PASSWORD = "Bench-2026-pages"
PHONE = "01000000000"
SIZES = Sizes(warm_up=300, requests=3_000)
COOKIE = "hanok_session"

PAGES = [
    PageOf("landing", "/", False, "</html>"),
    PageOf("login", "/login", False, 'name="user_id"'),
    PageOf("dashboard", "/dashboard", True, "</html>"),
    PageOf("history", "/history", True, "Bench"),
]


def prepare(work: Path, scale: float) -> Site:
    port = free_port()
    env = environment(work / "data", port)
    client = set_up(work, env)
    credentials = {"X-Client-ID": client["client_id"], "X-Client-Secret": client["client_secret"]}
    subject = Subject(
        name="hanok",
        command=[hanok.PROGRAM, "serve"],
        cwd=work,
        env=env,
        port=port,
        ready_path="/health/ready",
        request=Operation(
            "POST",
            "/api/v1/auth/request/",
            201,
            credentials | {"Content-Type": "application/json"},
            json.dumps({"user_phone_number": PHONE}),
        ),
        status=Operation("GET", "/", 200),
        sizes=SIZES.scaled(scale),
        backlog=lambda: hanok.backlog(env["HANOK__STORE__SQLITE_PATH"]),
    )
    return Site(subject, PAGES, ask_and_sign_in)


def ask_and_sign_in(course: Course) -> str:
    """Each request supersedes the one before, so the person has 999 that failed and one that waits."""
    course.request(ROWS)
    return sign_in(course.subject.port)


def environment(data: Path, port: int) -> dict[str, str]:
    """One phone is asked a thousand times, which its limits are there to prevent."""
    limits = ["PER_PHONE_PROVIDER_10MIN", "PER_PHONE_PROVIDER_DAY", "PER_PHONE_10MIN"]
    far = "1000000000"
    raised = {f"HANOK__IDENTITY__{name}": far for name in limits}
    return hanok.environment(data, port) | raised | {"HANOK__LIMITS__ACCOUNT_PER_MINUTE": far}


def set_up(work: Path, env: dict[str, str]) -> dict[str, str]:
    salt = "benchpages"
    key = hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), salt.encode(), 1_000)
    password_hash = f"pbkdf2_sha256$1000${salt}${b64encode(key).decode()}"
    people = work / "people.csv"
    people.write_text(
        "username,name,phone_number,password_hash,phone_proven\n"
        f'reader,Reader,{PHONE},"{password_hash}",true\n'
    )
    hanok.hanok(work, env, "migrate")
    hanok.hanok(work, env, "account", "import", str(people))
    provider = ["--name", "Bench", "--site-code", "BENCH", "--delivery", "poll"]
    return json.loads(hanok.hanok(work, env, "provider", "create", *provider, "--json"))


def sign_in(port: int) -> str:
    form = urlencode({"user_id": "reader", "password": PASSWORD})
    answer = call(port, "POST", "/login", {"Content-Type": "application/x-www-form-urlencoded"}, form)
    cookie = next((value for value in answer.cookies if value.startswith(f"{COOKIE}=")), None)
    if answer.status != 302 or cookie is None:
        raise BenchError(f"the sign-in was answered {answer.status} without a session")
    return cookie.partition(";")[0]
