"""How fast is fast enough: the verdict on the time that a look took. Pure."""

from __future__ import annotations

from typing import Literal

from chalicelib.core.specs import ProbeSpec

Verdict = Literal["Ok", "Slow", "Critical"]

# From harmless to bad; a check may ask that a verdict from some point on counts as a failure.
VERDICTS: tuple[Verdict, ...] = ("Ok", "Slow", "Critical")


def verdict(spec: ProbeSpec, total: float) -> Verdict:
    """The verdict on `total` milliseconds against `perf_warn` and `perf_crit` (0: no limit)."""
    if spec.perf_crit and total >= spec.perf_crit:
        return "Critical"
    return "Slow" if spec.perf_warn and total >= spec.perf_warn else "Ok"


def is_failure(spec: ProbeSpec, verdict: Verdict) -> bool:
    """Whether the check wants this verdict to count as a failed look (`perf_down`)."""
    asked = spec.perf_down
    return asked != "" and VERDICTS.index(verdict) >= VERDICTS.index(asked)
