"""How often a series sends, told from its own points. Pure.

A series has the step that it really has: the smallest of STEPS that its last ten gaps fit, so that counters sent every
minute are read by the minute. A gap may be a fifth longer than the step, and two gaps of ten may be of any length:
points are lost and senders restart, and neither makes another step. A series is dense when two of its last points lie
in one bucket; the bucket of such a series says nothing before it is over.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from chalicelib.core.criteria import BUCKET

STEPS = (BUCKET, 60, 300, 900, 3_600)
# So many points tell a pace: ten gaps.
POINTS = 11
# So many paces of a series are remembered, the last ones.
KEPT = 24


class Pace(NamedTuple):
    """`since` is when it was found out (seconds since 1970), `step` is in seconds."""

    since: int
    step: int
    dense: bool


Paces = tuple[Pace, ...]

# What is taken for the pace of a series that has sent once.
UNKNOWN = Pace(0, BUCKET, False)


def step_of(gap: float) -> int:
    """The smallest step that a gap fits."""
    return next((step for step in STEPS if gap <= step * 1.2), STEPS[-1])


def measured(moments: Sequence[int], now: int) -> Pace:
    """The pace that the last points show, which came at these moments."""
    last = sorted(moments)[-POINTS:]
    different = sorted(set(last))
    gaps = sorted(later - before for before, later in pairwise(different))
    if not gaps:
        return Pace(now, BUCKET, len(last) > 1)
    # A fifth of the gaps are left out, the longest.
    fitting = gaps[len(gaps) - 1 - len(gaps) // 5]
    return Pace(now, step_of(fitting), len({at // BUCKET for at in last}) < len(last))


def at(paces: Paces, moment: int) -> Pace:
    """The pace that was known at a moment."""
    known = [pace for pace in paces if pace.since <= moment]
    if known:
        return known[-1]
    # Of a long history only the end is kept: what was before its beginning was most likely the same.
    return paces[0] if len(paces) == KEPT else UNKNOWN


def added(paces: Paces, found: Pace) -> Paces:
    """The paces with one that was found out; the same ones where it says nothing new."""
    before = paces[-1] if paces else UNKNOWN
    same = (before.step, before.dense) == (found.step, found.dense)
    return paces if same else (*paces, found)[-KEPT:]


def written(paces: Paces) -> str:
    """Paces as they are kept, "1795262400 60,1795270000 30d": since, step, and a letter where it is dense."""
    return ",".join(f"{pace.since} {pace.step}{'d' if pace.dense else ''}" for pace in paces)


def read(text: str) -> Paces:
    """What `written` wrote."""
    return tuple(_read(part) for part in text.split(",")) if text else ()


def _read(part: str) -> Pace:
    since, step = part.split(" ")
    return Pace(int(since), int(step.rstrip("d")), step.endswith("d"))
