"""Lists of a filled store, page by page: CPU for one request, and how many statements it took."""

import http.client
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from .measure import Course
from .pages import BROWSER, Got, call
from .process import BenchError, ServerProcess
from .subject import Operation, Subject

CPU_GOAL_MS, STATEMENTS_GOAL = 20, 5
# As many as the peer's two workers have threads.
CONNECTIONS = 8
# A list is asked for as often as fills so many seconds, one request after the other; one that takes long, a few times.
SECONDS, FEWEST, MOST = 4.0, 16, 2_000
LONG_SECONDS, FEW = 1.0, 4
# What a store that has just been filled gives a starting server to do: statistics, the check of the trail.
FIRST_REST_SECONDS = 3_600


@dataclass(frozen=True)
class ListOf:
    """A list by the name it has in the table, where it is, and whether it is a page or JSON."""

    name: str
    path: str
    is_page: bool = True


@dataclass(frozen=True)
class Catalogue:
    """A server with its lists; `headers` gives those of somebody who is signed in, for a list."""

    subject: Subject
    # What must be there before anything is measured; gives the lists.
    begin: Callable[[], list[ListOf]]
    headers: Callable[[ListOf], dict[str, str]]
    # For each list by name: how many of each kind a request takes.
    statements: Callable[[list[ListOf]], Mapping[str, dict[str, int]]]


def measure(catalogue: Catalogue, work: Path, scale: float) -> dict[str, dict]:
    process = ServerProcess(catalogue.subject, work / f"{catalogue.subject.name}.log")
    try:
        process.wait_ready(f"http://127.0.0.1:{catalogue.subject.port}{catalogue.subject.ready_path}")
        lists = catalogue.begin()
        print(f"{catalogue.subject.name}: coming to rest", flush=True)
        process.settle(at_most=FIRST_REST_SECONDS)
        course = Course(catalogue.subject, process, work)
        measured = {one.name: measure_list(catalogue, course, one, scale) for one in lists}
        answered = [one for one in lists if measured[one.name]["cpu_ms_per_operation"] is not None]
        statements = catalogue.statements(answered)
        return {name: report | counts(statements.get(name, {})) for name, report in measured.items()}
    finally:
        process.stop()


def measure_list(catalogue: Catalogue, course: Course, one: ListOf, scale: float) -> dict:
    headers = catalogue.headers(one)
    port = course.subject.port
    # The load sees the answer compressed, so its rows are counted once before.
    try:
        rows = rows_of(one, call(port, "GET", one.path, headers | {"Accept-Encoding": "identity"}))
    except TimeoutError:
        print(f"{course.subject.name}: {one.name} is not answered", flush=True)
        course.process.settle(at_most=FIRST_REST_SECONDS)
        return {"path": one.path, "rows": 0, "cpu_ms_per_operation": None}
    took = min(timed(port, one, headers) for _ in range(3))
    count, connections = how_often(took, scale)
    print(f"{course.subject.name}: {one.name} × {count}", flush=True)
    operation = Operation("GET", one.path, 200, headers)
    course.ids.write_text("")
    get = Course(replace(course.subject, status=operation), course.process, course.work)
    report = get.measured(lambda requests: get.load(operation, requests, connections=connections), count)
    return report | {"path": one.path, "rows": rows}


def how_often(took: float, scale: float) -> tuple[int, int]:
    """How many requests, and how many at once: none may wait for others longer than the load has patience."""
    count = FEW if took > LONG_SECONDS else max(FEWEST, min(int(SECONDS / took * scale), MOST))
    return count, max(1, min(CONNECTIONS, int(CONNECTIONS * LONG_SECONDS / took)))


def timed(port: int, one: ListOf, headers: dict[str, str]) -> float:
    started = time.monotonic()
    call(port, "GET", one.path, headers)
    return time.monotonic() - started


def rows_of(one: ListOf, answer: Got) -> int:
    """A list of nothing measures nothing."""
    text = answer.body.decode()
    if answer.status != 200:
        raise BenchError(f"{one.path} is answered {answer.status}")
    if one.is_page:
        rows = text.partition("<tbody")[2].partition("</table>")[0].count("<tr")
    else:
        rows = max((len(value) for value in json.loads(text).values() if isinstance(value, list)), default=0)
    if rows == 0:
        raise BenchError(f"{one.path} lists nothing")
    return rows


def counts(kinds: dict[str, int]) -> dict:
    return {"statements": sum(kinds.values()), "kinds": kinds}


def browser(cookie: str) -> dict[str, str]:
    return BROWSER | {"Cookie": cookie}


def kept(port: int, addresses: list[tuple[str, dict[str, str]]]) -> None:
    """Asks for each in turn on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        for path, headers in addresses:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise BenchError(f"{path} is answered {answer.status}")
    finally:
        connection.close()
