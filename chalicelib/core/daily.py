"""The sum of a day's results at one place: how many, how many failed, and how long each phase took. Pure.

Times are those of good results: what failed took as long as it was waited for. Percentiles are by nearest rank: the
smallest time that so many of a hundred results do not exceed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from chalicelib.core.check import Result

PHASES = ("block", "dns", "connect", "ssl", "ttfb", "ttlb", "total")
PERCENTILES = (50, 95, 99)


def summed(results: Iterable[Result]) -> dict[str, Any]:
    """{"count", "failures", "phases": {phase: [mean, p50, p95, p99]}}, milliseconds rounded to a thousandth."""
    found = list(results)
    good = [result for result in found if result.code]
    phases = {phase: _described(sorted(getattr(result, phase) for result in good)) for phase in PHASES if good}
    return {"count": len(found), "failures": len(found) - len(good), "phases": phases}


def _described(times: list[float]) -> list[float]:
    mean = sum(times) / len(times)
    return [round(value, 3) for value in (mean, *(percentile(times, rank) for rank in PERCENTILES))]


def percentile(ordered: list[float], rank: int) -> float:
    """The `rank`-th percentile of an ordered list that is not empty, by nearest rank."""
    return ordered[max(math.ceil(len(ordered) * rank / 100), 1) - 1]
