"""What the tests of the language have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from chalicelib.languages.conditions import ConditionError, Result, Situation, Verdict, command, judge, run

STEP = 60.0


def value_of(text: str, **names: Any) -> Any:
    """What a command comes to."""
    return run(command(text), names)


def error_of(text: str, **names: Any) -> ConditionError:
    """How a command fails."""
    with pytest.raises(ConditionError) as failed:
        run(command(text), names)
    return failed.value


def judged(condition: str, value: Any = 6, history: tuple[Any, ...] = (), **more: Any) -> Verdict:
    """The verdict over values that came a minute apart, the newest first."""
    results = [Result(1_000_000 - STEP * age, one) for age, one in enumerate(history)]
    return judge(condition, Situation(value, {"id": "e1"}, results, **more))


def captures(condition: str, value: Any = 6, history: tuple[Any, ...] = (), **more: Any) -> Mapping[str, Any]:
    return judged(condition, value, history, **more).captures
