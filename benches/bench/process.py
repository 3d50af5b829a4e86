"""A server process and all its children: started, watched in /proc, stopped by id."""

import os
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .subject import Subject

TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")


class BenchError(Exception):
    """The run cannot go on; its words are for the person who started it."""


class ServerProcess:
    """The tree is every process of the session that the server was started in, and its helpers elsewhere."""

    def __init__(self, subject: Subject, log: Path) -> None:
        self.name, self.backlog, self.helpers = subject.name, subject.backlog, subject.helpers
        self.log = log
        # What its helpers had used before it came: the filling of its database.
        self.cpu_before_ms = cpu_ms(self.helpers())
        self.started = time.monotonic()
        with log.open("wb") as output:
            self.child = subprocess.Popen(
                subject.command,
                cwd=subject.cwd,
                env=subject.env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def pids(self) -> list[int]:
        return self._own() + self.helpers()

    def _own(self) -> list[int]:
        return [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if self._owns(pid)]

    def _owns(self, pid: int) -> bool:
        fields = stat_fields(pid)
        return fields is not None and int(fields[3]) == self.child.pid

    def cpu_ms(self) -> float:
        """User and system time of the tree, with that of children it has already reaped."""
        return cpu_ms(self.pids()) - self.cpu_before_ms

    def memory_kb(self, key: str) -> int:
        """VmRSS or VmHWM, added up over its own session; of helpers, whose pages are shared by many, their share."""
        own = sum(field_kb(pid, "status", key) for pid in self._own())
        return own + sum(field_kb(pid, "smaps_rollup", "Pss") for pid in self.helpers())

    def wait_ready(self, url: str, seconds: float = 120) -> dict:
        """Returns what it took until then: seconds since it was started, and CPU time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.child.poll() is not None:
                break
            try:
                with urllib.request.urlopen(url, timeout=2):
                    return self._so_far()
            except urllib.error.HTTPError as answer:
                if answer.code < 500:
                    return self._so_far()
            except OSError:
                pass
            time.sleep(0.02)
        raise BenchError(f"{self.name} does not answer on {url}; see {self.log}")

    def _so_far(self) -> dict:
        return {"seconds": time.monotonic() - self.started, "cpu_ms": self.cpu_ms()}

    def settle(self, at_least: float = 3, at_most: float = 90) -> float:
        """Waits until no work is left and the tree has used at most one tick a second for two seconds.

        Returns its CPU time then.
        """
        start = time.monotonic()
        before, quiet = self.cpu_ms(), 0
        while quiet < 2 or time.monotonic() - start < at_least:
            if time.monotonic() - start > at_most:
                raise BenchError(f"{self.name} did not come to rest within {at_most} s")
            time.sleep(1)
            now = self.cpu_ms()
            quiet = quiet + 1 if now - before <= TICK_MS and self.backlog() == 0 else 0
            before = now
        if self.child.poll() is not None:
            raise BenchError(f"{self.name} ended with {self.child.returncode}; see {self.log}")
        return before

    @contextmanager
    def watch_rss(self, every: float = 0.2) -> Iterator[list[int]]:
        """Samples the tree's VmRSS while the block runs."""
        samples: list[int] = []
        done = threading.Event()

        def sample() -> None:
            while not done.wait(every):
                samples.append(self.memory_kb("VmRSS"))

        thread = threading.Thread(target=sample)
        thread.start()
        try:
            yield samples
        finally:
            done.set()
            thread.join()

    def stop(self) -> None:
        left = self.pids()
        self.child.terminate()
        try:
            self.child.wait(15)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        for pid in left:
            if pid != self.child.pid and self._owns(pid):
                os.kill(pid, signal.SIGKILL)


def stat_fields(pid: int) -> list[str] | None:
    """The fields of /proc/PID/stat after the name: [3] is the session, [11:15] utime, stime, cutime, cstime."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def cpu_ms(pids: list[int]) -> float:
    ticks = 0
    for pid in pids:
        if fields := stat_fields(pid):
            ticks += sum(int(value) for value in fields[11:15])
    return ticks * TICK_MS


def field_kb(pid: int, file: str, key: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/{file}").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{key}:")), 0)
