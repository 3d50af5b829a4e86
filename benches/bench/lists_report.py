"""The results of the lists as a person reads them."""

from . import hanok_lists as made
from .lists import CPU_GOAL_MS, STATEMENTS_GOAL
from .report import number, table


def render(run: dict) -> str:
    size = run["size"]
    parts = [
        f"Measured {run['date']} on {run['machine']}, load average before the run {run['load_average']:.2f}, "
        f"by `{run['command']}`: {size['accounts']:,} people, {size['transactions']:,} requests of 100 providers in "
        f"{size['days']} days, {size['audit']:,} audit rows, {made.DEPARTMENTS} departments more than the eight of the fill, {made.TEAMS} teams, "
        f"{made.ALERTS:,} alerts."
    ]
    for engine, result in run["results"].items():
        head = [
            f"on {engine}",
            "rows",
            f"CPU ms (goal ≤ {CPU_GOAL_MS})",
            f"statements (goal ≤ {STATEMENTS_GOAL})",
            "Django, CPU ms",
            "statements",
            "× Hanok",
        ]
        parts.append(table(head, [row(name, one, result["django"].get(name)) for name, one in result["hanok"].items()]))
    return "\n\n".join(parts)


def row(name: str, one: dict, peer: dict | None) -> list[str]:
    own, other = one["cpu_ms_per_operation"], peer and peer["cpu_ms_per_operation"]
    return [
        name,
        str(one["rows"]),
        cpu(own, 2),
        str(one["statements"]) if own is not None else "–",
        cpu(other, 1) if peer else "–",
        str(peer["statements"]) if other is not None else "–",
        number(other / own if other and own else None, 0),
    ]


def cpu(milliseconds: float | None, digits: int) -> str:
    return "no answer in 30 s" if milliseconds is None else number(milliseconds, digits)


def missed(run: dict) -> list[str]:
    every = [
        (f"{name} on {engine}", one) for engine, result in run["results"].items() for name, one in result["hanok"].items()
    ]
    slow = [
        f"{name}: {cpu(one['cpu_ms_per_operation'], 1)} for {CPU_GOAL_MS} ms"
        for name, one in every
        if one["cpu_ms_per_operation"] is None or one["cpu_ms_per_operation"] > CPU_GOAL_MS
    ]
    talkative = [
        f"{name}: {one['statements']} statements for {STATEMENTS_GOAL}"
        for name, one in every
        if one["statements"] > STATEMENTS_GOAL
    ]
    return slow + talkative
