"""The results as a person reads them, between the markers of README.md."""

import json
import os
from pathlib import Path

from .measure import CONNECTIONS
from .places import BENCHES

README = BENCHES / "README.md"
TITLES = {
    "hanok": "Hanok",
    "django": "Django + DRF + SQLite",
    "oidc-provider": "node oidc-provider (CIBA, in memory)",
}
PEERS = [name for name in TITLES if name != "hanok"]
OPERATIONS = {"request": "`auth/request`", "status": "`auth/status`"}
CPU_GOALS_MS = {"request": 0.12, "status": 0.03}
MEMORY_GOALS_MB = {"idle_kb": 30, "load_kb": 100}


def machine() -> str:
    info = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":", 1)[1].strip() for line in info if line.startswith("model name")), "unknown CPU")
    return f"{os.cpu_count()} cores, {model}, Linux {os.uname().release}"


def cpu(run: dict, name: str, operation: str) -> float | None:
    result = run["results"].get(name)
    return result and result[operation]["cpu_ms_per_operation"]


def missed(run: dict) -> list[str]:
    result = run["results"].get("hanok")
    if result is None:
        return []
    cpu_misses = [
        f"{operation}: {cpu(run, 'hanok', operation):.3f} ms for {goal}"
        for operation, goal in CPU_GOALS_MS.items()
        if cpu(run, "hanok", operation) > goal
    ]
    memory_misses = [
        f"{key}: {result[key] / 1024:.0f} MB for {goal}"
        for key, goal in MEMORY_GOALS_MB.items()
        if result[key] / 1024 > goal
    ]
    return cpu_misses + memory_misses


def render(run: dict) -> str:
    parts = [
        f"Measured {run['date']} on {run['machine']}, load average before the run {run['load_average']:.2f}, "
        f"by `{run['command']}`.",
        "CPU milliseconds of the server for one operation, everything it causes included:",
        table(cpu_head(), [cpu_row(run, operation) for operation in OPERATIONS]),
        f"The same runs as the load saw them, {CONNECTIONS} connections:",
        table(
            ["server", "operation", "calls", "a second", "p50 ms", "p99 ms"],
            [load_row(run, name, operation) for name in run["results"] for operation in OPERATIONS],
        ),
        "Resident memory in MB, all processes of the server added up (goal for Hanok: idle ≤ 30, under load ≤ 100):",
        table(
            ["server", "processes", "idle", "under load", "peak"],
            [memory_row(run, name) for name in run["results"]],
        ),
    ]
    return "\n\n".join(parts)


def cpu_head() -> list[str]:
    peers = [cell for name in PEERS for cell in (TITLES[name], "× Hanok")]
    return ["operation", "goal", "Hanok", *peers]


def cpu_row(run: dict, operation: str) -> list[str]:
    own = cpu(run, "hanok", operation)
    cells = [OPERATIONS[operation], f"≤ {CPU_GOALS_MS[operation]}", number(own, 3)]
    for name in PEERS:
        peer = cpu(run, name, operation)
        cells += [number(peer, 2), number(peer / own if peer and own else None, 0)]
    return cells


def load_row(run: dict, name: str, operation: str) -> list[str]:
    seen = run["results"][name][operation]
    return [
        TITLES[name],
        OPERATIONS[operation],
        f"{seen['done']:,}",
        f"{seen['per_second']:,.0f}",
        number(seen["p50_ms"], 1),
        number(seen["p99_ms"], 1),
    ]


def memory_row(run: dict, name: str) -> list[str]:
    result = run["results"][name]
    sizes = [number(result[key] / 1024, 0) for key in ("idle_kb", "load_kb", "peak_kb")]
    return [TITLES[name], str(result["processes"]), *sizes]


def number(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def save(run: dict, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(run, indent=2, ensure_ascii=False) + "\n")


def write_readme(text: str, part: str = "results") -> None:
    """Puts the text between the markers of that part."""
    begin, end = f"<!-- {part}: begin -->", f"<!-- {part}: end -->"
    before, _, rest = README.read_text().partition(begin)
    _, _, after = rest.partition(end)
    README.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}")
