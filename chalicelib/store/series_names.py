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
from uuid import uuid4

from chalicelib.core import pace
from chalicelib.core.pace import Paces
from chalicelib.languages.graphite.lines import NAME_MAX
from chalicelib.languages.graphite.patterns import literal_prefix, matches
from chalicelib.store import directory
from chalicelib.store.faults import Contended, Refused, StoreFault
from chalicelib.store.series_ages import hours_expiry
from chalicelib.store.series_calls import (
    Item,
    Sleep,
    at_once,
    delete_all,
    get_all,
    item_of,
    key_of,
    put_all,
    put_if,
    query,
    transact,
)
from chalicelib.store.series_cells import HOUR

# After every printable character.
_END = "\x7f"
_GLOB = frozenset("*?[{")
# So many points in turn must contradict the pace that a series has before anybody looks whether it has another.
PATIENCE = 8


@dataclass(frozen=True, slots=True)
class Name:
    """A series of a project; `first` and `last` are when it was seen, in seconds since 1970, `last` to the hour, and
    `paces` how often it has been sending. One that was made again after a deletion has an `edition` of its own."""

    series: str
    first: int
    last: int
    paces: Paces = ()
    edition: str = ""


@dataclass(frozen=True, slots=True)
class Noted:
    """The series that were never seen before, and the edition of each of a request."""

    fresh: tuple[str, ...]
    editions: Mapping[str, str]


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
    # How many deletions each project had seen when its series were read.
    deletions: ClassVar[dict[str, int]] = {}


def forget() -> None:
    """Drops what this process remembers."""
    _Memory.known.clear()
    _Memory.deletions.clear()


def _forget_deleted(project: str, deletions: int) -> None:
    """Drops what this process remembers of a project whose series were deleted since."""
    if _Memory.deletions.get(project, 0) != deletions:
        _Memory.known = {key: one for key, one in _Memory.known.items() if key[0] != project}
        _Memory.deletions[project] = deletions


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
    deletions: int = 0,
) -> Noted:
    """Notes that series have points up to these moments. Those that were never seen before have the pace of the points
    that are `given`. `deletions` is how many the project has seen, as it was read for this request."""
    _forget_deleted(project, deletions)
    known = {series: _Memory.known.get((project, series)) for series in newest}
    due = [series for series, at in newest.items() if _is_due(known[series], series, at)]
    stored = _stored(project, due, sleep)
    before = {series: _name(item) for series, item in stored.items() if _is_live(item, now)}
    names = {series: _seen(before.get(series), series, newest[series]) for series in due}
    for series in names.keys() & (given or {}).keys() - before.keys():
        found = pace.measured([at for at, _ in (given or {})[series]], int(now.timestamp()))
        names[series] = replace(names[series], paces=pace.added((), found))
    fresh = {series: name for series, name in names.items() if series not in before}
    changed = [name for series, name in names.items() if series in before and name != before[series]]
    names |= _made(project, fresh, changed, sleep)
    if len(_Memory.known) + len(due) > _Memory.limit:
        _Memory.known.clear()
    for series, name in names.items():
        _remember(project, name, newest[series])
    editions = {series: one.name.edition for series, one in known.items() if one}
    return Noted(tuple(fresh), editions | {series: name.edition for series, name in names.items()})


def _stored(project: str, names: Iterable[str], sleep: Sleep) -> dict[str, Item]:
    """The items of names as they stand at this moment, also of those that have expired."""
    found = get_all([key_of(_partition(project), series) for series in names], sleep, consistent=True)
    return {item["at_key"]["S"]: item for item in found}


def _made(project: str, fresh: dict[str, Name], changed: list[Name], sleep: Sleep) -> dict[str, Name]:
    """Writes names. Where series have been deleted, a new one may be one of these, whose points are still being
    deleted: it is an edition of its own, which the first to make it decides."""
    partition = _partition(project)
    if not fresh or not directory.deletions(project):
        put_all((_item(partition, name) for name in [*fresh.values(), *changed]), sleep)
        return fresh
    put_all((_item(partition, name) for name in changed), sleep)

    def make(name: Name) -> Name:
        new = replace(name, edition=uuid4().hex[:8])
        try:
            transact([put_if(_item(partition, new), unless_changed=True)])
        except (Refused, Contended):
            stands = _stored(project, [name.series], sleep).get(name.series)
            if stands is None:
                raise StoreFault(f"{name.series} is being deleted") from None
            new = replace(name, edition=_name(stands).edition)
            put_all([_item(partition, new)], sleep)
        return new

    return {name.series: name for name in at_once(make, list(fresh.values()))}


def _is_due(seen: Known | None, series: str, at: int) -> bool:
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
    if name.paces:
        item["paces"] = {"S": pace.written(name.paces)}
    if name.edition:
        item["edition"] = {"S": name.edition}
    return item


def _partition(project: str) -> str:
    return f"names#{project}"


def _is_live(item: Item, now: datetime) -> bool:
    return int(item["expires"]["N"]) > now.timestamp()


def _name(item: Item) -> Name:
    paces = pace.read(item["paces"]["S"]) if "paces" in item else ()
    edition = item["edition"]["S"] if "edition" in item else ""
    return Name(item["at_key"]["S"], int(item["first"]["N"]), int(item["last"]["N"]), paces, edition)


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


def matching(project: str, pattern: str, now: datetime, *, at_most: int) -> list[Name]:
    """The first of the series that a pattern of `search` means."""
    fits = (name for name in every(project, now, consistent=True) if _searched(pattern, name.series))
    return list(islice(fits, at_most))


def remove(project: str, names: Iterable[Name], sleep: Sleep = time.sleep) -> None:
    """Takes series out of the catalogue, as far as they stand there in this edition; their points are for
    `series.purge`. The deletion is counted then, so that no process goes on with what it remembers; the first of a
    project also before, so that nobody takes a series that is gone for one that never was."""
    if not directory.deletions(project):
        directory.count_deletion(project)
    gone = {name.series: name.edition for name in names}
    stands = _stored(project, gone, sleep)
    keys = [
        key_of(_partition(project), series) for series, item in stands.items() if _name(item).edition == gone[series]
    ]
    delete_all(keys, sleep)
    directory.count_deletion(project)
