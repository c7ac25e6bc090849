"""Heartbeats: what they are shown as, against all that happened to them, and what their logs hold and count."""

from __future__ import annotations

from typing import Any

from tests.walk import heartbeat
from tests.walk.faults import SKEW
from tests.walk.hearing import Flip, listed, settled
from tests.walk.heartbeat import Happened
from tests.walk.scene import Scene
from tests.walk.things import Thing

# Seconds in which a deadline that has passed is news.
NOTICED = 5.0
# So many pings whose process died are considered.
SPENT = 4
# A ping that so many later ones were counted before is no longer remembered (docs/reliability.md).
REMEMBERED = 8
# Seconds in which also the sweep has found what a fault has left undone.
OVERDUE = 300.0


def judge(scene: Scene, thing: Thing, flips: list[Flip], *, at_the_end: bool = True) -> None:
    """Its status, its log and its count. `flips` are its changes."""
    log = scene.known(f"/api/v3/checks/{thing.code}/pings/")["pings"]
    shown = scene.known(f"/api/v3/checks/{thing.code}")
    if at_the_end:
        _pings(scene, thing, log, shown)
    elif _unsettled(scene, thing, log):
        return
    by_ua = {sent.ua: sent for sent in thing.pings}
    logged = [(by_ua[ping["ua"]], ping["date"]) for ping in log if ping["ua"] in by_ua]
    events = [*thing.events, *(Happened(heartbeat.moment(at), sent.what, sent.run) for sent, at in logged)]
    if heartbeat.too_close(events):
        return
    now, seen = scene.world.now, {sent.ua for sent, _ in logged}
    spent = [Happened(one.at, one.what, one.run) for one in thing.pings if one.died and one.ua not in seen]
    states = [heartbeat.replay(thing.state, [*events, *some]) for some in heartbeat.subsets(spent[-SPENT:])]
    expected = {heartbeat.shown(state, now + wrong) for state in states for wrong in (-SKEW, 0.0, SKEW)}
    # Silence is news a moment after its deadline.
    turning = len(expected | {heartbeat.shown(state, now - NOTICED) for state in states}) > 1
    if shown["status"] not in expected:
        words = f"{thing.name} is shown {shown['status']}, and is {sorted(expected)}"
        scene.breaks("status", f"{words}: {heartbeat.history(events)}; changes: {listed(flips)}")
    noticed = {"grace": "up"}.get(shown["status"], shown["status"])
    if at_the_end and not turning and settled(flips) != noticed:
        scene.breaks("status", f"{thing.name} is shown {shown['status']}; changes: {listed(flips)}")


def _unsettled(scene: Scene, thing: Thing, log: list[dict[str, Any]]) -> bool:
    """Whether a ping may still be on its way, or the clocks have stood still a moment ago: two runs in a row that
    failed are three minutes without one."""
    now, seen = scene.world.now, {ping["ua"] for ping in log}
    waiting = [sent for sent in thing.pings if sent.ua not in seen and (sent.certain or now - sent.at < OVERDUE * 4)]
    missed = sum(now < at + OVERDUE * 2 for at in scene.missed) > 1
    return bool(waiting) or missed or any(now < (stop.until or now) + OVERDUE * 2 for stop in scene.stops)


def _pings(scene: Scene, thing: Thing, log: list[dict[str, Any]], shown: dict[str, Any]) -> None:
    seen = [ping["ua"] for ping in log]
    lost = [sent.ua for sent in thing.pings if sent.certain and sent.ua not in seen]
    twice = sorted({ua for ua in seen if seen.count(ua) > 1})
    numbers = sorted(ping["n"] for ping in log)
    # Who died between counting a ping and its line gave no answer: the ping is no promise, its number is spent.
    spent = len([sent for sent in thing.pings if sent.died and sent.ua not in seen]) + _forgotten(log)
    if lost:
        scene.breaks("pings", f"{thing.name} has lost {lost}")
    if twice:
        scene.breaks("pings", f"{thing.name} has {twice} twice")
    holes = set(range(1, max(numbers, default=0) + 1)) - set(numbers)
    if len(set(numbers)) != len(numbers) or len(holes) > spent:
        scene.breaks("pings", f"{thing.name} has the numbers {numbers}")
    if not len(set(seen)) <= shown["n_pings"] <= len(set(seen)) + spent:
        scene.breaks("counters", f"{thing.name} counts {shown['n_pings']} pings, and logs {len(set(seen))}")


def _forgotten(log: list[dict[str, Any]]) -> int:
    """How many pings may have been counted twice: each waited in the queue, because nobody could say whether it had
    been counted, until more than eight others were."""

    def overtaken(ping: dict[str, Any]) -> int:
        return sum(other["date"] > ping["date"] and other["n"] < ping["n"] for other in log)

    return sum(overtaken(ping) > REMEMBERED for ping in log)
