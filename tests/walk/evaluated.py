"""Alerts and their entities: when these end, and when nobody is told of the whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tests.walk.hearing import ENDED, Flip
from tests.walk.scene import Scene
from tests.walk.things import Span, Thing


def watch(scene: Scene, flips: dict[str, list[Flip]]) -> None:
    """Notes when an entity of an alert ends: when its item goes."""
    table = next(table for name, table in scene.world.dynamo.tables.items() if name.endswith("-checks"))

    def wrote(before: Any, after: Any) -> None:
        key = before[table.schema.range]["S"] if before and not after else ""
        thing = next((one for one in scene.things if one.parent and one.key == key), None)
        if thing:
            now = scene.world.now
            flips.setdefault(key, []).append(Flip(now, before["status"]["S"], ENDED, now))
            scene.part(thing)

    table.watches.append(wrote)


def note_silences(scene: Scene, of: Callable[[Thing], list[Flip]]) -> None:
    """Nobody is told of an alert as a whole while all of its entities that are down are in downtime."""
    for thing in scene.things:
        if thing.kind == "alert":
            thing.silences = whole_silences([(one, of(one)) for one in scene.things if one.parent is thing])


def whole_silences(members: Sequence[tuple[Thing, list[Flip]]]) -> list[Span]:
    """When all entities of an alert that were down were silent, and one was."""
    moments = {flip.seen for _, flips in members for flip in flips}
    moments |= {at for one, _ in members for span in one.silences for at in (span.since, span.until) if at is not None}
    found: list[Span] = []
    for at in sorted(moments):
        down = [one for one, flips in members if _status_at(flips, at) == "down"]
        if down and all(one.silent(at) for one in down):
            if not found or found[-1].until is not None:
                found.append(Span(at))
        elif found and found[-1].until is None:
            found[-1].until = at
    return found


def _status_at(flips: list[Flip], at: float) -> str:
    return next((flip.new for flip in reversed(flips) if flip.seen <= at), "new")
