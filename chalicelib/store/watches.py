"""What the rules of a project read, for those who ingest points; and the scheduled mutes of a project."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.core.errors import Missing
from chalicelib.store.faults import translated
from chalicelib.store.models import ScheduleItem, WatchItem

_WATCH = "watch#"
_SCHEDULE = "schedule#"


def put(project: str, code: str, patterns: list[str]) -> None:
    with translated():
        WatchItem(project, _WATCH + code, patterns=patterns).save()


def remove(project: str, code: str) -> None:
    with translated():
        WatchItem(project, _WATCH + code).delete()


def of_project(project: str) -> dict[str, list[str]]:
    """The patterns of each rule by its code: nominations, as the copy may be a moment old."""
    with translated():
        items = WatchItem.query(project, WatchItem.noun.startswith(_WATCH))
        return {item.noun.removeprefix(_WATCH): item.patterns for item in items}


@dataclass(frozen=True, slots=True)
class Schedule:
    """A scheduled mute: `data` is its window as plain data, and what else describes it."""

    project: str
    code: str
    name: str
    created: datetime
    data: dict[str, Any]


def schedules(project: str) -> list[Schedule]:
    """The project's scheduled mutes, oldest first."""
    with translated():
        items = ScheduleItem.query(project, ScheduleItem.noun.startswith(_SCHEDULE), consistent_read=True)
        found = [_schedule(item) for item in items]
    return sorted(found, key=lambda schedule: (schedule.created, schedule.code))


def schedule(project: str, code: str) -> Schedule:
    """Raises Missing."""
    with translated():
        try:
            return _schedule(ScheduleItem.get(project, _SCHEDULE + code, consistent_read=True))
        except ScheduleItem.DoesNotExist:
            raise Missing("schedule") from None


def save_schedule(schedule: Schedule) -> None:
    with translated():
        ScheduleItem(
            schedule.project,
            _SCHEDULE + schedule.code,
            name=schedule.name,
            created=schedule.created,
            data=schedule.data,
        ).save()


def delete_schedule(schedule: Schedule) -> None:
    with translated():
        ScheduleItem(schedule.project, _SCHEDULE + schedule.code).delete()


def _schedule(item: ScheduleItem) -> Schedule:
    return Schedule(item.project, item.noun.removeprefix(_SCHEDULE), item.name, item.created, item.data)
