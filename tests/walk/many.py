"""Many walks, in one process or in several."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

from tests.walk import faults, walks
from tests.walk.promises import KEPT
from tests.walk.session import Session
from tests.walk.walks import Walk

TOGETHER = 10


def groups_of(text: str) -> frozenset[str]:
    if text in ("all", "none"):
        return faults.ALL if text == "all" else frozenset()
    named = frozenset(text.split(","))
    if named - faults.ALL:
        raise SystemExit(f"there is no fault {', '.join(sorted(named - faults.ALL))}")
    return named


def each(args: argparse.Namespace) -> Iterator[Walk]:
    """Every walk, in no certain order where several processes walk."""
    count = -(-args.steps // args.length)
    numbers = range(args.seed, args.seed + count)
    some = partial(some_walks, length=args.length, groups=groups_of(args.faults), rate=args.rate)
    if args.jobs == 1:
        for number in numbers:
            yield from some([number])
        return
    parts = [list(numbers[start : start + TOGETHER]) for start in range(0, count, TOGETHER)]
    with ProcessPoolExecutor(args.jobs, mp_context=get_context("spawn")) as pool:
        for found in pool.map(some, parts):
            yield from found


def some_walks(seeds: list[int], *, length: int, groups: frozenset[str], rate: float) -> list[Walk]:
    found = [walks.walk(_session(), seed, walks.seeds_of(seed, length), groups, rate) for seed in seeds]
    for one in found:
        if not one.promises & KEPT:
            one.story = []
    return found


_sessions: list[Session] = []


def _session() -> Session:
    """The application of this process, opened once."""
    if not _sessions:
        _sessions.append(Session())
    return _sessions[0]
