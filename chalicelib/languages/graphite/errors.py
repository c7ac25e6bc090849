"""What can be wrong with a Graphite target."""

from __future__ import annotations

from chalicelib.core.errors import TocsinError


class GraphiteError(TocsinError):
    """A target cannot be evaluated."""


class TargetError(GraphiteError):
    """A target is written wrongly. `position`, counted from 1, is where; `message` says what, without the position."""

    def __init__(self, message: str, position: int = 0) -> None:
        super().__init__(f"{message} at position {position}" if position else message)
        self.message = message
        self.position = position


class TooMany(GraphiteError):
    """A target asks for more than its context allows; the message names the limit."""


class Broken(GraphiteError):
    """A function failed on the series that it was given; the cause is the error that it met."""
