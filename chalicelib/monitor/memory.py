"""What a process remembers between requests. Never trusted for a decision: a read or a conditional write is."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from chalicelib.core.check import Check
from chalicelib.core.inventory import Inventory
from chalicelib.core.line import Line

Key = TypeVar("Key")
Value = TypeVar("Value")

KNOWN = 10_000
# An inventory may take tens of megabytes.
INVENTORIES = 4


class Newest(Generic[Key, Value]):
    """The values that were put in last, up to a number. Threads may use it at the same time, so no step of it relies on
    the one before."""

    def __init__(self, at_most: int = KNOWN) -> None:
        self._at_most = at_most
        self._values: OrderedDict[Key, Value] = OrderedDict()

    def get(self, key: Key) -> Value | None:
        return self._values.get(key)

    def put(self, key: Key, value: Value) -> None:
        self._values.pop(key, None)
        self._values[key] = value
        while len(self._values) > self._at_most:
            self._values.pop(next(iter(self._values)), None)

    def drop(self, key: Key) -> None:
        self._values.pop(key, None)


@dataclass(slots=True)
class Watching:
    """What the rules of a project read, as it was `seen`: the codes of the rules by the plain names that they read,
    and beside each pattern, which has to be tried on every name, the code of its rule."""

    seen: datetime
    names: dict[str, list[str]] = field(default_factory=dict)
    patterns: list[tuple[Callable[[str], bool], str]] = field(default_factory=list)


@dataclass(slots=True)
class Attempts:
    """What this process has seen of the requests with unknown keys that came from one source in a minute (`window`):
    how many, whether the source is slowed for the rest of it, and hashes of keys that were found unknown since."""

    window: int
    count: int = 0
    slowed: bool = False
    wrong: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Reach:
    """The partitions of the due index and of the outbox that this process found to hold anything: when it looked for
    the `first` time, and when `last`."""

    first: datetime
    last: datetime
    due: frozenset[str] = frozenset()
    outbox: frozenset[str] = frozenset()


@dataclass(slots=True)
class Memory:
    """`checks` by code, as pings saw them last; `projects` by the hash of a key, which is of one project for good;
    `closing` the rules and the ends of buckets (seconds since 1970) at which this process has them judged; `watching`
    what the rules of a project read; `nudged` when this process last had a rule judged because of points; `noted` the
    projects of which it is written down that they have series; `lines` those of senders that took no more; `opened` the
    hashes of keys that opened something; `attempts` those with unknown keys, by source; `inventories` what projects
    have to run commands; `reach` where deadlines and news lie."""

    checks: Newest[str, Check] = field(default_factory=Newest)
    projects: Newest[str, str] = field(default_factory=Newest)
    closing: Newest[tuple[str, int], bool] = field(default_factory=Newest)
    watching: Newest[str, Watching] = field(default_factory=Newest)
    nudged: Newest[str, datetime] = field(default_factory=Newest)
    noted: Newest[str, bool] = field(default_factory=Newest)
    lines: Newest[str, Line] = field(default_factory=Newest)
    opened: Newest[str, bool] = field(default_factory=Newest)
    attempts: Newest[str, Attempts] = field(default_factory=Newest)
    inventories: Newest[str, Inventory] = field(default_factory=lambda: Newest(INVENTORIES))
    reach: Reach | None = None

    def asks_first(self, code: str, end: int) -> bool:
        """Whether nobody here has asked yet for a rule to be judged when a bucket ends; from now on somebody has."""
        if self.closing.get((code, end)):
            return False
        self.closing.put((code, end), True)
        return True
