"""How fast is fast enough: the verdict on the time that a look took. Pure."""

from __future__ import annotations

from typing import Any, Literal

Verdict = Literal["Ok", "Slow", "Critical"]

# From harmless to bad; a check may ask that a verdict from some point on counts as a failure.
VERDICTS: tuple[Verdict, ...] = ("Ok", "Slow", "Critical")


def verdict(watch: dict[str, Any], total: float) -> Verdict:
    """The verdict on `total` milliseconds against the check's `perf_warn` and `perf_crit` (0 or absent: no limit)."""
    critical, slow = watch.get("perf_crit"), watch.get("perf_warn")
    if critical and total >= critical:
        return "Critical"
    return "Slow" if slow and total >= slow else "Ok"


def is_failure(watch: dict[str, Any], verdict: Verdict) -> bool:
    """Whether the check wants this verdict to count as a failed look (`perf_down`)."""
    asked = watch.get("perf_down")
    return bool(asked) and VERDICTS.index(verdict) >= VERDICTS.index(asked)
