"""The catalogue: which series a project has, and when each was first and last seen.

One partition a project, in the order of names, so that a pattern reads the names with its own beginning alone.
"Last seen" is kept to the hour: a name is written again only when a new hour has begun for it (each name's hours begin
at another second, so that not all are written at once), and a process that has done so remembers it. The pace at which
a series sends stands beside its name and is written when it becomes another (`series_paces`).
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import ClassVar

from chalicelib.core import pace
from chalicelib.core.pace import Paces
from chalicelib.languages.graphite.lines import NAME_MAX
from chalicelib.languages.graphite.patterns import literal_prefix, matches
from chalicelib.store.series_ages import hours_expiry
from chalicelib.store.series_calls import Item, Sleep, delete_all, get_all, item_of, key_of, put_all, query
from chalicelib.store.series_cells import HOUR

# After every printable character.
_END = "\x7f"
_GLOB = frozenset("*?[{")
# So many points in turn must contradict the pace that a series has before anybody looks whether it has another.
PATIENCE = 8


@dataclass(frozen=True, slots=True)
class Name:
    """A series of a project; `first` and `last` are when it was seen, in seconds since 1970, `last` to the hour, and
    `paces` how often it has been sending."""

    series: str
    first: int
    last: int
    paces: Paces = ()


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a search: its names, how many matched on all pages, how many series there are."""

    names: tuple[Name, ...]
    matched: int
    total: int


@dataclass(slots=True)
class Known:
    """What this process knows of a series: its name as it is kept, the hour for which it is there, its newest point.
    For `series_paces` how many points in turn came at another pace, and how many make it look; for `series_marks` the
    hours that it has marked."""

    name: Name
    hour: int
    newest: int
    odd: int = 0
    patience: int = 1
    marked: frozenset[int] = frozenset()


class _Memory:
    limit = 50_000
    known: ClassVar[dict[tuple[str, str], Known]] = {}


def forget() -> None:
    """Drops what this process remembers."""
    _Memory.known.clear()


def known(project: str, series: str) -> Known | None:
    """What this process knows of a series."""
    return _Memory.known.get((project, series))


def is_dense(project: str, series: str) -> bool:
    """Whether this process knows that buckets of a series hold several points."""
    seen = _Memory.known.get((project, series))
    return seen is not None and bool(seen.name.paces) and seen.name.paces[-1].dense


def note(
    project: str,
    newest: Mapping[str, int],
    now: datetime,
    sleep: Sleep = time.sleep,
    *,
    given: Mapping[str, Sequence[tuple[int, float]]] | None = None,
) -> tuple[str, ...]:
    """Notes that series have points up to these moments; those that were never seen before are the answer, and have the
    pace of the points that are `given`."""
    due = [series for series, at in newest.items() if _is_due(project, series, at)]
    if not due:
        return ()
    partition = _partition(project)
    stored = {item["at_key"]["S"]: item for item in get_all([key_of(partition, series) for series in due], sleep)}
    before = {series: _name(item) for series, item in stored.items() if _is_live(item, now)}
    names = {series: _seen(before.get(series), series, newest[series]) for series in due}
    for series in names.keys() & (given or {}).keys() - before.keys():
        found = pace.measured([at for at, _ in (given or {})[series]], int(now.timestamp()))
        names[series] = replace(names[series], paces=pace.added((), found))
    put_all((_item(partition, name) for series, name in names.items() if name != before.get(series)), sleep)
    if len(_Memory.known) + len(due) > _Memory.limit:
        forget()
    for series, name in names.items():
        _remember(project, name, newest[series])
    return tuple(series for series in due if series not in before)


def _is_due(project: str, series: str, at: int) -> bool:
    seen = _Memory.known.get((project, series))
    return seen is None or seen.hour < _hour_of(series, at)


def _seen(before: Name | None, series: str, at: int) -> Name:
    """The name as it is to be kept after a point, the one `before` where its hour has not changed."""
    if before is None:
        return Name(series, at, at)
    if _hour_of(series, before.last) >= _hour_of(series, at):
        return before
    return replace(before, first=min(before.first, at), last=at)


