"""Worlds of random series, the same for ours and for graphite-web, and what the two make of a target there."""

from __future__ import annotations

import json
import math
import random
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chalicelib.languages.graphite import Context, GraphiteError, Series, evaluate, matches, tag_query, tags_of

ORACLE = Path(__file__).parents[4] / "infra" / "lanes" / "oracle.py"
START = 1_600_000_000 - 1_600_000_000 % 3_600
# Functions with windows read what lies before the request: there is as much of it again, and more.
BEFORE, LENGTH = 240, 30

Values = list[float | None]


@dataclass(frozen=True)
class World:
    """Series in memory; the request is the span from START on."""

    series: list[dict[str, Any]]
    end: int = START + LENGTH * 60

    def context(self) -> Context:
        return Context(START, self.end, self.fetch, now=self.end)

    def fetch(self, pattern: str, start: int, end: int) -> list[Series]:
        """As Whisper's files answer: the points after the start up to the end."""
        tagged = tag_query(pattern)
        found = []
        for one in sorted(self.series, key=lambda series: str(series["name"])):
            name, step, values = one["name"], one["step"], one["values"]
            if tagged[1](tags_of(name)) if tagged else matches(pattern, name):
                first, last = start - start % step + step, end - end % step + step
                places = range((first - one["start"]) // step, (last - one["start"]) // step)
                points = [values[place] if 0 <= place < len(values) else None for place in places]
                found.append(Series(name, first, last, step, points))
        return found


def world(seed: int) -> World:
    """Seven series with gaps, of two steps for odd seeds: some dense, one all null, one constant, one of one point."""
    chance = random.Random(seed)
    step = 60
    length = BEFORE + LENGTH + 2
    begin = START - BEFORE * step
    shapes: dict[str, Callable[[int], float | None]] = {
        "a.one.x": lambda at: chance.uniform(-50, 50),
        "a.two.x": lambda at: chance.uniform(0, 100),
        "a.three.y": lambda at: float(at % 7),
        "b.gaps.x": lambda at: None if chance.random() < 0.5 else chance.uniform(1, 9),
        "b.nulls.x": lambda at: None,
        "b.flat.x": lambda at: 5.0,
        "c.rising.x": lambda at: at * 3.0 + chance.randrange(3),
        "c.point.x": lambda at: 7.0 if at == BEFORE + 5 else None,
    }
    made = [_series(name, begin, step, [shape(at) for at in range(length)], chance) for name, shape in shapes.items()]
    if seed % 2:
        slow: Values = [chance.uniform(0, 10) for _ in range(length // 5)]
        made.append(_series("d.slow.z", begin - begin % 300, 300, slow, chance))
        quick: Values = [chance.uniform(0, 10) for _ in range(length)]
        made.append(_series("d.quick.z", begin, step, quick, chance))
    for name, place in (("e.sparse.p", 2), ("e.first.p", 1)):
        third: Values = [chance.uniform(1, 9) if at % 3 == place else None for at in range(length)]
        made.append(_series(name, begin, step, third, chance))
    return World(made)


def _series(name: str, start: int, step: int, values: Values, chance: random.Random) -> dict[str, Any]:
    """Most series have a few gaps, and some end early."""
    kept = [None if value is not None and chance.random() < 0.08 else value for value in values]
    if chance.random() < 0.3:
        kept[-4:] = [None] * 4
    return {"name": name, "start": start, "step": step, "values": kept}


@dataclass
class Said:
    """What one of the two says of a target: its series in order, or that it refuses."""

    series: list[tuple[str, int, int, Values]] = field(default_factory=list)
    refused: str = ""


class Oracle:
    """graphite-web in a process of its own."""

    def __init__(self, python: str) -> None:
        self._process = subprocess.Popen(
            [python, str(ORACLE)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._read() == {"ready": True}

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        return dict(json.loads(self._process.stdout.readline()))

    def asked(self, target: str, world: World, **more: Any) -> dict[str, Any]:
        return self._answer({"target": target, "start": START, "end": world.end, "series": world.series, **more})

    def functions(self) -> list[str]:
        return list(self._answer({"functions": True})["functions"])

    def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return self._read()

    def says(self, target: str, world: World) -> Said:
        answer = self.asked(target, world)
        if "error" in answer:
            return Said(refused=answer["error"])
        return Said([(one["name"], one["start"], one["step"], one["values"]) for one in answer["series"]])

    def close(self) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()


def ours(target: str, world: World) -> Said:
    try:
        found = evaluate(target, world.context())
    except GraphiteError as error:
        return Said(refused=str(error))
    return Said([(one.name, one.start, one.step, list(one.values)) for one in found])


def difference(one: Said, other: Said) -> str:
    """How ours differs from graphite-web's, in a word or two; empty where it does not."""
    if bool(one.refused) != bool(other.refused):
        return f"only one refuses: {one.refused or other.refused}"
    names, others = [series[0] for series in one.series], [series[0] for series in other.series]
    if names != others:
        return f"names {names} and {others}"
    for (name, start, step, values), (_, start2, step2, values2) in zip(one.series, other.series, strict=True):
        if (start, step, len(values)) != (start2, step2, len(values2)):
            return f"{name}: from {start} by {step}, {len(values)} values, and from {start2} by {step2}, {len(values2)}"
        if not all(_same(a, b) for a, b in zip(values, values2, strict=True)):
            return f"{name}: {values} and {values2}"
    return ""


def _same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return one == other or math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
