"""The board at scale: CPU of one request, of Hanok and of a peer on the same posts."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from .measure import Course
from .pages import call
from .process import BenchError, ServerProcess
from .subject import Operation, Subject

POSTS, COMMENTS, PEOPLE, DAYS = 100_000, 1_000_000, 2_000, 400
PAGE_GOAL_MS, PEER_GOAL_TIMES = 1, 20
NEWEST_GOAL_MS, SEARCH_GOAL_MS, SEARCHABLE_GOAL_MS = 5, 20, 1
# The page of a post shows so many; so many posts that have them are asked for in turn.
ON_A_PAGE, DIFFERENT = 50, 200
# As many as the peer's two workers have threads.
CONNECTIONS = 8
# As often as fills so many seconds, one request after the other.
SECONDS, FEWEST, MOST = 2.0, 64, 3_000
# What a store that has just been filled gives a starting server to do.
FIRST_REST_SECONDS = 3_600
QUERIES = [
    "회의",
    "회의를",
    "회의실",
    "회의록을",
    "공지사항",
    "휴가 신청",
    "서버 장애",
    "연말정산",
    "deploy",
    "API를",
    "방",
    "뷁쇍",
    "회의 API",
    "쀍쀍",
]


@dataclass(frozen=True)
class Size:
    posts: int
    comments: int
    people: int

    @staticmethod
    def of(scale: float) -> "Size":
        posts = max(2_500, int(POSTS * scale))
        return Size(posts, posts * COMMENTS // POSTS, max(100, int(PEOPLE * scale)))

    def arguments(self) -> list[str]:
        """Nothing of anybody's identity: the board alone."""
        pairs = {
            "--accounts": self.people,
            "--posts": self.posts,
            "--comments": self.comments,
            "--days": DAYS,
            "--transactions": 0,
            "--audit": 0,
            "--providers": 1,
        }
        return [word for name, count in pairs.items() for word in (name, str(count))]


@dataclass(frozen=True)
class Asked:
    """A request by its name in the table; `{id}` and so on are filled in from `lines`, in turn."""

    name: str
    path: str
    headers: dict[str, str]
    method: str = "GET"
    body: str = ""
    expect: int = 200
    lines: list[str] = field(default_factory=list)
    # What the answer must hold, where it is asked for once before.
    contains: str = ""


@dataclass(frozen=True)
class Site:
    """A server with what is asked of it once it runs."""

    subject: Subject
    begin: Callable[[], list[Asked]]
    # By kind, the statements that one request takes.
    statements: Callable[[Asked], dict[str, int]] = lambda _: {}


def measure(site: Site, work: Path, scale: float) -> dict[str, dict]:
    name = site.subject.name
    process = ServerProcess(site.subject, work / f"{name}.log")
    try:
        process.wait_ready(f"http://127.0.0.1:{site.subject.port}{site.subject.ready_path}")
        asked = site.begin()
        print(f"{name}: coming to rest", flush=True)
        process.settle(at_most=FIRST_REST_SECONDS)
        course = Course(site.subject, process, work)
        reads = [one for one in asked if one.method == "GET"]
        statements = {one.name: site.statements(one) for one in reads}
        measured = {one.name: measure_one(course, one, scale) for one in asked}
        return {name: one | {"statements": statements.get(name, {})} for name, one in measured.items()}
    finally:
        process.stop()


def measure_one(course: Course, one: Asked, scale: float) -> dict:
    count = max(FEWEST, min(int(SECONDS / took(course, one) * scale), MOST))
    operation = Operation(one.method, one.path, one.expect, one.headers, one.body)
    course.ids.write_text("\n".join(one.lines))

    def play(requests: int, first: int) -> None:
        course.load(operation, requests, first, CONNECTIONS, ids=course.ids)

    # Every line once: what is read for the first time is noted.
    warm_up = max(count // 8, len(one.lines) if one.method == "GET" else 0, CONNECTIONS)
    play(warm_up, 0)
    before = course.process.settle(at_least=2)
    started = time.monotonic()
    play(count, warm_up)
    seconds = time.monotonic() - started
    cpu_ms = (course.process.settle(at_least=2) - before) / count
    print(f"{course.subject.name}: {one.name} × {count}: {cpu_ms:.2f} ms", flush=True)
    return {"path": one.path, "count": count, "seconds": seconds, "cpu_ms_per_operation": cpu_ms}


def took(course: Course, one: Asked) -> float:
    """Seconds for one request, the least of three; a page is looked at, whether it is the one."""
    if one.method != "GET":
        # What is written is not undone: one is not tried.
        return SECONDS / MOST
    headers = one.headers | {"Accept-Encoding": "identity"}
    path = one.path.replace("{id}", one.lines[0]) if one.lines else one.path
    answer = call(course.subject.port, "GET", path, headers)
    if answer.status != one.expect or one.contains not in answer.body.decode():
        raise BenchError(f"{course.subject.name}: {path} is answered {answer.status} without {one.contains!r}")
    return min(timed(course.subject.port, path, one.headers) for _ in range(3))


def timed(port: int, path: str, headers: dict[str, str]) -> float:
    started = time.monotonic()
    call(port, "GET", path, headers)
    return time.monotonic() - started


def without_words(text: str) -> str:
    """A text of the same length in which there is nothing to be found."""
    return "".join("…" if ord(one) > 0x7FF else "." if one.isalnum() else one for one in text)


def quoted(text: str) -> str:
    """As it stands between the quotation marks of JSON."""
    return json.dumps(text, ensure_ascii=False)[1:-1]
