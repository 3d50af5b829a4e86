"""The results of the pages as a person reads them."""

from .pages import CPU_GOAL_MS, FIRST_VISIT_GOAL_KIB, ROWS
from .report import number, table


def render(run: dict) -> str:
    peers = {page["name"]: page for page in run["results"]["django"]}
    head = [
        "page",
        f"CPU ms (goal ≤ {CPU_GOAL_MS})",
        "Django",
        "× Hanok",
        f"first visit, KiB (goal ≤ {FIRST_VISIT_GOAL_KIB})",
        "of it HTML",
        "requests",
    ]
    rows = [row(page, peers.get(page["name"])) for page in run["results"]["hanok"]]
    return "\n\n".join([
        f"Measured {run['date']} on {run['machine']}, load average before the run {run['load_average']:.2f}, "
        f"by `{run['command']}`; the history holds {ROWS:,} requests.",
        table(head, rows),
    ])


def row(page: dict, peer: dict | None) -> list[str]:
    own, visit = page["cpu_ms_per_operation"], page["first_visit"]
    other = peer and peer["cpu_ms_per_operation"]
    return [
        f"`{page['path']}`",
        number(own, 3),
        number(other, 2),
        number(other / own if other and own else None, 0),
        number(visit["bytes"] / 1024, 1),
        number(visit["parts"][page["path"]] / 1024, 1),
        str(visit["requests"]),
    ]


def missed(run: dict) -> list[str]:
    results = run["results"]["hanok"]
    slow = [
        f"{page['path']}: {page['cpu_ms_per_operation']:.3f} ms for {CPU_GOAL_MS}"
        for page in results
        if page["cpu_ms_per_operation"] > CPU_GOAL_MS
    ]
    heavy = [
        f"{page['path']}: {page['first_visit']['bytes'] / 1024:.1f} KiB for {FIRST_VISIT_GOAL_KIB}"
        for page in results
        if page["first_visit"]["bytes"] > FIRST_VISIT_GOAL_KIB * 1024
    ]
    return slow + heavy
