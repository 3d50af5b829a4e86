"""The two stores that the reports are measured on: where they are, what they weigh, what their servers use."""

import os
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

from .process import TICK_MS, BenchError, stat_fields

DATABASE = "hanok_bench_reports"


class Sqlite:
    """One file; all its work is done by the program itself."""

    name = "SQLite"

    def __init__(self, data: Path) -> None:
        self.data = data

    def settings(self) -> dict[str, str]:
        return {}

    def make(self) -> None:
        pass

    def settle(self) -> None:
        pass

    def cpu_ms(self) -> float:
        return 0.0

    def size(self) -> int:
        return sum(path.stat().st_size for path in self.data.rglob("*") if path.is_file())

    def remove(self) -> None:
        pass


class Postgres:
    """A database of the durable server that `scripts/with-postgres` starts."""

    name = "PostgreSQL"

    def __init__(self, data: Path) -> None:
        self.data = data
        self.server = os.environ["HANOK_TEST_POSTGRES_DURABLE"]
        self.url = urlsplit(self.server)._replace(path=f"/{DATABASE}").geturl()
        # The server runs on this machine, and its files can be read by whoever may measure it.
        data = Path(self.ask("SHOW data_directory").strip())
        self.postmaster = int((data / "postmaster.pid").read_text().splitlines()[0])

    def ask(self, sql: str, url: str | None = None) -> str:
        command = ["psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql, url or self.server]
        return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout

    def settings(self) -> dict[str, str]:
        return {"HANOK__STORE__ENGINE": "postgres", "HANOK__STORE__POSTGRES_URL": self.url}

    def make(self) -> None:
        self.remove()
        self.ask(f"CREATE DATABASE {DATABASE} TEMPLATE template0 ENCODING 'UTF8'")

    def settle(self) -> None:
        """What autovacuum does in a server that has run for a while."""
        self.ask("VACUUM (ANALYZE)", self.url)
        self.ask("CHECKPOINT")

    def cpu_ms(self) -> float:
        """Of the postmaster, of its processes, and of those that have ended."""
        ticks = 0
        for pid in map(int, filter(str.isdigit, os.listdir("/proc"))):
            fields = stat_fields(pid)
            if fields and (pid == self.postmaster or int(fields[1]) == self.postmaster):
                ticks += sum(int(value) for value in fields[11:15])
        return ticks * TICK_MS

    def size(self) -> int:
        return int(self.ask(f"SELECT pg_database_size('{DATABASE}')"))

    def remove(self) -> None:
        self.ask(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")


def free_bytes(place: Path) -> int:
    found = os.statvfs(place)
    return found.f_bavail * found.f_frsize


def require_room(place: Path, needed: int) -> None:
    if (free := free_bytes(place)) < needed:
        raise BenchError(f"{place} has {free / 1e9:.1f} GB left; this takes about {needed / 1e9:.0f} GB")
