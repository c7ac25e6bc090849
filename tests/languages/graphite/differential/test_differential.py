"""Every function against graphite-web, over random series: names, starts, steps and values.

    infra/lanes/graphite_web

prints at the end how many functions and cases were compared, and what differs with its reason.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator

import pytest

from chalicelib.languages.graphite.registry import functions
from tests.languages.graphite.differential.targets import LEFT_OUT, MEANT, TARGETS
from tests.languages.graphite.differential.worlds import Oracle, World, difference, ours, world

pytestmark = pytest.mark.graphite_web

SEEDS = range(10)
# What cannot be compared, and why; hand-computed tests cover these.
NOT_COMPARED = {
    "logarithm": "our name beside log",
    "medianSeries": "our name for aggregate with a median",
    "removeBetweenPercentile": "graphite-web fails where a series has a gap",
    "identity": "made of the clock alone",
    "time": "the same",
    "timeFunction": "the same",
    "aliasByTags": "the oracle's tag database answers nothing",
    "groupByTags": "the same",
}


@pytest.fixture(scope="module")
def oracle() -> Iterator[Oracle]:
    found = Oracle(os.environ["TOCSIN_TEST_GRAPHITE"])
    yield found
    found.close()


@pytest.fixture(scope="module")
def worlds() -> list[World]:
    return [world(seed) for seed in SEEDS]


@pytest.fixture(scope="module")
def tally() -> Iterator[Counter[str]]:
    count: Counter[str] = Counter()
    yield count
    print(f"\n{count['functions']} functions and forms, {count['cases']} cases, {len(MEANT)} meant differences")
    for target, why in MEANT.items():
        print(f"  {target}: {why}")


@pytest.mark.parametrize("name", TARGETS)
def test_ours_is_what_graphite_web_makes(oracle: Oracle, worlds: list[World], tally: Counter[str], name: str) -> None:
    tally["functions"] += 1
    found = []
    for target in TARGETS[name]:
        for seed, place in enumerate(worlds):
            tally["cases"] += 1
            differs = difference(ours(target, place), oracle.says(target, place))
            if differs and target not in MEANT:
                found.append(f"{target} (seed {seed}): {differs[:600]}")
                break
    assert not found, "\n".join(found)


def test_every_function_of_graphite_web_is_known_or_left_out(oracle: Oracle) -> None:
    # A call of seriesByTag is a pattern here.
    assert {*oracle.functions()} - {*functions(), "seriesByTag"} == {*LEFT_OUT}


def test_every_function_is_compared() -> None:
    text = " ".join(target for targets in TARGETS.values() for target in targets)
    assert {name for name in functions() if f"{name}(" not in text} <= set(NOT_COMPARED)
