"""What an alert is called and how it is described: both may speak of entities and of what was captured of them (ZMON,
Alert Definitions, name)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from chalicelib.core import downtimes
from chalicelib.core.check import Check, Flip, entity_of
from chalicelib.core.entities import GLOBAL
from chalicelib.languages import conditions
from chalicelib.store import history

# They stand in items and in messages: so many characters of them at most.
NAME_MAX, DESC_MAX = 1_000, 8_000
# So many entities at most are asked for what they captured, so many at the same time.
ASKED, WORKERS = 100, 16

Captures = Mapping[str, Any]


def name(alert: Check, captures: Iterable[Captures], entities: Sequence[str]) -> str:
    """The name of an alert, filled with what was captured of these entities."""
    return _cut(conditions.filled(alert.name, captures, entities), NAME_MAX)


def name_of_one(alert: Check, captures: Captures, entity: str) -> str:
    """What the instance of an entity is called: with the entity, where the name does not say it."""
    tells = entity == GLOBAL or "{entities}" in alert.name
    called = name(alert, [captures], [entity])
    return called if tells else f"{called} on {entity}"


def description(alert: Check, captures: Iterable[Captures], entities: Sequence[str]) -> str:
    """The description, filled; empty where there is nothing to fill."""
    found = conditions.filled(alert.desc, captures, entities)
    return "" if found == alert.desc else _cut(found, DESC_MAX)


def of_whole(alert: Check, down: Sequence[Check], now: datetime) -> dict[str, Any]:
    """What a flip of an alert as a whole says of its name and description, as `name` and `desc`: filled with what was
    captured of the instances that are down. Nothing is said of what is as it is written. Raises StoreFault."""
    if not _speaks(alert):
        return {}
    heard = audible(alert, down, now)[:ASKED]
    names = [entity_of(one.code) for one in heard]
    with ThreadPoolExecutor(WORKERS) as pool:
        captures = list(pool.map(captures_of, heard))
    found = {"name": name(alert, captures, names), "desc": description(alert, captures, names)}
    return {key: text for key, text in found.items() if text and text != getattr(alert, key)}


def of_past(alert: Check) -> dict[str, Any]:
    """What the flip to the present status of an alert says of the two. Raises StoreFault."""
    flip = last_flip(alert) if _speaks(alert) else None
    return {key: flip.details[key] for key in ("name", "desc") if key in flip.details} if flip else {}


def audible(alert: Check, several: Sequence[Check], now: datetime) -> list[Check]:
    """Those of some instances that are in no downtime; all of them where each is in one."""
    heard = [one for one in several if not downtimes.is_in_downtime(alert, entity_of(one.code), now)]
    return heard or list(several)


def captures_of(instance: Check) -> Captures:
    """What was captured when an instance took its present status. Raises StoreFault."""
    flip = last_flip(instance)
    return (flip.details.get("captures") or {}) if flip else {}


def last_flip(check: Check) -> Flip | None:
    """The flip to the present status of a check. Raises StoreFault."""
    return history.flip_at(check.project, check.code, check.since) if check.since else None


def _speaks(alert: Check) -> bool:
    """Whether there is anything to fill."""
    return "{" in alert.name or "{" in alert.desc


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}..."
