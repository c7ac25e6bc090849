"""The scheduled mutes of a project: windows in which its alerts tell nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.core.errors import Missing
from chalicelib.store.faults import translated
from chalicelib.store.models import MuteItem

_MUTE = "mute#"


@dataclass(frozen=True, slots=True)
class MuteWindow:
    """A scheduled mute: `data` is its window as plain data, and what else describes it."""

    project: str
    code: str
    name: str
    created: datetime
    data: dict[str, Any]


def of_project(project: str) -> list[MuteWindow]:
    """The project's scheduled mutes, oldest first."""
    with translated():
        items = MuteItem.query(project, MuteItem.noun.startswith(_MUTE), consistent_read=True)
        found = [_window(item) for item in items]
    return sorted(found, key=lambda window: (window.created, window.code))


def get(project: str, code: str) -> MuteWindow:
    """Raises Missing."""
    with translated():
        try:
            return _window(MuteItem.get(project, _MUTE + code, consistent_read=True))
        except MuteItem.DoesNotExist:
            raise Missing("schedule") from None


def save(window: MuteWindow) -> None:
    with translated():
        MuteItem(
            window.project,
            _MUTE + window.code,
            name=window.name,
            created=window.created,
            data=window.data,
        ).save()


def delete(window: MuteWindow) -> None:
    with translated():
        MuteItem(window.project, _MUTE + window.code).delete()


def _window(item: MuteItem) -> MuteWindow:
    return MuteWindow(item.project, item.noun.removeprefix(_MUTE), item.name, item.created, item.data)
