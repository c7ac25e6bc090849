"""Many small cases in one test.

Each test costs pytest some milliseconds, more than most cases of a table do. `parametrize` stays the way for cases that
need a world of their own, and for those that take long, so that they are shared out among the cores.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from typing import Any

import pytest


def each(names: str | tuple[str, ...], cases: Iterable[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Tries every case in one test, as `pytest.mark.parametrize(names, cases)` does in many. All that fail are told,
    each with its case. The fixtures of the test are made once, so a case has to leave them as it found them."""
    arguments = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
    rows = [_named(arguments, case) for case in cases]
    assert rows, "a test of no case cannot fail"

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(test)

        @functools.wraps(test)
        def try_all(**fixtures: Any) -> None:
            failed = [error for row in rows if (error := _failure(test, row, fixtures))]
            if failed:
                raise (
                    BaseExceptionGroup(f"{len(failed)} of {len(rows)} cases", failed) if len(failed) > 1 else failed[0]
                )

        asked = [parameter for name, parameter in signature.parameters.items() if name not in arguments]
        vars(try_all)["__signature__"] = signature.replace(parameters=asked)
        return try_all

    return decorate


def _named(arguments: list[str], case: Any) -> dict[str, Any]:
    if isinstance(case, type(pytest.param())):  # a case with a name of its own
        return dict(zip(arguments, case.values, strict=True))
    values = case if len(arguments) > 1 else (case,)
    return dict(zip(arguments, values, strict=True))


def _failure(test: Callable[..., None], row: dict[str, Any], fixtures: dict[str, Any]) -> BaseException | None:
    try:
        test(**fixtures, **row)
    except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001 - raised when every case was tried
        error.add_note("case: " + ", ".join(f"{name}={value!r:.300}" for name, value in row.items()))
        return error
    return None
