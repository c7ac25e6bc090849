"""Trial runs: what was asked for, and what was found for each entity; all of it goes after a while."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.store.faults import translated
from chalicelib.store.history_models import HistoryItem

_ASKED, _FOUND = "T#", "T#e#"

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Trial:
    """What was asked for, and what was found, by entity."""

    asked: Data
    found: dict[str, Data]


def create(project: str, name: str, asked: Data, until: datetime) -> None:
    """Keeps what a new trial is to do."""
    with translated():
        HistoryItem(_owner(project, name), _ASKED, expires=int(until.timestamp()), data=asked).save()


def keep(project: str, name: str, found: Mapping[str, Data], until: datetime) -> None:
    """Keeps what was found, twenty-five entities with one call. The same again leaves the same."""
    with translated(), HistoryItem.batch_write() as batch:
        for entity, data in found.items():
            item = HistoryItem(_owner(project, name), _FOUND + entity, expires=int(until.timestamp()), data=data)
            batch.save(item)


def read(project: str, name: str, now: datetime) -> Trial | None:
    """The trial as it is at this moment, None if there is none, or none any more."""
    with translated():
        items = HistoryItem.query(_owner(project, name), HistoryItem.at_key.startswith(_ASKED), consistent_read=True)
        kept = {item.at_key: item.data for item in items if item.expires > now.timestamp()}
    asked = kept.pop(_ASKED, None)
    if asked is None:
        return None
    return Trial(asked, {key.removeprefix(_FOUND): data for key, data in kept.items()})


def _owner(project: str, name: str) -> str:
    return f"T#{project}#{name}"
