"""The interface of a type of probe, its task and its outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Protocol, Self

if TYPE_CHECKING:
    from chalicelib.probes.connection import Session

# What a probe calls itself where its protocol has a place for it.
AGENT = "Tocsin/1 (uptime probe)"


# Seconds that a look may take unless its definition says otherwise.
TIMEOUT = 30
# Whoever has been at it for so many seconds mostly waits for a host that is silent: it takes no place from others.
SILENT = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What a type of probe looks at, clean: what its `clean` answered. Each type has its own, by this name. `timeout`
    is the seconds that a look may take."""

    type: str = ""
    timeout: float = TIMEOUT

    @property
    def verifies(self) -> bool:
        """Whether a look may have to verify a certificate; one that a redirect leads to is not foreseen."""
        return False

    def document(self) -> dict[str, Any]:
        """The definition as JSON, complete, so that it can be shown without its type: cleaning it changes nothing."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """The definition that `document` made this JSON of; what this version does not know is passed over. Raises
        TypeError if what must be there is not."""
        return cls(**{one.name: document[one.name] for one in fields(cls) if one.name in document})


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
    """One probe to be run."""

    key: str
    definition: Definition


class Failed(Exception):
    """What a probe raises when it found what it must not find; `text` becomes the outcome's."""

    def __init__(self, text: str, **details: Any) -> None:
        super().__init__(text)
        self.text = text
        self.details = details


# A kind has a member of this name.
_Definition = Definition


class Kind(Protocol):
    """A type of probe: a module of this package with these names in it."""

    name: str

    @property
    def Definition(self) -> type[_Definition]:  # noqa: N802 - a class in a module
        """The dataclass of what this type looks at."""

    def clean(self, definition: dict[str, object]) -> _Definition:
        """The definition as it is kept: validated, complete with defaults, in one form. Cleaning what is clean changes
        nothing. Raises Invalid, whose field is the key ("port")."""

    def run(self, definition: Any, session: Session) -> Outcome:
        """Probes once. Raises Failed, or lets OSError, TimeoutError and ssl.SSLError out: `failures.attempt` puts them
        into words. `definition` is the type's own Definition. `line.outcome(...)` makes the answer."""
