"""The results as a person reads them, between the markers of README.md."""

import json
import os
from pathlib import Path

from .measure import CONNECTIONS
from .places import BENCHES

README = BENCHES / "README.md"
TITLES = {
    "hanok": "Hanok",
    "hanok-postgres": "Hanok on PostgreSQL",
    "django": "Django + DRF + SQLite",
    "oidc-provider": "node oidc-provider (CIBA, in memory)",
    "keycloak": "Keycloak (dev mode, H2)",
}
PEERS = {
    "request": {"django": "", "oidc-provider": ""},
    "status": {"django": "", "oidc-provider": "", "keycloak": " userinfo"},
    "flow": {"oidc-provider-flow": ""},
    "confirm": {"keycloak": " password grant"},
}
OPERATIONS = {
    "request": "`auth/request`",
    "status": "`auth/status`",
    "flow": "whole flow without hash and signature",
    "confirm": "PIN confirm with its hash",
}
# Which of Hanok's servers an operation is measured on.
OWN = {"request": "hanok", "status": "hanok", "flow": "hanok-flow", "confirm": "hanok-hash"}
CPU_GOALS_MS = {"request": 0.12, "status": 0.03, "flow": 0.35}
MEMORY_GOALS_MB = {"idle_kb": 30, "load_kb": 100}
HASH_GOAL, SATURATED_GOAL_MS = 0.9, 25


def machine() -> str:
    info = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":", 1)[1].strip() for line in info if line.startswith("model name")), "unknown CPU")
    return f"{os.cpu_count()} cores, {model}, Linux {os.uname().release}"


def cpu(run: dict, name: str, operation: str) -> float | None:
    phase = run["results"].get(name, {}).get(operation)
    return phase and phase["cpu_ms_per_operation"]


def missed(run: dict) -> list[str]:
    own = {operation: cpu(run, OWN[operation], operation) for operation in CPU_GOALS_MS}
    misses = [
        f"{operation}: {own[operation]:.3f} ms for {goal}"
        for operation, goal in CPU_GOALS_MS.items()
        if own[operation] is not None and own[operation] > goal
    ]
    if result := run["results"].get("hanok"):
        misses += [
            f"{key}: {result[key] / 1024:.0f} MB for {goal}"
            for key, goal in MEMORY_GOALS_MB.items()
            if result[key] / 1024 > goal
        ]
    if result := run["results"].get("hanok-hash"):
        if (rate := hash_rate(result)) < HASH_GOAL:
            misses.append(f"confirm: {rate:.0%} of the bare hash rate for {HASH_GOAL:.0%}")
        if (p99 := result["saturated"]["p99_ms"]) > SATURATED_GOAL_MS:
            misses.append(f"status while all threads hash: p99 {p99:.1f} ms for {SATURATED_GOAL_MS}")
    return misses


def hash_rate(result: dict) -> float:
    """Confirms a second and thread that hashes, as a share of bare hashes a second."""
    return result["confirm"]["per_second"] * result["confirm"]["bare_wall_ms"] / 1000


def render(run: dict) -> str:
    results = run["results"]
    parts = [
        f"Measured {run['date']} on {run['machine']}, load average before the run {run['load_average']:.2f}, "
        f"by `{run['command']}`.",
        "CPU milliseconds of the server for one operation, everything it causes included:",
        table(["operation", "goal", "Hanok", "on PostgreSQL", "peers, and how many times Hanok's"], cpu_rows(run)),
    ]
    if "hanok-hash" in results:
        parts.append(hash_words(results["hanok-hash"]))
    parts += [
        f"The same runs as the load saw them, {CONNECTIONS} connections:",
        table(["server", "operation", "calls", "a second", "p50 ms", "p99 ms"], load_rows(results)),
        "Start, until the first answer, and resident memory in MB, all processes of the server added up (goal for Hanok: "
        "idle ≤ 30, under load ≤ 100; on PostgreSQL with the database's, its shared pages once):",
        table(
            ["server", "start s", "CPU s", "processes", "idle", "under load", "peak"],
            [memory_row(name, results[name]) for name in TITLES if name in results],
        ),
    ]
    return "\n\n".join(parts)


def cpu_rows(run: dict) -> list[list[str]]:
    rows = []
    for operation, title in OPERATIONS.items():
        own = cpu(run, OWN[operation], operation)
        peers = [
            f"{title_of(name)}{note} {peer:.2f} (× {peer / own:.0f})"
            for name, note in PEERS[operation].items()
            if own and (peer := cpu(run, name, operation))
        ]
        goal = CPU_GOALS_MS.get(operation)
        cells = [title, f"≤ {goal}" if goal else "–", number(own, 3), number(cpu(run, "hanok-postgres", operation), 3)]
        rows.append([*cells, "; ".join(peers) or "–"])
    return rows


def title_of(name: str) -> str:
    return TITLES[name.removesuffix("-flow")]


def hash_words(result: dict) -> str:
    confirm, saturated = result["confirm"], result["saturated"]
    throughout = "" if saturated["hashing_throughout"] else " (the hashing ended before the calls did)"
    return (
        f"A bare Argon2id of the same cost takes {confirm['bare_cpu_ms']:.1f} ms of CPU; with one thread that hashes, confirms "
        f"come at {hash_rate(result):.0%} of its rate (goal ≥ {HASH_GOAL:.0%}). While that thread hashes without a pause, "
        f"`auth/status` has a p99 of {saturated['p99_ms']:.1f} ms (goal < {SATURATED_GOAL_MS}){throughout}."
    )


def load_rows(results: dict) -> list[list[str]]:
    return [
        load_row(name, operation, results[name][operation])
        for name in TITLES
        for operation in ("request", "status")
        if operation in results.get(name, {})
    ]


def load_row(name: str, operation: str, seen: dict) -> list[str]:
    return [
        TITLES[name],
        "userinfo" if name == "keycloak" else OPERATIONS[operation],
        f"{seen['done']:,}",
        f"{seen['per_second']:,.0f}",
        number(seen["p50_ms"], 1),
        number(seen["p99_ms"], 1),
    ]


def memory_row(name: str, result: dict) -> list[str]:
    start = result["start"]
    sizes = [number(result[key] / 1024, 0) for key in ("idle_kb", "load_kb", "peak_kb")]
    return [
        TITLES[name], number(start["seconds"], 2), number(start["cpu_ms"] / 1000, 2), str(result["processes"]), *sizes
    ]


def number(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def save(run: dict, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(run, indent=2, ensure_ascii=False) + "\n")


def write_readme(text: str, part: str = "results") -> None:
    write_between(README, part, text)


def write_between(document: Path, part: str, text: str) -> None:
    """Puts the text between the markers of that part."""
    begin, end = f"<!-- {part}: begin -->", f"<!-- {part}: end -->"
    before, _, rest = document.read_text().partition(begin)
    _, _, after = rest.partition(end)
    document.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}")
