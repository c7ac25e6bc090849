"""Marks: which hours and days of series are to be rolled up, and which sums lack something.

What is to be rolled up stands in a partition of its project, `dirty#<project>`, in the order in which it may be done:
`<end>#<h|d>#<series>`. The first points of an hour put its mark there before they are kept; points that come later put
it there in one transaction with themselves. It is taken away by the transaction that writes the sums, if no other has
come meanwhile. So whatever is missed, doubled or dies, the mark stays until the sums hold every point.

A sum that lacks something has a mark beside it, under its own key with "~" behind, so that one query reads both.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from datetime import datetime

from chalicelib.store import series_names
from chalicelib.store.series_ages import DAY, SLACK, is_closed, minutes_expiry
from chalicelib.store.series_calls import Item, Sleep, delete_all, item_of, key_of, put_all, query
from chalicelib.store.series_cells import HOUR

STALE = "~"
_LETTERS = {"h": HOUR, "d": DAY}
_NAMES = {length: letter for letter, length in _LETTERS.items()}


def partition(project: str) -> str:
    return f"dirty#{project}"


def due_key(project: str, series: str, begin: int, length: int) -> Item:
    """Where it stands that an hour or a day, by its length, is to be rolled up."""
    return key_of(partition(project), f"{begin + length:010d}#{_NAMES[length]}#{series}")


def due(project: str, series: str, begin: int, length: int, mark: str) -> Item:
    key = due_key(project, series, begin, length)
    return item_of(key["owner"]["S"], key["at_key"]["S"], minutes_expiry(begin), mark=mark)


def stale_key(owner: str, letter: str, begin: int) -> Item:
    """Where it stands that a sum lacks something."""
    return key_of(owner, f"{letter}#{begin:010d}{STALE}")


def stale(owner: str, letter: str, begin: int, mark: str) -> Item:
    return item_of(owner, f"{letter}#{begin:010d}{STALE}", minutes_expiry(begin), mark=mark)


def of_day(project: str, series: str, owner: str, day: int, mark: str) -> list[Item]:
    """The marks of a day whose hours have changed. No two changes have the same `mark`: who sums the day knows by it
    that there has been another."""
    return [stale(owner, "H", day, mark), due(project, series, day, DAY, mark)]


def ripe(project: str, now: datetime) -> Iterator[tuple[str, int, int]]:
    """(series, begin, length) of all that may be rolled up now, what has waited longest first."""
    latest = f"{int(now.timestamp()) - SLACK:010d}#~"
    for item in query(partition(project), " ", latest):
        end, letter, series = item["at_key"]["S"].split("#", 2)
        yield series, int(end) - _LETTERS[letter], _LETTERS[letter]


def note(project: str, hours: Iterable[tuple[str, int]], mark: str, now: datetime, sleep: Sleep = time.sleep) -> None:
    """Marks hours that are not over, and their days: once in each process, which remembers that. Raises StoreFault."""
    wanted = {(series, hour) for series, hour in hours if hour not in _marked(project, series)}
    if not wanted:
        return
    days = {(series, hour - hour % DAY) for series, hour in wanted}
    items = [due(project, series, hour, HOUR, mark) for series, hour in wanted]
    put_all([*items, *(due(project, series, day, DAY, mark) for series, day in days)], sleep)
    for series, hour in wanted:
        known = series_names.known(project, series)
        if known:
            known.marked = frozenset({hour, *(one for one in known.marked if not is_closed(one, HOUR, now))})


def forget(project: str, sleep: Sleep = time.sleep) -> None:
    """Takes away every mark of a project that is being deleted."""
    owner = partition(project)
    delete_all((key_of(owner, item["at_key"]["S"]) for item in query(owner, " ", "~", keys_only=True)), sleep)


def _marked(project: str, series: str) -> frozenset[int]:
    known = series_names.known(project, series)
    return known.marked if known else frozenset()
