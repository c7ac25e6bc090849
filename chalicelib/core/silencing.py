"""Laying a silence on a check and ending it: who is told changes, the status does not. Pure; `core.status` calls it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.core.check import Check, Flip
from chalicelib.core.errors import Conflict
from chalicelib.core.silence import Silence

# So many silences that are not over fit one check: they travel in its record. Those of instances are many short ones.
AT_MOST, OF_INSTANCES_AT_MOST = 50, 500
# What those of instances say may take so many bytes: an item of DynamoDB holds 400,000.
OF_INSTANCES_BYTES = 200_000


@dataclass(frozen=True, slots=True)
class Silenced:
    """A silence begins to hold, or the one with its id changes into it."""

    at: datetime
    silence: Silence


@dataclass(frozen=True, slots=True)
class Unsilenced:
    """Every silence that `which` is true of ends."""

    at: datetime
    which: Callable[[Silence], bool]


def silenced(check: Check, event: Silenced) -> tuple[Check, tuple[Flip, ...]]:
    """Raises Conflict when the check has as many silences as it can.

    One from now on that takes the place of another begins when that began: by the clock of whoever reads it, now may
    lie ahead.
    """
    lasting, laid = _lasting(check, event.at), event.silence
    others = [silence for silence in lasting if silence.id != laid.id]
    most = OF_INSTANCES_AT_MOST if laid.entities else AT_MOST
    if sum(bool(one.entities) == bool(laid.entities) for one in others) >= most:
        raise Conflict(f"a check holds at most {most} silences at a time")
    if laid.entities and sum(_size(one) for one in (*others, laid)) > OF_INSTANCES_BYTES:
        raise Conflict(f"the silences of a check name at most {OF_INSTANCES_BYTES} bytes of entities")
    if laid.start <= event.at:
        same = (one for one in lasting if one.id == laid.id and one.window is laid.window is None)
        laid = replace(laid, start=min([laid.start, *(one.start for one in same)]))
    return replace(check, silences=(*others, laid)), ()


def unsilenced(check: Check, event: Unsilenced) -> tuple[Check, tuple[Flip, ...]]:
    kept = tuple(silence for silence in _lasting(check, event.at) if not event.which(silence))
    return replace(check, silences=kept), ()


def _size(silence: Silence) -> int:
    """The bytes of what people wrote in a silence of instances: as JSON in ASCII, as it is kept."""
    return len(json.dumps([silence.author, silence.reason, *silence.entities])) if silence.entities else 0


def _lasting(check: Check, now: datetime) -> list[Silence]:
    return [silence for silence in check.silences if silence.end is None or silence.end > now]


def ended(before: Check, after: Check, at: datetime) -> tuple[Silence, ...]:
    """The silences that a change took off the check, as long as they have lasted: they are history now. So are those
    that did not begin, where it is known when they were asked for."""
    lasting = {(silence.id, silence.start) for silence in after.silences}
    gone = [silence for silence in before.silences if (silence.id, silence.start) not in lasting]
    return tuple(_over(silence, at) for silence in gone if silence.start < at or silence.made)


def _over(silence: Silence, at: datetime) -> Silence:
    lifted = silence.end is None or silence.end > at
    return replace(silence, end=at, lifted=True) if lifted else silence
