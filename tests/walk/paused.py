"""Pauses: when something was paused, and that Grafana's list and its own dialect show it so until it is resumed."""

from __future__ import annotations

from collections.abc import Callable
from itertools import zip_longest

from tests.walk.hearing import Flip, settled
from tests.walk.on_pauses import is_shown
from tests.walk.scene import Scene
from tests.walk.things import Span, Thing

# What the list may call a status.
STATES = {
    "new": {"unknown", "pending"},
    "up": {"ok", "pending"},
    "down": {"alerting"},
    "paused": {"paused"},
}


def spans(flips: list[Flip]) -> list[Span]:
    """When it was paused, as far as that was written down."""
    ordered = sorted(flips, key=lambda flip: flip.seen)
    ends = (flip.seen for flip in ordered[1:])
    return [Span(flip.seen, end) for flip, end in zip_longest(ordered, ends) if flip.new == "paused"]


def judge(scene: Scene, of: Callable[[Thing], list[Flip]], *, at_the_end: bool = True) -> None:
    """Every check stands in the list, paused if its owner has paused it, and its own dialect says so too. At the end,
    when all is judged, the list says how it is."""
    found = {one["name"]: one["state"] for one in scene.known("/api/alerts", "grafana")}
    for thing in scene.alive("heartbeat", "rule", "probe", "alert"):
        state, is_paused = found.get(thing.name, "in no list"), is_shown(scene, thing)
        words = f"{thing.name} is {state}, and {'paused' if is_paused else 'not paused'} in its dialect"
        # An alert follows its definition, in a minute where the request that changed this has failed.
        follows = thing.kind == "alert" and not at_the_end
        if state == "in no list" or ((state == "paused") != is_paused and not follows):
            scene.breaks("paused", words)
        if thing.kind in ("rule", "probe") and is_paused != thing.paused:
            scene.breaks("paused", f"{words}, which it should {'' if thing.paused else 'not '}be")
        if at_the_end and thing.kind != "heartbeat" and state not in STATES[settled(of(thing))]:
            scene.breaks("paused", f"{thing.name} is {state} in the list, and {settled(of(thing))}")
