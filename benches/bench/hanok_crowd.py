"""Hanok with thousands of people on sockets, each signed in, and somebody who writes what they are told of."""

import hashlib
import http.client
import json
from base64 import b64encode
from pathlib import Path

from . import hanok
from .crowd import AUTHORS, Place
from .measure import Course
from .places import free_port
from .process import BenchError, ServerProcess
from .subject import Operation, Sizes, Subject

PASSWORD = "Bench-2026-crowd"
JSON = {"Content-Type": "application/json"}
# Who runs the board, the people on sockets, and one who signs in beside them.
ADMIN = "p00000000"
LOGIN = "/api/v1/auth/login"
# While thousands sign in before anything is measured, hashes are cheap.
CHEAP = {"HANOK__ACCOUNTS__ARGON2_MEMORY_KIB": "64", "HANOK__ACCOUNTS__ARGON2_ITERATIONS": "1"}


class Site:
    """The server, its people's tokens, and the post that everybody looks at."""

    def __init__(self, work: Path, sockets: int) -> None:
        self.work, self.sockets, self.port = work, sockets, free_port()
        self.env = environment(work / "data", self.port)
        self.tokens = work / "tokens.txt"
        self.post, self.admin = 0, {}

    def place(self) -> Place:
        self.set_up()
        body = json.dumps({"username": "p{n}", "password": PASSWORD})
        sign_in = Operation("POST", LOGIN, 200, JSON, body)
        return Place(self.subject(self.env), self.open, self.each, self.all, self.talk, sign_in)

    def subject(self, env: dict[str, str]) -> Subject:
        sign_in = json.dumps({"username": "p{n}", "password": PASSWORD})
        nothing = Operation("GET", "/", 200)
        return Subject(
            name="hanok",
            command=[hanok.PROGRAM, "serve"],
            cwd=self.work,
            env=env,
            port=self.port,
            ready_path="/health/ready",
            request=Operation("POST", LOGIN, 200, JSON, sign_in, ("access_token",)),
            status=nothing,
            sizes=Sizes(0, 0),
            backlog=lambda: hanok.backlog(env["HANOK__STORE__SQLITE_PATH"]),
        )

    def set_up(self) -> None:
        """People, and a token of each from a server whose hashes are cheap; the tokens are good at the next."""
        salt = "benchcrowd"
        key = hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), salt.encode(), 1_000)
        password_hash = f"pbkdf2_sha256$1000${salt}${b64encode(key).decode()}"
        people = hanok.write_people(self.work / "people.csv", self.sockets + 6, password_hash)
        hanok.hanok(self.work, self.env, "migrate")
        hanok.hanok(self.work, self.env, "account", "import", str(people))
        hanok.hanok(self.work, self.env, "account", "role", "add", ADMIN, "super_admin")
        subject = self.subject(self.env | CHEAP)
        process = ServerProcess(subject, self.work / "sign-in.log")
        try:
            process.wait_ready(f"http://127.0.0.1:{self.port}{subject.ready_path}")
            course = Course(subject, process, self.work)
            course.load(subject.request, self.sockets, 1, captured=self.tokens)
            process.settle()
        finally:
            process.stop()

    def open(self) -> tuple[Path, list[str]]:
        given = {"username": ADMIN, "password": PASSWORD}
        self.admin = {"Authorization": f"Bearer {self.call('POST', LOGIN, given)['access_token']}"}
        self.post = self.write("모두 보는 글", self.admin)
        return self.tokens, [f"post_{self.post}"]

    def each(self, _: int) -> None:
        """A post that everybody must read: everybody has a notification of their own."""
        self.call("PUT", f"/api/v1/posts/{self.write('모두 읽어 주세요', self.admin)}/must-read")

    def all(self, count: int) -> None:
        """Comments on the post that everybody looks at."""
        for number in range(count):
            self.call("POST", f"/api/v1/posts/{self.post}/comments", {"content": f"{number}번째 말"})

    def talk(self) -> tuple[list[int], str]:
        tokens = self.tokens.read_text().split()[:AUTHORS]
        posts = [self.write("한마디씩 남겨 주세요", {"Authorization": f"Bearer {token}"}) for token in tokens]
        return posts, self.admin["Authorization"].removeprefix("Bearer ")

    def write(self, title: str, who: dict[str, str]) -> int:
        return self.call("POST", "/api/v1/posts", {"title": title, "content": "읽어 주세요."}, who)["id"]

    def call(self, method: str, path: str, body: dict | None = None, who: dict[str, str] | None = None) -> dict:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            headers = JSON | (self.admin if who is None else who)
            connection.request(method, path, json.dumps(body) if body else None, headers)
            answer = connection.getresponse()
            text = answer.read()
            if answer.status >= 300:
                raise BenchError(f"{method} {path} was answered {answer.status}: {text.decode()}")
            return json.loads(text or b"{}")
        finally:
            connection.close()


def environment(data: Path, port: int) -> dict[str, str]:
    """Defaults, but for limits that so much from one address and one person would meet."""
    limits = ["ACCOUNT", "BOARD_WRITE", "SIGN_IN"]
    raised = {f"HANOK__LIMITS__{name}_PER_MINUTE": "1000000000" for name in limits}
    return hanok.environment(data, port) | raised


def prepare(work: Path, sockets: int) -> Place:
    return Site(work, sockets).place()
