"""The results of the board as a person reads them."""

from .board import (
    DAYS,
    NEWEST_GOAL_MS,
    PAGE_GOAL_MS,
    PEER_GOAL_TIMES,
    QUERIES,
    SEARCH_GOAL_MS,
    SEARCHABLE_GOAL_MS,
)
from .report import number, table

WRITTEN, COMMENTED, UNFOUND = "a post", "a comment", "a post without a word to find"


def render(run: dict) -> str:
    size = run["size"]
    parts = [
        f"Measured {run['date']} on {run['machine']}, load average before the run {run['load_average']:.2f}, "
        f"by `{run['command']}`: {size['posts']:,} posts and {size['comments']:,} comments of {size['people']:,} people "
        f"in {DAYS} days."
    ]
    for engine, result in run["results"].items():
        parts += [pages(engine, result), searches(engine, result["hanok"]), writes(engine, result)]
    return "\n\n".join(parts)


def pages(engine: str, result: dict) -> str:
    head = [
        f"on {engine}",
        f"CPU ms (goal ≤ {PAGE_GOAL_MS})",
        "statements",
        "Flask, CPU ms",
        f"× Hanok (goal ≥ {PEER_GOAL_TIMES})",
    ]
    return table(head, [page(name, one, result["flask"].get(name)) for name, one in pages_of(result["hanok"])])


def page(name: str, one: dict, peer: dict | None) -> list[str]:
    own, other = one["cpu_ms_per_operation"], peer and peer["cpu_ms_per_operation"]
    return [
        name,
        number(own, 2),
        str(sum(one["statements"].values())),
        number(other, 1),
        number(other / own if other and own else None, 0),
    ]


def searches(engine: str, of_hanok: dict) -> str:
    head = [
        f"searched, on {engine}",
        f"newest first, CPU ms (goal ≤ {NEWEST_GOAL_MS})",
        f"title first, CPU ms (goal ≤ {SEARCH_GOAL_MS})",
    ]
    return table(head, [[query, *(number(searched(of_hanok, query, sort), 2) for sort in ("new", "title"))] for query in QUERIES])


def writes(engine: str, result: dict) -> str:
    written, unfound = cost(result["hanok"], WRITTEN), without_search(result)
    more = unfound and written - unfound
    rows = [
        ["a post", number(written, 2)],
        ["a post that the search does not find", number(unfound, 2)],
        [f"so much for being found (goal ≤ {SEARCHABLE_GOAL_MS})", number(more, 2)],
        ["a comment", number(cost(result["hanok"], COMMENTED), 2)],
    ]
    return table([f"written, on {engine}", "CPU ms"], rows)


def pages_of(of_hanok: dict) -> list[tuple[str, dict]]:
    return [(name, one) for name, one in of_hanok.items() if not one["path"].startswith("/search") and one["statements"]]


def searched(of_hanok: dict, query: str, sort: str) -> float:
    return cost(of_hanok, f"{query} ({sort})")


def without_search(result: dict) -> float | None:
    """Nothing where the store was kept, for it would not be the same afterwards."""
    return cost(result["without_search"], UNFOUND) if result["without_search"] else None


def cost(measured: dict, name: str) -> float:
    return measured[name]["cpu_ms_per_operation"]


def missed(run: dict) -> list[str]:
    return [f"{goal} on {engine}" for engine, result in run["results"].items() for goal in missed_on(result)]


def missed_on(result: dict) -> list[str]:
    own, peers, faults = result["hanok"], result["flask"], []
    for name, one in pages_of(own):
        took = one["cpu_ms_per_operation"]
        if took > PAGE_GOAL_MS:
            faults.append(f"{name}: {took:.2f} ms for {PAGE_GOAL_MS}")
        if name in peers and cost(peers, name) < PEER_GOAL_TIMES * took:
            faults.append(f"{name}: {cost(peers, name) / took:.0f} times Flask for {PEER_GOAL_TIMES}")
    for query in QUERIES:
        for sort, goal in (("new", NEWEST_GOAL_MS), ("title", SEARCH_GOAL_MS)):
            if (took := searched(own, query, sort)) > goal:
                faults.append(f"{query} ({sort}): {took:.1f} ms for {goal}")
    unfound = without_search(result)
    if unfound and (searchable := cost(own, WRITTEN) - unfound) > SEARCHABLE_GOAL_MS:
        faults.append(f"a searchable post: {searchable:.2f} ms more for {SEARCHABLE_GOAL_MS}")
    return faults
