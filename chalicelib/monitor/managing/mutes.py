"""Scheduled mutes: windows that a project keeps and alerts carry copies of (Hosted Graphite, scheduled mutes)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chalicelib.core.check import Project
from chalicelib.core.errors import Conflict
from chalicelib.core.silence import Silence
from chalicelib.core.windows import Window
from chalicelib.monitor.services import Services
from chalicelib.store import mutes as store_mutes
from chalicelib.store.mutes import MuteWindow

_PREFIX = "schedule:"


def silence_id(code: str) -> str:
    """What the silence of a scheduled mute is called on every alert that has it."""
    return _PREFIX + code


def is_scheduled(silence: Silence) -> bool:
    return silence.id.startswith(_PREFIX)


def code_of(silence: Silence) -> str:
    return silence.id.removeprefix(_PREFIX)


def window(schedule: MuteWindow) -> Window:
    data = schedule.data
    return Window(data["at"], data["duration"], data["tz"], tuple(data["days"]))


def repeats(schedule: MuteWindow) -> bool:
    """Without days it happens once, the next time its hour strikes."""
    return bool(schedule.data["days"])


def create(services: Services, project: Project, name: str, window: Window) -> MuteWindow:
    """Raises Conflict when the name is taken."""
    _require_free(project.code, name)
    schedule = MuteWindow(project.code, services.new_code(), name, services.clock(), _data(window))
    store_mutes.save(schedule)
    return schedule


def change(services: Services, schedule: MuteWindow, name: str, window: Window) -> MuteWindow:
    """Raises Conflict. What happens once and is given another time happens the next time from now on."""
    if name != schedule.name:
        _require_free(schedule.project, name)
    data = _data(window)
    made = schedule.created if data == schedule.data else services.clock()
    changed = replace(schedule, name=name, created=made, data=data)
    store_mutes.save(changed)
    return changed


def _require_free(project: str, name: str) -> None:
    if any(schedule.name == name for schedule in store_mutes.of_project(project)):
        raise Conflict(f"a scheduled mute called {name!r} exists already")


def _data(window: Window) -> dict[str, Any]:
    return {"at": window.at, "duration": window.duration, "tz": window.tz, "days": list(window.days)}
