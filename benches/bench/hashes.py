"""What the PIN's hash costs beside the bare Argon2id, and how long others wait while all threads hash."""

import json
import subprocess
from pathlib import Path

from .flow import JSON, People, environment, subject
from .measure import Course
from .places import TARGET, free_port
from .subject import Operation, Sizes, Subject

# People who confirm: first all at once on a machine that does nothing else, then beside status calls.
CONFIRMS, SATURATING = 100, 240
ASKED = '{"user_phone_number":"010{n}"}'
# Requests that are asked about once each while the others hash.
STATUS_CALLS = 2_000


def bare_hashes() -> dict:
    """Milliseconds of CPU for one Argon2id hash of the default cost, on one thread that does nothing else."""
    said = subprocess.run([TARGET / "hanok-bench-load", "argon2id", "60"], capture_output=True, text=True, check=True)
    return json.loads(said.stdout)


class OfHanok:
    """The subject `hanok-hash`: one thread that hashes."""

    @staticmethod
    def prepare(work: Path, scale: float) -> Subject:
        confirms, saturating = max(20, int(CONFIRMS * scale)), max(60, int(SATURATING * scale))
        calls = max(200, int(STATUS_CALLS * scale))
        port = free_port()
        env = environment(work, port, HANOK__ACCOUNTS__HASH_THREADS="1")
        people = People(work, env, confirms + saturating, others=calls)
        ask = Operation(
            "POST", "/api/v1/auth/request/", 201, JSON | people.provider, ASKED, capture=("transaction_id",)
        )
        status = Operation("GET", "/api/v1/auth/status/{id}", 200, people.provider, contains="PENDING")

        def saturated(course: Course) -> dict:
            course.load(ask, calls, people.count, captured=course.ids)
            people.ask(course, saturating, confirms)
            hashing = course.begun(people.confirm(), saturating, connections=16, ids=people.asked)
            report = course.load(status, calls, ids=course.ids, connections=4)
            still_hashing = hashing.poll() is None
            course.ended(hashing)
            return report | {"hashing_throughout": still_hashing}

        def play(course: Course) -> dict:
            print("hanok-hash: people sign in and choose a PIN", flush=True)
            people.sign_in(course)
            people.ask(course, confirms)
            print(f"hanok-hash: confirm × {confirms}", flush=True)
            before = bare_hashes()
            load = lambda _: course.load(people.confirm(), confirms, connections=4, ids=people.asked)  # noqa: E731
            confirm = course.measured(load, confirms)
            after = bare_hashes()
            bare = (before["cpu_ms"] + after["cpu_ms"]) / 2
            wall = (before["wall_ms"] + after["wall_ms"]) / 2
            print("hanok-hash: status while all threads hash", flush=True)
            return {"confirm": confirm | {"bare_cpu_ms": bare, "bare_wall_ms": wall}, "saturated": saturated(course)}

        return subject("hanok-hash", work, env, port, Sizes(0, confirms + saturating), play)
