"""What Graphite targets cost: reading them, and an average over fifty series beside graphite-web's own."""

from __future__ import annotations

import argparse
import os
import time

from chalicelib.languages.graphite import Context, Series, evaluate, parse
from tests.languages.graphite.differential.worlds import START, Oracle, World

TARGETS = (
    "servers.web1.cpu.load",
    "alias(averageSeries(scale(servers.web*.cpu.load, 10)), 'load')",
    "groupByNode(nonNegativeDerivative(servers.{web,db}*.net.eth[01].bytes), 1, 'sum')|scale(8)",
)
SERIES, POINTS, ROUNDS = 50, 120, 200


def targets(_arguments: argparse.Namespace) -> None:
    """Parsing (budget 50 us), and averageSeries over 50 series of 120 points (budget: twice graphite-web's)."""
    for target in TARGETS:
        print(f"parse {1e6 * _parsing(target):.1f} us (budget 50): {target}")
    made = [_series(number) for number in range(SERIES)]
    context = Context(START, START + 60 * POINTS, lambda *_: list(made))
    began = time.process_time()
    for _ in range(ROUNDS):
        evaluate("averageSeries(a.*)", context.between(context.start, context.end))
        context.spent.results.clear()
    ours = (time.process_time() - began) / ROUNDS
    print(f"averageSeries over {SERIES} series x {POINTS} points: {1e3 * ours:.2f} ms", end="")
    python = os.environ.get("TOCSIN_TEST_GRAPHITE")
    if not python:
        print("; run it with infra/lanes/graphite_web -- to see graphite-web's beside it")
        return
    oracle = Oracle(python)
    known = [{"name": one.name, "start": START, "step": 60, "values": one.values} for one in made]
    answer = oracle.asked("averageSeries(a.*)", World(known, START + 60 * POINTS), repeat=200)
    bare = oracle.asked("group(a.*)", World(known, START + 60 * POINTS), repeat=200)
    oracle.close()
    theirs = answer["seconds"] - bare["seconds"]
    print(f", graphite-web {1e3 * theirs:.2f} ms beyond fetching them ({1e3 * answer['seconds']:.2f} with it)")


def _parsing(target: str) -> float:
    """Seconds for one reading, none of it remembered from the last."""
    began = time.process_time()
    for _ in range(2_000):
        parse.__wrapped__(target)
    return (time.process_time() - began) / 2_000


def _series(number: int) -> Series:
    values: list[float | None] = [float((number * 7 + place) % 100) for place in range(POINTS)]
    return Series(f"a.web{number}", START, START + 60 * POINTS, 60, values)
