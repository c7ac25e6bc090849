"""What can go wrong in the core's own words. Each dialect renders these in its published shape."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


class TocsinError(Exception):
    """Root of every error that is meant for a caller; anything else is a fault of ours or of AWS."""


class Invalid(TocsinError):
    """A value the caller sent is wrong. `field` names it, `message` says what is wrong with it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field} {message}".strip())
        self.field = field
        self.message = message


class Missing(TocsinError):
    """The named thing does not exist (or exists no more)."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} not found")
        self.what = what


class UnknownKey(Missing):
    """No project has the key by which something was named."""


class Forbidden(TocsinError):
    """The thing exists but belongs to another project."""


class LimitReached(TocsinError):
    """The project holds as many checks as its limit allows."""


class TooOften(TocsinError):
    """The same was asked for so often of late that the caller has to wait. The text says what, and how often it may;
    `after` is the number of seconds to wait, None where that is not known."""

    def __init__(self, message: str, *, after: int | None = None) -> None:
        super().__init__(message)
        self.after = after


class Conflict(TocsinError):
    """The request does not fit the present state (resuming what is not paused, an ambiguous slug)."""


class Busy(TocsinError):
    """So many writers met at one record that the retries ran out; the caller may try again."""


class Undelivered(TocsinError):
    """A channel could not take a notification.

    `permanent` tells the deliverer that trying again is of no use (a bad address, a refused key). `after` is the number
    of seconds for which the receiver wants to be left alone (Retry-After and its like): that is no failed attempt, only
    a wait; None where nobody asked for one. `unanswered`: it may have been taken, for there was no answer. `reached`
    are the marks of those recipients of the channel who have it. `message` is shown on the channel and in its delivery
    log, so it must hold no secret.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        after: float | None = None,
        unanswered: bool = False,
        reached: Iterable[str] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.permanent = permanent
        self.unanswered = unanswered
        self.after = after
        self.reached = tuple(sorted(reached))


class Moved(Undelivered):
    """The receiver stands elsewhere from now on: `settings` are those of the channel that have become others."""

    def __init__(self, message: str, settings: Mapping[str, str]) -> None:
        super().__init__(message)
        self.settings = dict(settings)
