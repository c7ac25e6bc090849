"""Spans of time, from a beginning to before an end. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

Span = tuple[datetime, datetime]


def union(ordered: Iterable[Span]) -> Iterator[Span]:
    """Spans ordered by their beginnings, with those that touch made one."""
    open_: Span | None = None
    for begin, end in ordered:
        if open_ is None:
            open_ = (begin, end)
        elif begin <= open_[1]:
            open_ = (open_[0], max(open_[1], end))
        else:
            yield open_
            open_ = (begin, end)
    if open_:
        yield open_


def gaps(ordered: Iterable[Span], low: datetime, high: datetime) -> Iterator[Span]:
    """What disjoint spans leave of [low, high)."""
    for begin, end in ordered:
        if low < begin:
            yield low, begin
        low = end
    if low < high:
        yield low, high
