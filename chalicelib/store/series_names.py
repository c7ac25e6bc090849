"""The catalogue: which series a project has, and when each was first and last seen.

One partition a project, in the order of names, so that a pattern reads no more than the names that begin as it does.
"Last seen" is kept to the hour: a name is written again only when a new hour has begun for it (each name's hours begin
at another second, so that not all are written at once), and a process that has done so remembers it.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import ClassVar

from chalicelib.languages.graphite.lines import NAME_MAX
from chalicelib.languages.graphite.patterns import literal_prefix, matches
from chalicelib.store.series_ages import hours_expiry
from chalicelib.store.series_calls import Item, Sleep, delete_all, get_all, item_of, key_of, put_all, query
from chalicelib.store.series_cells import HOUR

# After every printable character.
_END = "\x7f"
_GLOB = frozenset("*?[{")


@dataclass(frozen=True, slots=True)
class Name:
    """A series of a project; `first` and `last` are when it was seen, in seconds since 1970, `last` to the hour."""

    series: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a search: its names, how many matched on all pages, how many series there are."""

    names: tuple[Name, ...]
    matched: int
    total: int


class _Seen:
    """For which hour this process knows each (project, series) to be in the catalogue."""

    limit = 100_000
    hours: ClassVar[dict[tuple[str, str], int]] = {}


def forget() -> None:
    """Drops what this process remembers."""
    _Seen.hours.clear()


def note(project: str, newest: Mapping[str, int], now: datetime, sleep: Sleep = time.sleep) -> tuple[str, ...]:
    """Notes that series have points up to these moments; those that were never seen before are the answer."""
    due = {
        series: _hour_of(series, at)
        for series, at in newest.items()
        if _Seen.hours.get((project, series), -1) < _hour_of(series, at)
    }
    if not due:
        return ()
    partition = _partition(project)
    stored = {item["at_key"]["S"]: item for item in get_all([key_of(partition, series) for series in due], sleep)}
    known = {series: _name(item) for series, item in stored.items() if _is_live(item, now)}
    changed = [
        _item(partition, series, known.get(series), newest[series])
        for series, hour in due.items()
        if series not in known or _hour_of(series, known[series].last) < hour
    ]
    put_all(changed, sleep)
    if len(_Seen.hours) + len(due) > _Seen.limit:
        forget()
    _Seen.hours.update({(project, series): hour for series, hour in due.items()})
    return tuple(series for series in due if series not in known)


def _hour_of(series: str, at: int) -> int:
    return (at + zlib.crc32(series.encode()) % HOUR) // HOUR


def _item(partition: str, series: str, known: Name | None, newest: int) -> Item:
    first = min(known.first, newest) if known else newest
    return item_of(partition, series, hours_expiry(newest), first=first, last=newest)


def _partition(project: str) -> str:
    return f"names#{project}"


def _is_live(item: Item, now: datetime) -> bool:
    return int(item["expires"]["N"]) > now.timestamp()


def _name(item: Item) -> Name:
    return Name(item["at_key"]["S"], int(item["first"]["N"]), int(item["last"]["N"]))


def get(project: str, series: str, now: datetime, *, consistent: bool = False) -> Name | None:
    return next(every(project, now, exactly=series, consistent=consistent), None)


def every(
    project: str, now: datetime, *, prefix: str = "", exactly: str | None = None, consistent: bool = False
) -> Iterator[Name]:
    """The names of a project in their order: all, those with a prefix, or one."""
    low, high = (prefix or " ", prefix + _END) if exactly is None else (exactly, exactly)
    # What cannot be a name cannot be a key either, and DynamoDB would refuse the question.
    if not (low.isascii() and 1 <= len(low) <= NAME_MAX):
        return iter(())
    return (_name(item) for item in query(_partition(project), low, high, consistent=consistent) if _is_live(item, now))


def active(project: str, since: int, now: datetime) -> Iterator[str]:
    """The series that may have points at or after `since`: those that roll-ups of that time are to be made for."""
    return (name.series for name in every(project, now) if name.last >= since - HOUR)


def find(project: str, pattern: str, now: datetime, *, limit: int) -> list[str]:
    """The first `limit` series in order of name that match a pattern of `* ? [] {a,b}`, each part between dots by
    itself. Who must not miss one asks for one more than it can take. A series with tags is found by its full name
    alone, as in Graphite."""
    if not _GLOB.intersection(pattern):
        return [name.series for name in every(project, now, exactly=pattern)]
    fits = (
        name.series
        for name in every(project, now, prefix=literal_prefix(pattern))
        if ";" not in name.series and matches(pattern, name.series)
    )
    return _first(fits, limit)


def _first(series: Iterator[str], limit: int) -> list[str]:
    return list(islice(series, limit))


def tagged(
    project: str, fits: Callable[[Mapping[str, str]], bool], now: datetime, *, limit: int, name: str = ""
) -> list[str]:
    """The first `limit` series whose tags fit, among them `name`, the metric's own, which is all that a series without
    tags has. Where `name` is given, only that metric's series are read."""
    found = (one.series for one in every(project, now, prefix=name) if fits(tags_of(one.series)))
    return _first(found, limit)


def tags_of(series: str) -> dict[str, str]:
    """The tags of a series by its name, the metric's own name under `name`."""
    name, *tags = series.split(";")
    return {"name": name, **dict(tag.split("=", 1) for tag in tags)}


def search(
    project: str,
    pattern: str,
    now: datetime,
    *,
    page: int = 1,
    size: int = 100,
    after: int | None = None,
    before: int | None = None,
) -> Found:
    """One page, counted from 1, of the series that match a pattern and were last seen at or after `after` and before
    `before`. The pattern `*` alone matches every series."""
    total, fits = 0, []
    for name in every(project, now):
        total += 1
        if _searched(pattern, name.series) and (after or 0) <= name.last and (before is None or name.last < before):
            fits.append(name)
    return Found(tuple(fits[(page - 1) * size : page * size]), len(fits), total)


def _searched(pattern: str, series: str) -> bool:
    return pattern in ("*", series) or matches(pattern, series.split(";")[0])


def remove(project: str, pattern: str, now: datetime, *, at_most: int, sleep: Sleep = time.sleep) -> list[str]:
    """Takes up to `at_most` series that match out of the catalogue and tells which; their points are for
    `series.purge`. Another process may remember such a name until its next hour."""
    fits = (name.series for name in every(project, now) if _searched(pattern, name.series))
    gone = _first(fits, at_most)
    delete_all([key_of(_partition(project), series) for series in gone], sleep)
    for series in gone:
        _Seen.hours.pop((project, series), None)
    return gone
