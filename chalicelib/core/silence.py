"""Silences: spans in which nobody is told of a check. Maintenance, a downtime, a mute and a scheduled mute are all this
one noun. Pure.

A silence holds from its start to its end, or without an end until it is lifted; with a window, only in the window's
occurrences between the two.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.core import windows
from chalicelib.core.errors import Invalid
from chalicelib.core.moments import from_micros, to_micros
from chalicelib.core.spans import Span, union
from chalicelib.core.windows import Window, occurrences

# How far ahead the end of a silence is looked for: windows may cover every minute for ever.
HORIZON = timedelta(days=8)
_OPTIONAL = ("author", "reason", "entities", "lifted")
_DURATION = re.compile(r"([0-9]{1,3}):([0-5][0-9])")


@dataclass(frozen=True, slots=True)
class Silence:
    """`kind` is the word of the dialect that laid it (maintenance, mute); `author` and `reason` are for people. With
    `entities` it silences these instances of its check, and the check itself not (see `of_entity`). `made` is when it
    was asked for, where that is known; one that is over was `lifted` if it ended before its time."""

    id: str
    start: datetime
    end: datetime | None
    kind: str
    window: Window | None = None
    author: str = ""
    reason: str = ""
    entities: tuple[str, ...] = ()
    made: datetime | None = None
    lifted: bool = False


@dataclass(frozen=True, slots=True)
class SilencedUntil:
    """Nobody is told until then; None where no end is known."""

    until: datetime | None


def spans(silence: Silence, low: datetime, high: datetime) -> Iterator[Span]:
    """When the silence holds within [low, high): ordered, disjoint, clipped."""
    low = max(low, silence.start)
    high = min(high, silence.end) if silence.end else high
    if low >= high:
        return
    if silence.window is None:
        yield low, high
        return
    yield from union((max(begin, low), min(end, high)) for begin, end in occurrences(silence.window, low, high))


def merged(silences: Iterable[Silence], low: datetime, high: datetime) -> list[Span]:
    """When any of the silences holds within [low, high), but those of instances."""
    whole = (silence for silence in silences if not silence.entities)
    return list(union(sorted(span for silence in whole for span in spans(silence, low, high))))


def of_entity(silences: Iterable[Silence], entity: str) -> tuple[Silence, ...]:
    """The silences of a check that hold for its instance of an entity: those of the whole check, and those of the
    entity, which are its own then."""
    held = (silence for silence in silences if not silence.entities or entity in silence.entities)
    return tuple(replace(silence, entities=()) for silence in held)


def silenced_until(silences: Iterable[Silence], at: datetime) -> SilencedUntil | None:
    """Whether a silence covers `at`, and until when one or the other does; at most HORIZON ahead."""
    horizon = at + HORIZON
    found = merged(silences, at, horizon)
    if not found or found[0][0] > at:
        return None
    end = found[0][1]
    if end >= horizon and any(_is_endless(silence) and silence.start <= end for silence in silences):
        return SilencedUntil(None)
    return SilencedUntil(end)


def _is_endless(silence: Silence) -> bool:
    return silence.end is None and silence.window is None and not silence.entities


def parse_duration(text: object) -> timedelta:
    """The length of a maintenance, "HH:MM": hours may be more than a day's (Alertra REST API, Automate Maintenance).

    Raises Invalid("Duration", ...) for anything but 00:01 to 999:59.
    """
    match = _DURATION.fullmatch(text) if isinstance(text, str) else None
    length = timedelta(hours=int(match[1]), minutes=int(match[2])) if match else timedelta(0)
    if not length:
        raise Invalid("Duration", 'must be hours and minutes such as "02:00", at least "00:01"')
    return length


def to_document(silence: Silence) -> dict[str, Any]:
    """The silence as plain data: moments in microseconds since 1970, nothing where nothing is set."""
    document: dict[str, Any] = {"id": silence.id, "start": to_micros(silence.start), "kind": silence.kind}
    if silence.end:
        document["end"] = to_micros(silence.end)
    if silence.made:
        document["made"] = to_micros(silence.made)
    if silence.window:
        document["window"] = asdict(silence.window)
    return document | {name: getattr(silence, name) for name in _OPTIONAL if getattr(silence, name)}


def from_document(document: dict[str, Any]) -> Silence:
    """The silence in a document; what this version does not know in it is left alone."""
    window = document.get("window")
    return Silence(
        id=document["id"],
        start=from_micros(document["start"]),
        end=from_micros(document["end"]) if "end" in document else None,
        kind=document["kind"],
        window=windows.of_document(window) if window else None,
        author=document.get("author", ""),
        reason=document.get("reason", ""),
        entities=tuple(document.get("entities", ())),
        made=from_micros(document["made"]) if "made" in document else None,
        lifted=document.get("lifted", False),
    )
