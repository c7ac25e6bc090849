"""The interface of a kind of check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from chalicelib.core.check import Check
from chalicelib.core.news import News
from chalicelib.core.specs import Spec

# Labels and values, in the order in which they are read; some values may be empty.
Listed = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Wheel:
    """The place of a kind on the timing wheel: the first letter of its slots, the queue of its workers, and the number
    of checks in one message of that queue."""

    letter: str
    queue: str
    batch: int


class Kind(Protocol):
    """A kind of check: a module of this package with these names in it.

    `spec` is the class of `Check.spec`, None if nothing is the kind's own. `wheel` is None if nobody looks at it in a
    fixed period. `pinged` says that pings are its signs of life, `quotes` that its reasons are quotes of what was found
    and no sentences, `unique_names` that no two of a project share their name, `spaced` that `Check.remind` also is the
    shortest time between two tellings of it (Hosted Graphite Alerts API, Creating Alerts, notification_type),
    `instanced` that it may have instances (see `core.instances`). `word` is what a page calls that which it looks at.
    """

    name: str
    spec: type[Spec] | None
    wheel: Wheel | None
    pinged: bool
    quotes: bool
    unique_names: bool
    spaced: bool
    instanced: bool
    word: str

    def spread(self, check: Check) -> str:
        """What brings checks together on the wheel: those that are equal in it are served at once, in its order. Empty
        if each is served by itself."""

    def target(self, check: Check) -> str:
        """What is looked at, without any secret; empty if nothing is."""

    def place(self, check: Check) -> str:
        """The target as a person calls it; empty if that would be no name."""

    def public_target(self, check: Check) -> str:
        """As much of the target as a page shows whose address is passed around."""

    def graphed(self, check: Check, letter: str) -> str:
        """The Graphite target whose values decide (that of the criterion called `letter`); empty if none does."""

    def told_in(self, check: Check) -> str:
        """The period in which it is told, in the words of `languages.timeperiod`; empty for always."""

    def criteria(self, check: Check) -> str:
        """What takes it down, in words that follow "alert when": "missing for 1 hour", "above 5 for 2 minutes"."""

    def reason(self, news: News) -> str:
        """Why it is down, for people."""

    def details(self, news: News) -> Listed:
        """What people are told of it beside its name, its project and the reason."""

    def document(self, news: News) -> dict[str, Any]:
        """What machines are told of it: JSON without any of its addresses, for a receiver could ping it with them."""
