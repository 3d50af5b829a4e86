"""Pages as a browser asks for them: CPU for each, and the bytes of a first visit."""

import http.client
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from .measure import Course
from .process import BenchError, ServerProcess
from .subject import Operation, Subject

ROWS = 1_000
BROWSER = {
    "Accept": "text/html",
    "Accept-Encoding": "gzip, deflate, br",
    "Accept-Language": "ko",
    "Sec-Fetch-Site": "none",
}
CPU_GOAL_MS, FIRST_VISIT_GOAL_KIB = 0.3, 60


@dataclass(frozen=True)
class PageOf:
    """A page, who asks for it, and words that prove that it is the one."""

    name: str
    path: str
    signed_in: bool
    contains: str


@dataclass(frozen=True)
class Site:
    """A server with one person of ROWS requests; `sign_in` gives that person's cookie once it runs."""

    subject: Subject
    pages: list[PageOf]
    sign_in: Callable[[Course], str]


def measure(site: Site, work: Path) -> list[dict]:
    process = ServerProcess(site.subject, work / "server.log")
    try:
        process.wait_ready(f"http://127.0.0.1:{site.subject.port}{site.subject.ready_path}")
        course = Course(site.subject, process, work)
        cookie = site.sign_in(course)
        return [measure_page(course, page, cookie) for page in site.pages]
    finally:
        process.stop()


def measure_page(course: Course, page: PageOf, cookie: str) -> dict:
    headers = BROWSER | ({"Cookie": cookie} if page.signed_in else {})
    port, sizes = course.subject.port, course.subject.sizes
    # The load sees the page compressed, so its words are looked for once before.
    plain = call(port, "GET", page.path, headers | {"Accept-Encoding": "identity"})
    if plain.status != 200 or page.contains not in plain.body.decode():
        raise BenchError(f"{page.path} is answered {plain.status} without {page.contains}")
    operation = Operation("GET", page.path, 200, headers)
    print(f"{course.subject.name}: {page.path} × {sizes.requests}", flush=True)
    get = asking_for(course, operation)
    get.status(sizes.warm_up)
    report = get.measured(get.status, sizes.requests)
    return report | {"name": page.name, "path": page.path, "first_visit": first_visit(port, page.path, headers)}


def asking_for(course: Course, operation: Operation) -> Course:
    course.ids.write_text("")
    return Course(replace(course.subject, status=operation), course.process, course.work)


# A first visit: the page and all that it names, compressed as they come over the wire.

NAMED = re.compile(r'<(?:link[^>]+href|script[^>]+src|use[^>]+href|img[^>]+src)="([^"#]+)')
LINKS_NOT_LOADED = re.compile(r'<link[^>]+rel="(?:canonical|alternate|manifest)"[^>]*>')
IMPORTED = re.compile(r"""(?:from|import)\s*\(?["'](\./[^"']+\.js)["']""")


def first_visit(port: int, path: str, headers: dict[str, str]) -> dict:
    """Bytes of bodies by address; scripts are followed into the modules they import."""
    html = call(port, "GET", path, headers | {"Accept-Encoding": "identity"}).body.decode()
    bytes_of = {path: len(call(port, "GET", path, headers).body)}
    waiting = NAMED.findall(LINKS_NOT_LOADED.sub("", html))
    while waiting:
        address = urljoin(path, waiting.pop())
        if address in bytes_of or urlsplit(address).netloc:
            continue
        answer = call(port, "GET", address, headers)
        if answer.status != 200:
            raise BenchError(f"{path} names {address}, which is answered {answer.status}")
        bytes_of[address] = len(answer.body)
        if address.endswith(".js"):
            script = call(port, "GET", address, headers | {"Accept-Encoding": "identity"}).body.decode()
            waiting += [urljoin(address, name) for name in IMPORTED.findall(script)]
    return {"bytes": sum(bytes_of.values()), "requests": len(bytes_of), "parts": bytes_of}


@dataclass(frozen=True)
class Got:
    status: int
    body: bytes
    cookies: list[str] = field(default_factory=list)


def call(port: int, method: str, path: str, headers: dict[str, str], body: str = "") -> Got:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body or None, headers)
        answer = connection.getresponse()
        return Got(answer.status, answer.read(), answer.headers.get_all("Set-Cookie") or [])
    finally:
        connection.close()
