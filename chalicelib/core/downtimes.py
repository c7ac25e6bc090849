"""Downtimes: nobody is told of some entities for a time, whatever alerts are about them (ZMON, Downtimes). Pure.

A downtime is a group of pairs, an alert and an entity each. At every alert of it stands one silence, which has the
downtime's id and names the entities; so whoever decides on an entity, or tells of it, reads it with the alert. Without
filters the pairs are those that there are when the downtime is made. With filters it is open: it also covers what comes
to fit them while it lasts.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from chalicelib.core import entities, windows
from chalicelib.core.check import TICK, Check
from chalicelib.core.entities import Entity
from chalicelib.core.moments import from_micros, to_micros
from chalicelib.core.silence import Silence, of_entity, spans
from chalicelib.core.windows import Window, occurrences

KIND = "downtime"
# Of names made from names; any will do, as long as it stays.
_NAMES = uuid.UUID("6b0b4c0e-4f1b-4a57-9d57-6f1d2f6f0c11")


@dataclass(frozen=True, slots=True)
class Downtime:
    """It holds from `start` to `end` (None: until it is deleted), with a `window` only in the occurrences of that.
    `entities` and `alerts`, by their numbers, are those of its pairs when it was made. An open one has `filters` as
    they were written, and `only` the alerts of these numbers; of all, if there are none. `without` are the ids of pairs
    that were taken out of it."""

    id: str
    comment: str
    start: datetime
    end: datetime | None
    author: str
    made: datetime
    entities: tuple[str, ...] = ()
    alerts: tuple[int, ...] = ()
    window: Window | None = None
    filters: tuple[Mapping[str, Any], ...] = ()
    only: tuple[int, ...] = ()
    without: frozenset[str] = field(default_factory=frozenset)

    @property
    def is_open(self) -> bool:
        return bool(self.filters)

    def is_over(self, now: datetime) -> bool:
        return self.end is not None and self.end <= now

    def concerns(self, number: int) -> bool:
        """Whether an alert may have pairs of it."""
        if self.is_open:
            return not self.only or number in self.only
        return number in self.alerts

    def among(self, known: Iterable[Entity]) -> list[Entity]:
        """Those of some entities that it is about."""
        if not self.is_open:
            named = set(self.entities)
            return [one for one in known if one["id"] in named]
        filters = entities.read(list(self.filters), "entity_filters")
        return [one for one in known if entities.matches(filters, one)]

    def silence(self, number: int, names: Iterable[str]) -> Silence | None:
        """The silence of some entities at an alert; None for none, as a silence without entities is one of the whole
        alert."""
        left = tuple(sorted(name for name in set(names) if pair_id(self.id, number, name) not in self.without))
        if not left:
            return None
        start = max(self.start, self.made.replace(microsecond=0))
        return Silence(self.id, start, self.end, KIND, self.window, self.author, self.comment, left, self.made)


def pair_id(downtime: str, number: int, entity: str) -> str:
    """The id of an alert's entity in a downtime: the same whenever it is asked for."""
    return str(uuid.uuid5(_NAMES, f"{downtime}#{number}#{entity}"))


def in_force(alert: Check, entity: str, now: datetime) -> list[Silence]:
    """The silences of an alert that keep back the news of one of its entities at this moment, whatever a dialect calls
    them. Of a recurring one `start` and `end` are those of the occurrence."""
    return [found for one in of_entity(alert.silences, entity) if (found := _occurrence(one, now))]


def _occurrence(silence: Silence, now: datetime) -> Silence | None:
    if now < silence.start or (silence.end and silence.end <= now):
        return None
    if silence.window is None:
        return silence
    found = next(occurrences(silence.window, now, now + TICK), None)
    return replace(silence, start=found[0], end=found[1]) if found else None


def is_in_downtime(alert: Check, entity: str, now: datetime) -> bool:
    """Whether nobody is told of an entity of an alert at this moment."""
    return bool(in_force(alert, entity, now))


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a downtime: `name` is that of ZMON's type of event."""

    at: datetime
    name: str
    silence: Silence


def events(silences: Iterable[Silence], low: datetime, high: datetime) -> list[Event]:
    """What happened in [low, high) to the downtimes of an alert, of which these are the silences; oldest first."""
    found = (event for one in silences if one.kind == KIND for event in _events(one, high))
    return sorted((event for event in found if low <= event.at < high), key=lambda event: event.at)


def _events(silence: Silence, high: datetime) -> Iterator[Event]:
    if silence.made:
        yield Event(silence.made, "DOWNTIME_SCHEDULED", silence)
    for begin, end in spans(silence, silence.start, high):
        yield Event(begin, "DOWNTIME_STARTED", silence)
        if end < high:
            yield Event(end, "DOWNTIME_ENDED", silence)
    if silence.lifted and silence.end:
        yield Event(silence.end, "DOWNTIME_REMOVED", silence)


_PLAIN = ("comment", "author", "entities", "alerts", "filters", "only")


def to_document(downtime: Downtime) -> dict[str, Any]:
    """The downtime as plain data; its id and when it was made stand beside that."""
    found = {name: getattr(downtime, name) for name in _PLAIN if getattr(downtime, name)}
    found["start"] = to_micros(downtime.start)
    if downtime.end:
        found["end"] = to_micros(downtime.end)
    if downtime.window:
        found["window"] = asdict(downtime.window)
    if downtime.without:
        found["without"] = sorted(downtime.without)
    return found


def from_document(name: str, made: datetime, document: Mapping[str, Any]) -> Downtime:
    """The downtime in a document; what this version does not know in it is left alone."""
    window = document.get("window")
    return Downtime(
        name,
        document.get("comment", ""),
        from_micros(document["start"]),
        from_micros(document["end"]) if "end" in document else None,
        document.get("author", ""),
        made,
        entities=tuple(document.get("entities", ())),
        alerts=tuple(document.get("alerts", ())),
        window=windows.of_document(window) if window else None,
        filters=tuple(document.get("filters", ())),
        only=tuple(document.get("only", ())),
        without=frozenset(document.get("without", ())),
    )
