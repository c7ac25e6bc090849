"""Checks as items of DynamoDB: what is kept of each attribute, how it is read, and the update that a change is."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from dataclasses import asdict, fields
from functools import lru_cache
from typing import Any

from pynamodb.expressions.update import Action

from chalicelib.core import arrivals, kinds
from chalicelib.core.away import Away
from chalicelib.core.breaches import NONE, Breaching
from chalicelib.core.check import DEFAULT_SCHEDULE, DEFAULT_TZ, Check, Filters, Suspicion
from chalicelib.core.kinds import heartbeat
from chalicelib.core.moments import from_micros, to_micros
from chalicelib.core.silence import from_document, to_document
from chalicelib.core.specs import Spec
from chalicelib.core.wheel import Member
from chalicelib.store import limits, wheel
from chalicelib.store.models import CheckItem

# Values that stand for "not set" are not kept: a quiet check stays small.
_UNSET: dict[str, Any] = {
    "kind": heartbeat.name,
    "schedule_kind": "simple",
    "schedule": DEFAULT_SCHEDULE,
    "tz": DEFAULT_TZ,
    "page": 0,
    "number": 0,
}
# The requests counted last, newest first, have an attribute each.
RECENT = tuple(f"r{number}" for number in range(arrivals.REMEMBERED))
_FIELDS = tuple(field.name for field in fields(Check) if field.name not in ("project", "code", "recent"))


def due_shards(number: int = 0) -> list[str]:
    """The names of so many partitions of the due index; of those that are set, if no number is given."""
    return [f"d#{shard}" for shard in range(number or limits.shards.due)]


def _due_shard(code: str) -> str:
    return f"d#{zlib.crc32(code.encode()) % limits.shards.due}"


_NOTHING = {"S": ""}


def from_raw(item: dict[str, Any]) -> Check:
    """The check in an item as DynamoDB sends it; attributes that this version does not know are left alone."""
    known = {}
    for name, (kind, deserialize) in _readers().items():
        value = item.get(name)
        if value is not None:
            known[name] = deserialize(value[kind])
    if "spec" in item:
        known["spec"] = _spec(known.get("kind", _UNSET["kind"]), item["spec"]["S"])
    for name, read in _READ.items():
        if name in known:
            known[name] = read(known[name])
    return Check(**known, recent=recent_of(item))


def recent_of(item: dict[str, Any]) -> tuple[str, ...]:
    """The requests in an item that were counted last, newest first."""
    return tuple(item[name]["S"] for name in RECENT if item.get(name, _NOTHING)["S"])


@lru_cache(maxsize=4_096)
def _spec(kind: str, text: str) -> Spec | None:
    """The spec of a check; None if its kind is one that this version does not know, and so leaves alone. What is looked
    at every minute is nearly always the same, and read once for as long as it is."""
    known = kinds.KINDS.get(kind)
    return known.spec.of(CheckItem.spec.deserialize(text)) if known and known.spec else None


@lru_cache(maxsize=1)
def _readers() -> dict[str, tuple[str, Callable[[Any], Any]]]:
    attributes = CheckItem.get_attributes()
    names = (name for name in ("project", "code", *_FIELDS) if name != "spec")
    return {name: (attributes[name].attr_type, attributes[name].deserialize) for name in names}


def to_text(check: Check) -> str:
    """The whole check as text, for what outlives it."""
    return json.dumps(item_of(check).serialize())


def from_text(text: str) -> Check:
    return from_raw(json.loads(text))


def _stored(name: str, value: Any) -> Any:
    """A field's value as the item keeps it; None for what is not kept."""
    if value is None or value is False or value in ("", (), {}) or value == _UNSET.get(name):
        return None
    return _WRITE[name](value) if name in _WRITE else value


def _suspicion_document(suspicion: Suspicion) -> dict[str, Any]:
    return asdict(suspicion) | {"since": to_micros(suspicion.since)}


def _suspicion(document: dict[str, Any]) -> Suspicion:
    since, locations = from_micros(document["since"]), tuple(document["locations"])
    return Suspicion(**(document | {"since": since, "locations": locations}))


# Fields whose values are not kept as they are: how they are written, and how they are read.
_WRITE: dict[str, Callable[[Any], Any]] = {
    "channels": set,
    "spec": lambda spec: spec.document(),
    "breaching": lambda breaching: None if breaching == NONE else asdict(breaching),
    "holds": set,
    "filters": lambda filters: None if filters == Filters() else asdict(filters),
    "runs_ended": lambda ended: {rid: to_micros(at) for rid, at in ended.items()},
    "silences": lambda silences: [to_document(silence) for silence in silences],
    "suspicion": _suspicion_document,
    "away": lambda away: [to_micros(away.since), to_micros(away.until)],
}
_READ: dict[str, Callable[[Any], Any]] = {
    "channels": lambda codes: tuple(sorted(codes)),
    "breaching": lambda found: Breaching(found["count"], tuple(found["first"]), found["satellites"]),
    "holds": lambda codes: tuple(sorted(codes)),
    "filters": lambda filters: Filters(**filters),
    "runs_ended": lambda ended: {rid: from_micros(at) for rid, at in ended.items()},
    "silences": lambda documents: tuple(from_document(document) for document in documents),
    "suspicion": _suspicion,
    "away": lambda found: Away(*(from_micros(moment) for moment in found)),
}


def item_of(check: Check) -> CheckItem:
    values = {name: _stored(name, getattr(check, name)) for name in _FIELDS}
    shard = _due_shard(check.code) if check.due else None
    slot, order = wheel.seat(member_of(check)) or (None, None)
    recent: dict[str, Any] = dict(zip(RECENT, check.recent, strict=False))
    return CheckItem(check.project, check.code, due_shard=shard, wheel=slot, wheel_key=order, **values, **recent)


def actions(before: Check, after: Check) -> list[Action]:
    """The update that turns one into the other: changed fields alone, so that nobody else's fields are touched."""
    found: list[Action] = [
        _set(name, getattr(after, name)) for name in _FIELDS if getattr(before, name) != getattr(after, name)
    ]
    if (before.due is None) != (after.due is None):
        shard = CheckItem.due_shard
        found.append(shard.set(_due_shard(after.code)) if after.due else shard.remove())
    if before.recent != after.recent:
        found += [getattr(CheckItem, name).set(request) for name, request in zip(RECENT, after.recent, strict=False)]
    return found + _turned(wheel.seat(member_of(before)), wheel.seat(member_of(after)))


def member_of(check: Check) -> Member | None:
    """What stands on the wheel for a check; None for one that nobody looks at in a fixed period, or that is paused."""
    kind = kinds.of(check)
    if kind.wheel is None or not check.period or check.status == "paused":
        return None
    return Member(kind.wheel.letter, check.code, check.period, kind.spread(check))


def _turned(before: tuple[str, str] | None, after: tuple[str, str] | None) -> list[Action]:
    """The update that moves a check to its slot on the wheel, or takes it off."""
    if before == after:
        return []
    if after is None:
        return [CheckItem.wheel.remove(), CheckItem.wheel_key.remove()]
    return [CheckItem.wheel.set(after[0]), CheckItem.wheel_key.set(after[1])]


def _set(name: str, value: Any) -> Action:
    attribute = getattr(CheckItem, name)
    stored = _stored(name, value)
    return attribute.remove() if stored is None else attribute.set(stored)
