"""Thousands of sockets at one server: what they cost it, and what becomes of them when they do not read or all come at once."""

import json
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .measure import Course
from .places import TARGET
from .process import BenchError, ServerProcess
from .subject import Operation, Subject

# The goals of the issue, as shares of the peer's CPU.
CONNECT_GOAL, EACH_GOAL, ALL_GOAL, P99_GOAL_MS, SIGN_IN_GOAL_MS = 0.45, 0.5, 0.8, 100, 1_000
AT_ONCE = 64
WAIT_SECONDS = 300
STORM_SECONDS = 10
# Longer than a ping, its answer's time and the time of TCP together.
DROPPED_WITHIN = 150
A_SECOND, TALK_SECONDS, AUTHORS = 100, 30, 100


@dataclass(frozen=True)
class Place:
    """A server that sockets connect to."""

    subject: Subject
    # Once it runs: the file with a token in each line, and the rooms that each socket asks for.
    open: Callable[[], tuple[Path, list[str]]]
    # Sends an event of their own to so many people.
    each: Callable[[int], None]
    # Sends so many events to everybody.
    all: Callable[[int], None]
    # The posts of AUTHORS people and the token of who comments on them, and how somebody else signs in; only Hanok has
    # them.
    talk: Callable[[], tuple[list[int], str]] | None = None
    sign_in: Operation | None = None


class Crowd:
    """The load's clients, led over its standard input."""

    def __init__(self) -> None:
        command = [TARGET / "hanok-bench-load", "sockets"]
        self.load = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def does(self, what: str, **how: object) -> dict:
        self.tell(what, **how)
        return self.done(what)

    def tell(self, what: str, **how: object) -> None:
        self.load.stdin.write(json.dumps({"do": what} | how) + "\n")
        self.load.stdin.flush()

    def done(self, what: str) -> dict:
        line = self.load.stdout.readline()
        if not line:
            raise BenchError(f"the load ended at `{what}`")
        return json.loads(line)

    def end(self) -> None:
        self.load.stdin.close()
        self.load.wait(30)


