"""The course of one server's measurement, the same for each."""

import json
import subprocess
from pathlib import Path

from .places import TARGET
from .process import BenchError, ServerProcess
from .subject import Operation, Subject

CONNECTIONS = 32
LOAD_SECONDS = 300


class Course:
    """One started server and the place in the phone numbers that the load has reached."""

    def __init__(self, subject: Subject, process: ServerProcess, work: Path) -> None:
        self.subject, self.process, self.work = subject, process, work
        self.ids = work / "ids.txt"
        self.first = self.scenarios = 0

    def request(self, count: int) -> dict:
        """Asks for `count` further numbers and keeps what `status` needs."""
        report = self.load(self.subject.request, count, self.first, captured=self.ids)
        self.first += count
        return report

    def status(self, count: int) -> dict:
        return self.load(self.subject.status, count, ids=self.ids)

    def fresh_ids(self) -> None:
        if self.subject.sizes.pollable:
            self.request(self.subject.sizes.pollable)

    def load(
        self, operation: Operation, count: int, first: int = 0, connections: int = CONNECTIONS, **files: Path
    ) -> dict:
        """Sends `operation` so often; `ids` is the file that fills it in, `captured` the one for what comes back."""
        return self.ended(self.begun(operation, count, first, connections, **files))

    def begun(
        self, operation: Operation, count: int, first: int = 0, connections: int = CONNECTIONS, **files: Path
    ) -> subprocess.Popen:
        """The same, under way beside what comes next."""
        scenario = {
            "address": f"127.0.0.1:{self.subject.port}",
            "method": operation.method,
            "path": operation.path,
            "headers": operation.headers,
            "body": operation.body,
            "expect": operation.expect,
            "capture": list(operation.capture),
            "contains": operation.contains,
            "requests": count,
            "first": first,
            "connections": connections,
            "seconds": LOAD_SECONDS,
        } | {name: str(path) for name, path in files.items()}
        self.scenarios += 1
        path = self.work / f"scenario-{self.scenarios}.json"
        path.write_text(json.dumps(scenario, indent=2))
        command = [TARGET / "hanok-bench-load", path]
        load = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        load.operation = f"{operation.method} {operation.path}"
        return load

    def ended(self, load: subprocess.Popen) -> dict:
        said, _ = load.communicate(timeout=LOAD_SECONDS + 60)
        if load.returncode != 0:
            raise BenchError(f"{self.subject.name}: {load.operation}: {said}")
        return json.loads(said)

    def measured(self, play, count: int) -> dict:
        """Plays `count` calls and adds what they cost, until the server is at rest again."""
        before = self.process.settle()
        with self.process.watch_rss() as rss:
            report = play(count)
        cpu_ms = self.process.settle() - before
        return (report or {}) | {"cpu_ms_per_operation": cpu_ms / count, "rss_kb": max(rss, default=0)}


def measure(subject: Subject, work: Path) -> dict:
    process = ServerProcess(subject, work / "server.log")
    try:
        return run_course(subject, process, work)
    finally:
        process.stop()


def run_course(subject: Subject, process: ServerProcess, work: Path) -> dict:
    started = process.wait_ready(f"http://127.0.0.1:{subject.port}{subject.ready_path}")
    process.settle()
    idle_kb = process.memory_kb("VmRSS")
    phases = (subject.play or requests_and_status)(Course(subject, process, work))
    return phases | {
        "start": started,
        "processes": len(process.pids()),
        "idle_kb": idle_kb,
        "load_kb": max(phase.get("rss_kb", 0) for phase in phases.values()),
        "peak_kb": process.memory_kb("VmHWM"),
    }


def requests_and_status(course: Course) -> dict:
    name, sizes = course.subject.name, course.subject.sizes
    print(f"{name}: warming up with {sizes.warm_up}", flush=True)
    course.request(sizes.warm_up)
    course.fresh_ids()
    course.status(sizes.warm_up)
    print(f"{name}: request × {sizes.requests}", flush=True)
    request = course.measured(course.request, sizes.requests)
    course.fresh_ids()
    print(f"{name}: status × {sizes.requests}", flush=True)
    return {"request": request, "status": course.measured(course.status, sizes.requests)}
