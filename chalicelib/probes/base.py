"""The interface of a type of probe, its task and its outcome."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from chalicelib.probes.connection import Session

# What a probe calls itself where its protocol has a place for it.
AGENT = "Tocsin/1 (uptime probe)"


@dataclass(frozen=True, slots=True)
class Phases:
    """Where the time of one probe went: disjoint spans in milliseconds. `block` is the wait for a free place before any
    work began and no part of the total."""

    block: float = 0.0
    dns: float = 0.0
    connect: float = 0.0
    ssl: float = 0.0
    ttfb: float = 0.0
    ttlb: float = 0.0

    @property
    def total(self) -> float:
        return self.dns + self.connect + self.ssl + self.ttfb + self.ttlb


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one probe found. `text` is one line, the same for the same finding, and holds no secret: it becomes the
    reason of an outage. `size` is the bytes of data received. A `warning` is good but to be looked at."""

    ok: bool
    text: str
    phases: Phases = Phases()
    size: int = 0
    warning: bool = False
    details: dict[str, Any] = field(default_factory=dict)


# Is told of an outcome and the key of its task.
Done = Callable[[str, Outcome], None]


@dataclass(frozen=True, slots=True)
class Task:
    """One probe to be run. `definition` is clean: what its kind's `clean` answered."""

    key: str
    definition: dict[str, Any]


class Failed(Exception):
    """What a probe raises when it found what it must not find; `text` becomes the outcome's."""

    def __init__(self, text: str, **details: Any) -> None:
        super().__init__(text)
        self.text = text
        self.details = details


class Kind(Protocol):
    """A type of probe: a module of this package with these names in it."""

    name: str

    def clean(self, definition: dict[str, object]) -> dict[str, Any]:
        """The definition as it is kept: validated, complete with defaults, in one form, JSON-able; `type` and `timeout`
        are in it. Cleaning what is clean changes nothing. Raises Invalid, whose field is the key ("port")."""

    def run(self, definition: dict[str, Any], session: Session) -> Outcome:
        """Probes once. Raises Failed, or lets OSError, TimeoutError and ssl.SSLError out: `failures.attempt` puts them
        into words. `line.outcome(...)` makes the answer."""
