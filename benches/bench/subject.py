"""What the bench must know of a server to measure it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .measure import Course


@dataclass(frozen=True)
class Operation:
    """A request as the load sends it; {n}, {id}, {1} … are filled in there, and what `capture` names is kept."""

    method: str
    path: str
    expect: int
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    capture: tuple[str, ...] = ()
    contains: str = ""


@dataclass(frozen=True)
class Subject:
    name: str
    command: list[str]
    cwd: Path
    env: dict[str, str]
    port: int
    ready_path: str
    request: Operation
    status: Operation
    sizes: "Sizes"
    # How many rows still wait for work that the calls have caused; a server at rest has none.
    backlog: Callable[[], int] = lambda: 0
    # What is measured once it runs, where that is not `request` and `status`.
    play: "Callable[[Course], dict] | None" = None
    # Processes outside its own session that work for it alone, as those of its database.
    helpers: Callable[[], list[int]] = list


@dataclass(frozen=True)
class Sizes:
    """How often each operation is called."""

    warm_up: int
    requests: int
    # Where a server keeps only its newest requests: so many fresh ones, polled in turn. 0: each request once.
    pollable: int = 0

    def scaled(self, scale: float) -> "Sizes":
        return Sizes(max(64, int(self.warm_up * scale)), max(64, int(self.requests * scale)), self.pollable)

    @property
    def numbers(self) -> int:
        """Phone numbers that may be asked for, counted from 0: no number is asked for twice."""
        return self.warm_up + self.requests + 2 * self.pollable