def _remember(project: str, name: Name, at: int) -> None:
    """A new series has no pace yet; that of one which is kept must be contradicted several times."""
    seen = _Memory.known.get((project, name.series))
    hour = _hour_of(name.series, max(name.last, at))
    if seen is not None:
        seen.name, seen.hour = name, hour
        return
    patience = PATIENCE if name.paces else 1
    _Memory.known[project, name.series] = Known(name, hour, name.last, patience=patience)


def keep_paces(project: str, found: Mapping[str, Paces], sleep: Sleep = time.sleep) -> None:
    """Writes the paces of series that this process knows."""
    changed = []
    for series, paces in found.items():
        seen = _Memory.known[project, series]
        seen.name = replace(seen.name, paces=paces)
        changed.append(_item(_partition(project), seen.name))
    put_all(changed, sleep)


def _hour_of(series: str, at: int) -> int:
    return (at + zlib.crc32(series.encode()) % HOUR) // HOUR


def _item(partition: str, name: Name) -> Item:
    item = item_of(partition, name.series, hours_expiry(name.last), first=name.first, last=name.last)
    return {**item, "paces": {"S": pace.written(name.paces)}} if name.paces else item


def _partition(project: str) -> str:
    return f"names#{project}"


def _is_live(item: Item, now: datetime) -> bool:
    return int(item["expires"]["N"]) > now.timestamp()


def _name(item: Item) -> Name:
    paces = pace.read(item["paces"]["S"]) if "paces" in item else ()
    return Name(item["at_key"]["S"], int(item["first"]["N"]), int(item["last"]["N"]), paces)


def get(project: str, series: str, now: datetime, *, consistent: bool = False) -> Name | None:
    return next(every(project, now, exactly=series, consistent=consistent), None)


def every(
    project: str, now: datetime, *, prefix: str = "", exactly: str | None = None, consistent: bool = False
) -> Iterator[Name]:
    """The names of a project in their order: all, those with a prefix, or one."""
    low, high = (prefix or " ", prefix + _END) if exactly is None else (exactly, exactly)
    if not _can_be(low):
        return iter(())
    return (_name(item) for item in query(_partition(project), low, high, consistent=consistent) if _is_live(item, now))


def get_many(project: str, names: Iterable[str], now: datetime, *, consistent: bool = False) -> dict[str, Name]:
    """Those of the series that are known, by their names."""
    keys = [key_of(_partition(project), name) for name in names if _can_be(name)]
    found = get_all(keys, consistent=consistent)
    return {item["at_key"]["S"]: _name(item) for item in found if _is_live(item, now)}


def _can_be(name: str) -> bool:
    """What cannot be a name cannot be a key either, and DynamoDB would refuse the question."""
    return name.isascii() and 1 <= len(name) <= NAME_MAX


def find(project: str, pattern: str, now: datetime, *, limit: int) -> list[Name]:
    """The first `limit` series in order of name that match a pattern of `* ? [] {a,b}`, each part between dots by
    itself. Who must not miss one asks for one more than it can take. A series with tags is found by its full name
    alone, as in Graphite."""
    if not _GLOB.intersection(pattern):
        return list(every(project, now, exactly=pattern))
    fits = (
        name
        for name in every(project, now, prefix=literal_prefix(pattern))
        if ";" not in name.series and matches(pattern, name.series)
    )
    return list(islice(fits, limit))


def tagged(
    project: str, fits: Callable[[Mapping[str, str]], bool], now: datetime, *, limit: int, name: str = ""
) -> list[Name]:
    """The first `limit` series whose tags fit, among them `name`, the metric's own, which is all that a series without
    tags has. Where `name` is given, only that metric's series are read."""
    return list(islice((one for one in every(project, now, prefix=name) if fits(tags_of(one.series))), limit))


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
    gone = list(islice(fits, at_most))
    delete_all([key_of(_partition(project), series) for series in gone], sleep)
    for series in gone:
        _Memory.known.pop((project, series), None)
    return gone
