"""Judging live and backtesting make the same flips of the same points: random histories, each by its number.

The same fifty in `make test`; thousands in `make long`, by numbers that follow from the day and are printed.
"""

from __future__ import annotations

import time

import pytest

from chalicelib.core.check import Flip
from chalicelib.core.criteria import BUCKET
from chalicelib.core.specs import rule_of
from chalicelib.languages.graphite import GraphiteError
from tests.monitor import histories

HISTORIES, MANY = 50, 3_000
# So that several processes share them.
PARTS = 5
# Histories by which something was found: a point of the next bucket was judged before the bucket that was over; a query
# fails while the rule is down by another of its criteria; a rule was made while points of a bucket that was over came;
# a pattern was judged early with a series that had breached before its rule was made, and by such points;
# one series of a pattern was judged early while another's bucket, which was over, was not judged yet.
KNOWN = (62_352_778, 62_353_075, 62_355_137, 62_356_267, 62_358_565, 62_355_393)
DAY = 86_400


@pytest.mark.parametrize("part", range(PARTS))
def test_live_judging_and_backtests_make_the_same_flips(long: bool, part: int) -> None:
    flips, number, first = 0, MANY if long else HISTORIES, int(time.time()) // DAY * MANY if long else 1
    seeds = range(first + part, first + number, PARTS)
    for seed in (*KNOWN[part::PARTS], *seeds):
        history = histories.some(seed)
        lived = history.lived()
        try:
            tested = history.tested()
        except GraphiteError:
            assert history.fails, _told(seed, history, lived, [])
            continue
        assert _same(lived, tested), _told(seed, history, lived, tested)
        flips += len(tested)
    print(f"{len(seeds)} histories from {seeds[0]}, each {PARTS}th: {flips} flips, live and in backtests the same")
    assert flips > len(seeds) // 4


def _same(lived: list[Flip], tested: list[Flip]) -> bool:
    """Whether they are the same changes; a live one may be earlier by less than a bucket."""
    if [flip.new for flip in lived] != [flip.new for flip in tested]:
        return False
    pairs = zip(lived, tested, strict=True)
    return all(0 <= (late.at - soon.at).total_seconds() < BUCKET for soon, late in pairs)


def _told(seed: int, history: histories.History, lived: list[Flip], tested: list[Flip]) -> str:
    rows = [f"history {seed}, {rule_of(history.rule)}, made at {history.made - histories.T}"]
    for name, found in (("live", lived), ("backtest", tested)):
        moments = ", ".join(f"{flip.new} {flip.at.timestamp() - histories.T:g} {flip.reason}" for flip in found[:20])
        rows.append(f"{name}: {moments}")
    for series, points in history.points.items():
        told = ", ".join(f"{point.at - histories.T} {point.value:g}" for point in points[:40])
        rows.append(f"{series}: {told}")
    return "\n".join(rows)