class Measuring:
    """One server with its crowd."""

    def __init__(self, place: Place, process: ServerProcess, crowd: Crowd, work: Path, sockets: int) -> None:
        self.place, self.process, self.crowd, self.work, self.sockets = place, process, crowd, work, sockets
        # What they cost while nothing is sent, in ms of CPU a second: pings, and the server's own looks.
        self.idle = 0.0

    def connect(self, slow_from: int | None = None, **how: object) -> dict:
        slow_from = self.sockets if slow_from is None else slow_from
        told = self.crowd.does("connect", count=self.sockets, slow_from=slow_from, **({"at_once": AT_ONCE} | how))
        if told["connected"] != self.sockets:
            raise BenchError(f"{self.process.name}: {told['failures']} sockets were not let in: {told['failure']}")
        return told

    def measured(self, play: Callable[[], dict], count: int) -> dict:
        """Plays it and adds the CPU of each of `count`, less what the sockets cost while nothing is sent."""
        before, began = self.process.cpu_ms(), time.monotonic()
        told = play()
        time.sleep(1)
        took = time.monotonic() - began
        used = self.process.cpu_ms() - before - self.idle * took
        return told | {"cpu_us": 1000 * used / count, "took": took}

    def connecting(self) -> dict:
        """Twice, the second after everybody has hung up: caches are warm, and memory was had once."""
        self.connect()
        self.crowd.does("leave")
        self.process.settle()
        return self.measured(self.connect, self.sockets)

    def resting(self, seconds: int = 20) -> dict:
        time.sleep(5)
        before = self.process.cpu_ms()
        time.sleep(seconds)
        self.idle = (self.process.cpu_ms() - before) / seconds
        return {"cpu_ms_a_second": self.idle, "rss_kb": self.process.memory_kb("VmRSS")}

    def delivering(self, send: Callable[[int], None], count: int, deliveries: int) -> dict:
        def play() -> dict:
            self.crowd.does("reset")
            send(count)
            told = self.crowd.does("heard", events=deliveries, seconds=WAIT_SECONDS)
            if told["heard"] < deliveries or told["closed"]:
                raise BenchError(f"{self.process.name}: {told['heard']} of {deliveries} were heard, {told['closed']} closed")
            return told

        return self.measured(play, deliveries)

    def unheard(self, count: int) -> dict:
        """What `each` costs where nobody listens, which is not the sockets' cost."""
        self.crowd.does("leave")
        self.process.settle()
        before = self.process.cpu_ms()
        self.place.each(count)
        return {"cpu_us": 1000 * (self.process.settle() - before) / count}

    def talking(self) -> dict:
        posts, token = self.place.talk()
        return self.crowd.does("talk", posts=posts, token=token, a_second=A_SECOND, seconds=TALK_SECONDS, connections=16)

    def storm(self) -> dict:
        """Everybody comes within ten seconds, and somebody else signs in meanwhile, one time after the other."""
        self.crowd.does("leave")
        self.process.settle()
        course = Course(self.place.subject, self.process, self.work)
        self.crowd.tell("connect", count=self.sockets, slow_from=self.sockets, at_once=self.sockets, seconds=STORM_SECONDS)
        began, calls = time.monotonic(), []
        while time.monotonic() - began < STORM_SECONDS:
            calls.append(course.load(self.place.sign_in, 5, self.sockets + 1, 1)["max_ms"])
        told = self.crowd.done("storm")
        return told | {"sign_ins": 5 * len(calls), "sign_in_max_ms": max(calls)}

    def deaf(self) -> dict:
        """Half of them stop reading while everybody is told of something, until the server has dropped them."""
        self.crowd.does("leave")
        self.connect(slow_from=self.sockets // 2)
        before = self.process.memory_kb("VmRSS")
        self.crowd.does("pause")
        self.crowd.does("reset")
        began, sent, rss = time.monotonic(), 0, []
        self.place.each(self.sockets)
        while (left := established(self.place.subject.port)) > self.sockets // 2:
            if time.monotonic() - began > DROPPED_WITHIN:
                break
            self.place.all(5)
            sent += 5
            rss.append(self.process.memory_kb("VmRSS"))
            time.sleep(1)
        dropped_after = time.monotonic() - began
        # While the slow are away everybody is told of something once more.
        self.place.each(self.sockets)
        wanted = (self.sockets // 2) * (sent + 2)
        heard = self.crowd.does("heard", events=wanted, seconds=30)["heard"]
        back = self.crowd.does("resume", seconds=30)
        return {
            "left": left,
            "seconds": dropped_after,
            "sent": sent,
            "heard": heard,
            "wanted": wanted,
            "rss_before_kb": before,
            "rss_max_kb": max(rss, default=0),
            "back": back,
        }


def established(port: int) -> int:
    """Connections that the server still holds open, by what the system knows."""
    local, found = f":{port:04X}", 0
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        found += fields[1].endswith(local) and fields[3] == "01"
    return found


def measure(place: Place, work: Path, sockets: int, scale: float) -> dict:
    process, crowd = ServerProcess(place.subject, work / "server.log"), Crowd()
    try:
        process.wait_ready(f"http://127.0.0.1:{place.subject.port}{place.subject.ready_path}")
        tokens, rooms = place.open()
        process.settle()
        idle_kb = process.memory_kb("VmRSS")
        crowd.does("server", address=f"127.0.0.1:{place.subject.port}", tokens=str(tokens), rooms=rooms)
        one = Measuring(place, process, crowd, work, sockets)
        return {"idle_kb": idle_kb} | phases(one, max(2, int(40 * scale)))
    finally:
        crowd.load.kill()
        process.stop()


def phases(one: Measuring, events: int) -> dict:
    def said(name: str, play: Callable[[], dict]) -> dict:
        print(f"{one.process.name}: {name}", flush=True)
        return play()

    place, sockets = one.place, one.sockets
    phases = {"connect": said("connecting", one.connecting), "rest": said("resting", one.resting)}
    one.delivering(place.all, 2, 2 * sockets)
    phases["all"] = said("to all", lambda: one.delivering(place.all, events, events * sockets))
    one.delivering(place.each, sockets, sockets)
    each = said("to each", lambda: [one.delivering(place.each, sockets, sockets) for _ in range(4)])
    phases["each"] = {"cpu_us": sum(turn["cpu_us"] for turn in each) / len(each)}
    phases["load_kb"] = one.process.memory_kb("VmRSS")
    if place.talk:
        phases["talk"] = said("comments", one.talking)
        phases["deaf"] = said("slow readers", one.deaf)
        phases["storm"] = said("storm", one.storm)
        phases["unheard"] = said("to each, unheard", lambda: one.unheard(sockets))
    phases["peak_kb"] = one.process.memory_kb("VmHWM")
    return phases


def files_wanted(sockets: int) -> None:
    """Raises the limit of open files of this process and those that it starts."""
    import resource

    wanted = 2 * sockets + 1_000
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        if hard < wanted and os.geteuid() != 0:
            raise BenchError(f"{sockets} sockets need {wanted} open files; the limit is {hard}")
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, max(hard, wanted)))
