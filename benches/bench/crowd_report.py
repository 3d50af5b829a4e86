"""The results of thousands of sockets as a person reads them."""

from .crowd import A_SECOND, ALL_GOAL, CONNECT_GOAL, EACH_GOAL, P99_GOAL_MS, SIGN_IN_GOAL_MS, STORM_SECONDS, TALK_SECONDS
from .report import number, table

SHARES = {
    "connect": ("connecting, with its token, its rooms and `ready`", CONNECT_GOAL),
    "all": ("to everybody, one for all", ALL_GOAL),
    "listening": ("to one person, each their own", EACH_GOAL),
}


def render(run: dict) -> str:
    hanok, peer = run["results"].get("hanok"), run["results"].get("socket.io")
    parts = [
        f"Measured {run['date']} on {run['machine']}, load average before the run {run['load_average']:.2f}, "
        f"by `{run['command']}`: {run['sockets']:,} sockets, each of another person; Hanok on SQLite."
    ]
    rows = [costs(name, words, goal, hanok, peer) for name, (words, goal) in SHARES.items()]
    if hanok:
        rows.append(["that with unit, row, number and event", number(hanok["each"]["cpu_us"], 1), "–", "", ""])
        rows.append(["those alone, where nobody listens", number(hanok["unheard"]["cpu_us"], 1), "–", "", ""])
    rest = [number(one and one["rest"]["cpu_ms_a_second"] * 1000, 0) for one in (hanok, peer)]
    rows.append(["a second of rest, all sockets", *rest, "", ""])
    parts.append(table(["CPU µs of the server", "Hanok", "socket.io", "Hanok's share", "goal"], rows))
    parts.append(table(["resident memory, MB", "Hanok", "socket.io"], memory(hanok, peer)))
    if hanok:
        parts.append(said(hanok))
    return "\n\n".join(parts)


def costs(name: str, words: str, goal: float, hanok: dict | None, peer: dict | None) -> list[str]:
    own, other = cpu(hanok, name), cpu(peer, name)
    return [words, number(own, 1), number(other, 1), times(own, other), f"≤ {goal}"]


def cpu(one: dict | None, name: str) -> float | None:
    """Of one connection or delivery; what listening costs is what it adds to that nobody listens."""
    if one and name == "listening":
        return one["each"]["cpu_us"] - one.get("unheard", {"cpu_us": 0})["cpu_us"]
    return one and one[name]["cpu_us"]


def times(own: float | None, other: float | None) -> str:
    return number(own / other if own and other else None, 2)


def memory(hanok: dict | None, peer: dict | None) -> list[list[str]]:
    def row(words: str, of) -> list[str]:
        return [words, *(number(one and of(one) / 1024, 0) for one in (hanok, peer))]

    return [
        row("at rest, nobody connected", lambda one: one["idle_kb"]),
        row("all connected", lambda one: one["rest"]["rss_kb"]),
        row("after all deliveries", lambda one: one["load_kb"]),
    ]


def said(hanok: dict) -> str:
    talk, storm, deaf = hanok["talk"], hanok["storm"], hanok["deaf"]
    back = deaf["back"]
    return "\n".join([
        f"- **Comment → the author's socket**, {A_SECOND} a second for {TALK_SECONDS} s: p50 {talk['p50_ms']:.1f} ms, "
        f"p99 {talk['p99_ms']:.1f} ms (goal < {P99_GOAL_MS}), {talk['heard']:,} of {A_SECOND * TALK_SECONDS:,} heard of by their own event.",
        f"- **Half of them stop reading**: dropped within {deaf['seconds']:.0f} s; the others heard {deaf['heard']:,} of "
        f"{deaf['wanted']:,} events meanwhile; resident memory {deaf['rss_before_kb'] / 1024:.0f} MB before and at most "
        f"{deaf['rss_max_kb'] / 1024:.0f}; {back['dropped']:,} came back, {back['back']['failures']} not; told what they "
        f"had missed: {', '.join(f'{word} {count:,}' for word, count in back['back']['missed'].items())}.",
        f"- **All connect within {STORM_SECONDS} s**: {storm['connected']:,} in, {storm['failures']} failures, p99 "
        f"{storm['p99_ms']:.0f} ms, the slowest {storm['max_ms']:.0f}; {storm['sign_ins']} sign-ins of others meanwhile, the "
        f"slowest {storm['sign_in_max_ms']:.0f} ms (goal < {SIGN_IN_GOAL_MS}).",
    ])


def missed(run: dict) -> list[str]:
    hanok, peer = run["results"].get("hanok"), run["results"].get("socket.io")
    if not hanok or not peer:
        return []
    shares = {name: cpu(hanok, name) / cpu(peer, name) for name in SHARES}
    misses = [f"{name}: {share:.2f} × for {SHARES[name][1]}" for name, share in shares.items() if share > SHARES[name][1]]
    if hanok["rest"]["rss_kb"] >= peer["rest"]["rss_kb"]:
        misses.append("memory: not below the peer's")
    # Comments that were refused were not heard of either.
    talk, wanted = hanok["talk"], A_SECOND * TALK_SECONDS
    if talk["p99_ms"] >= P99_GOAL_MS or talk["heard"] < wanted:
        misses.append(f"comments: p99 {talk['p99_ms']:.0f} ms, {talk['heard']} of {wanted}")
    deaf = hanok["deaf"]
    if deaf["left"] > run["sockets"] - run["sockets"] // 2 or deaf["heard"] < deaf["wanted"] or deaf["back"]["back"]["failures"]:
        misses.append(f"slow readers: {deaf['left']} left, {deaf['heard']} of {deaf['wanted']} heard by the others")
    if hanok["storm"]["failures"] or hanok["storm"]["sign_in_max_ms"] >= SIGN_IN_GOAL_MS:
        misses.append(f"storm: {hanok['storm']['failures']} failures, a sign-in of {hanok['storm']['sign_in_max_ms']:.0f} ms")
    return misses
