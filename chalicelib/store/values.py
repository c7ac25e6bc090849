"""What commands found: the results of one command for one entity, newest first, and the figures that they keep between
two runs. Where a result stands follows from the moment that was served, so that a message that comes twice leaves one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.core.commands import Value
from chalicelib.core.moments import from_micros
from chalicelib.store.connection import key_of
from chalicelib.store.faults import translated
from chalicelib.store.history_models import HistoryItem

_VALUE = "V#"
_COUNTER = "C#"


def owner(project: str, number: int, entity: str) -> str:
    """Whose history the results of a command for an entity are."""
    return f"{_VALUE}{project}#{number}#{entity}"


def add(project: str, number: int, found: Mapping[str, Value], until: datetime) -> None:
    """Keeps a result for each entity until that moment, twenty-five with one call."""
    expires = int(until.timestamp())
    with translated(), HistoryItem.batch_write() as batch:
        for entity, value in found.items():
            batch.save(
                HistoryItem(
                    owner(project, number, entity),
                    _VALUE + key_of(value.at),
                    expires=expires,
                    data=_packed(value),
                )
            )


def newest(
    project: str,
    number: int,
    entity: str,
    limit: int,
    now: datetime,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
) -> list[Value]:
    """Up to `limit` results that are kept still, newest first, none from before `start` or after `end`; as they are at
    this moment."""
    low, high = _VALUE + (key_of(start) if start else ""), _VALUE + (key_of(end) if end else "~")
    if low > high:
        # DynamoDB refuses to look between the two.
        return []
    with translated():
        items = HistoryItem.query(
            owner(project, number, entity),
            HistoryItem.at_key.between(low, high),
            scan_index_forward=False,
            limit=limit,
            consistent_read=True,
        )
        return [_value(item.at_key, item.data) for item in items if item.expires > now.timestamp()]


def _packed(value: Value) -> list[Any]:
    """Without names: it is written for each entity in each interval."""
    return [value.took, value.value, 1] if value.failed else [value.took, value.value]


def _value(key: str, data: list[Any]) -> Value:
    at = from_micros(int(key.removeprefix(_VALUE)))
    return Value(at, data[0], data[1], failed=len(data) > 2)


def swap(project: str, key: str, value: float, at: float, until: datetime) -> tuple[float, float] | None:
    """Keeps a figure and its moment (seconds since 1970) under a key until then; answers what was kept there before,
    None for nothing."""
    item = HistoryItem(f"{_COUNTER}{project}#{key}", _COUNTER, expires=int(until.timestamp()), data=[value, at])
    written = item.serialize()
    with translated():
        found = HistoryItem._get_connection().put_item(
            written["owner"]["S"], written["at_key"]["S"], attributes=written, return_values="ALL_OLD"
        )
    before = found.get("Attributes")
    if not before:
        return None
    figure, moment = HistoryItem.data.deserialize(before["data"]["S"])
    return figure, moment
