"""Limit, Offset and the span between Timestamp1 and Timestamp2."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chalicelib.api.alertra import wire
from chalicelib.api.alertra.values import asked
from chalicelib.core.errors import Invalid
from chalicelib.gateway import Request

LARGEST = 1_000_000
# The parameters of the query that are read here.
PAGE, SPAN = ("Limit", "Offset"), ("Timestamp1", "Timestamp2")


def page(request: Request, items: list[Any], default: int | None = None, most: int = LARGEST) -> list[Any]:
    """The items that Limit and Offset ask for; without a `default`, all of them."""
    offset, limit = limits(request, default, most)
    return items[offset:] if limit is None else items[offset : offset + limit]


def limits(request: Request, default: int | None, most: int) -> tuple[int, int | None]:
    """(Offset, Limit). Raises Invalid."""
    return _number(request, "Offset", 0, LARGEST) or 0, _number(request, "Limit", 1, most) or default


def _number(request: Request, name: str, low: int, high: int) -> int | None:
    given = asked(request, name)
    if given == "":
        return None
    if not (given.isascii() and given.isdigit() and len(given) < 12 and low <= int(given) <= high):
        raise Invalid(name, f"must be a whole number from {low} to {high}")
    return int(given)


def span(request: Request, first: datetime) -> tuple[datetime, datetime]:
    """[Timestamp1, Timestamp2); from `first` where nothing is said, and never beyond now. Raises Invalid.

    What ends before `first` is empty: a list over all devices may end before some of them were made.
    """
    now = request.services.clock()
    start, end = _moment(request, "Timestamp1"), min(_moment(request, "Timestamp2") or now, now)
    if start and start >= end:
        raise Invalid("Timestamp1", "must be before Timestamp2, and both in the past")
    return start or min(first, end), end


def _moment(request: Request, name: str) -> datetime | None:
    given = asked(request, name)
    return wire.moment(name, given) if given else None
