"""Hanok again, on PostgreSQL: the server's processes and those of its database count together."""

import os
import subprocess
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from . import hanok
from .places import free_port
from .process import BenchError
from .subject import Subject

VARIABLE = "HANOK_TEST_POSTGRES_DURABLE"
DATABASE = "hanok_bench"


def prepare(work: Path, scale: float) -> Subject:
    server = os.environ.get(VARIABLE)
    if server is None:
        raise BenchError(f"{VARIABLE} is not set; benches/run starts a server where PostgreSQL is installed")
    url = urlsplit(server)._replace(path=f"/{DATABASE}").geturl()
    sql(server, f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
    sql(server, f"CREATE DATABASE {DATABASE}")
    port, sizes = free_port(), hanok.SIZES.scaled(scale)
    env = hanok.environment(work / "data", port) | {"DATABASE_URL": url}
    client = hanok.set_up(work, env, sizes.numbers)
    subject = hanok.subject("hanok-postgres", work, env, port, sizes, client)
    return replace(subject, backlog=lambda: sum(int(sql(url, query)) for query in hanok.BACKLOG), helpers=backends)


def sql(server: str, statement: str) -> str:
    """The answer's first value, by psql."""
    command = ["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--dbname", server, "--command", statement]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def backends() -> list[int]:
    """Every process of that PostgreSQL server: the one that was started with its port, and its children."""
    port = str(urlsplit(os.environ[VARIABLE]).port)
    processes = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    servers = {pid for pid in processes if is_server(pid, port)}
    return [pid for pid in processes if pid in servers or parent(pid) in servers]


def is_server(pid: int, port: str) -> bool:
    try:
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return False
    return arguments[0].endswith("/postgres") and "-p" in arguments and port in arguments


def parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0
