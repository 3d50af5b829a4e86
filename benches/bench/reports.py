"""The reports on a filled store: CPU of the program and of PostgreSQL's processes for one run of each."""

import json
import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from .places import TARGET
from .process import BenchError
from .report import number, table
from .stores import Postgres, Sqlite

CPU_GOAL_MS = 100
TIMES = 20
ACCOUNTS, TRANSACTIONS, AUDIT, DAYS = 10_000, 1_000_000, 10_000_000, 400

Store = Sqlite | Postgres


@dataclass(frozen=True)
class Size:
    accounts: int
    transactions: int
    audit: int
    days: int = DAYS

    @staticmethod
    def of(scale: float, days: int = DAYS) -> "Size":
        """A shorter past has as many people, and as many rows a day."""
        part = scale * days / DAYS
        counts = (ACCOUNTS * scale, TRANSACTIONS * part, AUDIT * part)
        return Size(*(max(100, int(count)) for count in counts), days)

    def arguments(self) -> list[str]:
        pairs = {
            "--accounts": self.accounts,
            "--transactions": self.transactions,
            "--audit": self.audit,
            "--days": self.days,
        }
        return [word for name, count in pairs.items() for word in (name, str(count))]


class Filled:
    """A store that `hanok demo fill` has filled."""

    def __init__(self, store: Store, program: Path) -> None:
        self.store, self.program = store, program
        self.store.data.mkdir(parents=True, exist_ok=True)

    def command(self, *arguments: str) -> list[str]:
        return [str(self.program), "--data-dir", str(self.store.data / "data"), *arguments]

    def environment(self) -> dict[str, str]:
        inherited = {key: value for key, value in os.environ.items() if key in ("PATH", "HOME", "LANG", "TZ")}
        return inherited | self.store.settings()

    def run(self, *arguments: str) -> str:
        command = self.command(*arguments)
        return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=self.environment()).stdout

    def fill(self, size: Size) -> dict:
        self.store.make()
        started = time.monotonic()
        self.run("demo", "fill", "--into-any-store", *size.arguments())
        seconds = time.monotonic() - started
        print(f"{self.store.name}: settling", flush=True)
        self.store.settle()
        return {"seconds": seconds, "bytes": self.store.size()}

    def verified(self) -> str:
        return self.run("audit", "verify").strip().splitlines()[-1]

    def reports(self) -> list[dict]:
        names = [one["report"] for one in self.asked("--times", "0")]
        return [self.measured(name) for name in names]

    def asked(self, *arguments: str) -> list[dict]:
        return json.loads(self.run("demo", "reports", "--json", *arguments))

    def measured(self, name: str) -> dict:
        """The start of the program, with its connections, is measured apart and taken off."""
        self.cost(name, 2)
        start, _ = self.cost(name, 0)
        whole, report = self.cost(name, TIMES)
        return report | {"cpu_ms": max(0.0, whole - start) / TIMES, "start_cpu_ms": start}

    def cost(self, name: str, times: int) -> tuple[float, dict]:
        before = self.store.cpu_ms()
        command = self.command("demo", "reports", "--json", "--only", name, "--times", str(times))
        child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=self.environment())
        answer = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            raise BenchError(f"{' '.join(command)} ended with {child.returncode}")
        own = (usage.ru_utime + usage.ru_stime) * 1_000
        # PostgreSQL's process for a connection ends a moment after the connection.
        time.sleep(0.3)
        return own + self.store.cpu_ms() - before, json.loads(answer)[0]

    def plans(self) -> str:
        return self.run("demo", "reports", "--plans").strip()


def program(given: str | None) -> Path:
    return Path(given) if given else TARGET / "hanok"


def render(run: dict) -> str:
    results, size = run["results"], run["size"]
    names = [one["report"] for one in next(iter(results.values()))["reports"]]
    head = ["report", "rows"] + [f"{engine}, CPU ms (goal ≤ {CPU_GOAL_MS})" for engine in results]
    stores = ["store", "filled in", "size", "`hanok audit verify`"]
    return "\n\n".join([
        f"Measured {run['date']} on {run['machine']}, load average before the run {run['load_average']:.2f}, "
        f"by `{run['command']}`: {size['accounts']:,} people, {size['transactions']:,} requests of 100 providers in "
        f"{size['days']} days, {size['audit']:,} audit rows.",
        table(head, [row(results, name) for name in names]),
        table(stores, [store_row(engine, result) for engine, result in results.items()]),
    ])


def row(results: dict, name: str) -> list[str]:
    found = [one for result in results.values() for one in result["reports"] if one["report"] == name]
    return [f"`{name}`", str(found[0]["rows"]), *(number(one["cpu_ms"], 1) for one in found)]


def store_row(engine: str, result: dict) -> list[str]:
    minutes = f"{result['fill']['seconds'] / 60:.1f} min"
    return [engine, minutes, f"{result['fill']['bytes'] / 1e9:.1f} GB", result["verified"]]


def missed(run: dict) -> list[str]:
    return [
        f"{one['report']} on {engine}: {one['cpu_ms']:.0f} ms for {CPU_GOAL_MS}"
        for engine, result in run["results"].items()
        for one in result["reports"]
        if one["cpu_ms"] > CPU_GOAL_MS
    ]
