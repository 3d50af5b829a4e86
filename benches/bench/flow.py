"""The whole flow, from a provider's request to its result, without the cost of the PIN's hash and of a signature.

Hanok hashes at the least cost its settings take, and people confirm by the session of a browser; the peer's person
approves by a call that its server takes from the bench.
"""

import json
from base64 import b64encode
from hashlib import pbkdf2_hmac
from pathlib import Path
from urllib.parse import quote

from . import hanok, oidc_provider
from .measure import Course
from .places import free_port
from .subject import Operation, Sizes, Subject

PASSWORD, PIN = "Bench-2026-flow", "730461"
JSON = {"Content-Type": "application/json"}
# oidc-provider's default adapter holds 1,000 entries, of which each flow takes three: so many at once.
AT_ONCE = 250
CHEAP = {"HANOK__ACCOUNTS__ARGON2_MEMORY_KIB": "8", "HANOK__ACCOUNTS__ARGON2_ITERATIONS": "1"}
BY_SESSION = {"HANOK__IDENTITY__CONFIRM_BY_SESSION": "true"}


class People:
    """People who are signed in and have a PIN, and what each of them and the provider sends."""

    def __init__(self, work: Path, env: dict[str, str], count: int, others: int = 0) -> None:
        """`others` are people besides who are only asked, never signed in."""
        self.count, self.cookies, self.asked = count, work / "cookies.txt", work / "asked.txt"
        self.provider = set_up(work, env, count + others)

    def sign_in(self, course: Course) -> None:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        body = f"user_id=p{{n}}&password={quote(PASSWORD)}"
        login = Operation("POST", "/login", 302, form, body, ("set-cookie",))
        course.load(login, self.count, captured=self.cookies, connections=4)
        pin = Operation("PUT", "/api/v1/me/pin/", 204, JSON | browser("{id}"), json.dumps({"pin_code": PIN}))
        course.load(pin, self.count, ids=self.cookies, connections=4)

    def ask(self, course: Course, count: int, first: int = 0) -> dict:
        """Requests for so many people; leaves a line of id, number and cookie for each."""
        answers = course.work / "answers.txt"
        body = '{"user_phone_number":"010{n}"}'
        captured = ("transaction_id", "binding_code")
        request = Operation("POST", "/api/v1/auth/request/", 201, JSON | self.provider, body, captured)
        report = course.load(request, count, first, captured=answers)
        cookies = self.cookies.read_text().splitlines()[first:]
        lines = zip(answers.read_text().splitlines(), cookies, strict=False)
        self.asked.write_text("\n".join(f"{answer}\t{cookie}" for answer, cookie in lines))
        return report

    def confirm(self) -> Operation:
        body = f'{{"transaction_id":"{{id}}","binding_code":"{{1}}","pin_code":"{PIN}"}}'
        return Operation("POST", "/api/v1/auth/confirm/", 200, JSON | browser("{2}"), body, contains="COMPLETED")

    def result(self) -> Operation:
        return Operation("POST", "/api/v1/auth/result/", 200, JSON | self.provider, '{"transaction_id":"{id}"}')


def browser(cookie: str) -> dict[str, str]:
    return {"Cookie": cookie, "Sec-Fetch-Site": "same-origin"}


def set_up(work: Path, env: dict[str, str], people: int) -> dict[str, str]:
    """As `hanok.set_up`, with a password that the bench knows, hashed so that its check costs nothing."""
    key = pbkdf2_hmac("sha256", PASSWORD.encode(), b"benchflow", 1)
    client = hanok.set_up(work, env, people, f"pbkdf2_sha256$1$benchflow${b64encode(key).decode()}")
    return {"X-Client-ID": client["client_id"], "X-Client-Secret": client["client_secret"]}


def environment(work: Path, port: int, **settings: str) -> dict[str, str]:
    return hanok.environment(work / "data", port) | BY_SESSION | settings


def subject(name: str, work: Path, env: dict[str, str], port: int, sizes: Sizes, play) -> Subject:
    nothing = Operation("GET", "/health", 200)
    return Subject(
        name=name,
        command=[hanok.PROGRAM, "serve"],
        cwd=work,
        env=env,
        port=port,
        ready_path="/health/ready",
        request=nothing,
        status=nothing,
        sizes=sizes,
        backlog=lambda: hanok.backlog(env["HANOK__STORE__SQLITE_PATH"]),
        play=play,
    )


class OfHanok:
    """The subject `hanok-flow`."""

    @staticmethod
    def prepare(work: Path, scale: float) -> Subject:
        sizes = Sizes(warm_up=500, requests=5_000).scaled(scale)
        port = free_port()
        env = environment(work, port, **CHEAP)
        people = People(work, env, sizes.warm_up + sizes.requests)

        def flow(course: Course, count: int, first: int) -> None:
            people.ask(course, count, first)
            course.load(people.confirm(), count, ids=people.asked)
            course.load(people.result(), count, ids=people.asked)

        def play(course: Course) -> dict:
            people.sign_in(course)
            flow(course, sizes.warm_up, 0)
            print(f"hanok-flow: × {sizes.requests}", flush=True)
            return {"flow": course.measured(lambda count: flow(course, count, sizes.warm_up), sizes.requests)}

        return subject("hanok-flow", work, env, port, sizes, play)


class OfOidcProvider:
    """The subject `oidc-provider-flow`: CIBA in poll mode to its end."""

    @staticmethod
    def prepare(work: Path, scale: float) -> Subject:
        peer = oidc_provider.prepare(work, scale)
        rounds = max(1, int(8 * scale))
        form = peer.request.headers
        approve = Operation("POST", "/approve?auth_req_id={id}", 204)
        token = Operation("POST", "/token", 200, form, peer.status.body, contains="access_token")

        def one_round(course: Course) -> None:
            course.request(AT_ONCE)
            course.load(approve, AT_ONCE, ids=course.ids)
            course.load(token, AT_ONCE, ids=course.ids)

        def play(course: Course) -> dict:
            one_round(course)
            print(f"oidc-provider-flow: × {rounds * AT_ONCE}", flush=True)
            all_rounds = lambda _: [one_round(course) for _ in range(rounds)] and None  # noqa: E731
            return {"flow": course.measured(all_rounds, rounds * AT_ONCE)}

        return Subject(**{**vars(peer), "name": "oidc-provider-flow", "play": play})
