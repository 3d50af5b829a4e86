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
        self.first = 0

    def request(self, count: int) -> dict:
        """Asks for `count` further numbers and keeps what `status` needs."""
        report = self._load(self.subject.request, count, self.first, captured=self.ids)
        self.first += count
        return report

    def status(self, count: int) -> dict:
        return self._load(self.subject.status, count, 0, ids=self.ids)

    def fresh_ids(self) -> None:
        if self.subject.sizes.pollable:
            self.request(self.subject.sizes.pollable)

    def _load(self, operation: Operation, count: int, first: int, **files: Path) -> dict:
        scenario = {
            "address": f"127.0.0.1:{self.subject.port}",
            "method": operation.method,
            "path": operation.path,
            "headers": operation.headers,
            "body": operation.body,
            "expect": operation.expect,
            "capture": operation.capture,
            "contains": operation.contains,
            "requests": count,
            "first": first,
            "connections": CONNECTIONS,
            "seconds": LOAD_SECONDS,
        } | {name: str(path) for name, path in files.items()}
        path = self.work / "scenario.json"
        path.write_text(json.dumps(scenario, indent=2))
        load = subprocess.run(
            [TARGET / "hanok-bench-load", path], capture_output=True, text=True, timeout=LOAD_SECONDS + 60
        )
        if load.returncode != 0:
            raise BenchError(f"{self.subject.name}: {operation.method} {operation.path}: {load.stdout}{load.stderr}")
        return json.loads(load.stdout)

    def measured(self, play, count: int) -> dict:
        """Plays `count` calls and adds what they cost, until the server is at rest again."""
        before = self.process.settle()
        with self.process.watch_rss() as rss:
            report = play(count)
        cpu_ms = self.process.settle() - before
        return report | {"cpu_ms_per_operation": cpu_ms / count, "rss_kb": max(rss, default=0)}


def measure(subject: Subject, work: Path) -> dict:
    process = ServerProcess(subject, work / "server.log")
    try:
        return run_course(subject, process, work)
    finally:
        process.stop()


def run_course(subject: Subject, process: ServerProcess, work: Path) -> dict:
    process.wait_ready(f"http://127.0.0.1:{subject.port}{subject.ready_path}")
    process.settle()
    idle_kb = process.memory_kb("VmRSS")
    course, sizes = Course(subject, process, work), subject.sizes
    print(f"{subject.name}: warming up with {sizes.warm_up}", flush=True)
    course.request(sizes.warm_up)
    course.fresh_ids()
    course.status(sizes.warm_up)
    print(f"{subject.name}: request × {sizes.requests}", flush=True)
    request = course.measured(course.request, sizes.requests)
    course.fresh_ids()
    print(f"{subject.name}: status × {sizes.requests}", flush=True)
    status = course.measured(course.status, sizes.requests)
    return {
        "request": request,
        "status": status,
        "processes": len(process.pids()),
        "idle_kb": idle_kb,
        "load_kb": max(request["rss_kb"], status["rss_kb"]),
        "peak_kb": process.memory_kb("VmHWM"),
    }
