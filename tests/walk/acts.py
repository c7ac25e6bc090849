"""What the steps of a walk have in common."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from tests.walk.scene import Scene
from tests.walk.things import Channel, Thing
from tests.walk.world import Invocation

HOUR = 3600.0
BODY = '{"s": "$STATUS", "name": $NAME_JSON, "now": "$NOW"}'
MOST = {"heartbeat": 4, "rule": 2, "probe": 3}
CHANNELS = 3
ADDRESS = {"heartbeat": ("", "/api/v3/checks/"), "rule": ("graphite", "/v2/alerts/"), "probe": ("alertra", "/devices/")}


def certain(answer: Any, invocation: Invocation) -> bool:
    """Whether the caller knows that what he asked for was done."""
    return answer is not None and answer.status < 300


def told(answer: Any) -> str:
    return "no answer" if answer is None else str(answer.status)


def some(scene: Scene, random: Random, *, at_least: int = 0) -> list[Channel]:
    """Some of the channels, more often many than few."""
    found = [channel for channel in scene.open_channels() if random.random() < 0.7]
    return found or scene.open_channels()[:at_least]


def asking(scene: Scene, thing: Thing) -> tuple[Callable[..., Any], str]:
    """How the owner asks for a check, and its address in its own dialect."""
    dialect, root = ADDRESS[thing.kind]
    return {"": scene.ask, "graphite": scene.graphite, "alertra": scene.alertra}[dialect], root + thing.code


def end_silences(scene: Scene, thing: Thing) -> None:
    """Notes that no silence holds any more."""
    for span in thing.silences:
        if span.until is None or span.until > scene.world.now:
            span.until = scene.world.now
