"""Which entities the alerts on a command are about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from chalicelib import log
from chalicelib.core import entities
from chalicelib.core.alert_definitions import selection_of
from chalicelib.core.check import Check
from chalicelib.core.commands import Command
from chalicelib.core.entities import Entity, Index, Selection
from chalicelib.core.errors import Invalid
from chalicelib.core.inventory import Inventory
from chalicelib.core.specs import condition_of
from chalicelib.store import checks

READ = 100


def alerts(project: str, codes: Sequence[str]) -> list[Check]:
    """Those of these alerts that exist, as they are at this moment, active or not."""
    keys = [(project, code) for code in codes]
    parts = (keys[start : start + READ] for start in range(0, len(keys), READ))
    return [alert for part in parts for alert in checks.get_many(part)]


def readable(several: Iterable[Check]) -> list[Check]:
    """Those of some alerts whose entities can be told. The others, of another version perhaps, are left as they are,
    and keep none of these from being judged."""
    return [alert for alert in several if _is_readable(alert)]


def _is_readable(alert: Check) -> bool:
    try:
        selection_of(condition_of(alert), ())
    except (Invalid, LookupError, TypeError, ValueError):
        log.fault("an alert cannot be read", check=alert.unique_key)
        return False
    return True


def taken(command: Command | None, on_it: Iterable[Check], known: Iterable[Entity]) -> dict[str, list[Entity]]:
    """The entities of each alert on a command, by its code; none of one that is not active, or whose command is not."""
    found: dict[str, list[Entity]] = {alert.code: [] for alert in on_it}
    return found if command is None else found | Index(_selections(command, on_it)).taken(known)


def _selections(command: Command, on_it: Iterable[Check]) -> dict[str, Selection]:
    if not command.runs:
        return {}
    filters = entities.read(list(command.filters), "entities")
    active = (alert for alert in on_it if alert.status != "paused")
    return {alert.code: selection_of(condition_of(alert), filters) for alert in active}


def coverage(project: str, known: Inventory, asked: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The entities that contain one of these, in groups of which each is watched by the same alerts (ZMON,
    entities().alert_coverage())."""
    chosen = [one for one in known.entities if any(entities.contains(one, wanted) for wanted in asked)]
    found = alerts(project, [code for codes in known.alerts.values() for code in codes])
    every = {alert.code: alert for alert in readable(found)}
    watched: dict[str, list[str]] = {str(one["id"]): [] for one in chosen}
    for number, codes in known.alerts.items():
        on_it = [every[code] for code in codes if code in every]
        for code, several in taken(known.commands.get(number), on_it, chosen).items():
            for one in several:
                watched[str(one["id"])].append(code)
    return _grouped(chosen, watched, every)


def _grouped(
    chosen: Sequence[Entity], watched: Mapping[str, list[str]], every: Mapping[str, Check]
) -> list[dict[str, Any]]:
    groups: dict[tuple[str, ...], list[Entity]] = {}
    for one in chosen:
        groups.setdefault(tuple(watched[str(one["id"])]), []).append(one)
    return [
        {
            "alerts": [{"id": condition_of(every[code]).number, "name": every[code].name} for code in codes],
            "entities": [{"id": one["id"], "type": one["type"]} for one in several],
        }
        for codes, several in groups.items()
    ]
