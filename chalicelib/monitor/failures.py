"""Doing many things of which one that fails must not keep the others from being done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def raised_together(what: str) -> Iterator[list[Exception]]:
    """A list for failures, to be filled by `kept`. At the end the only one in it is raised, or all as a group that is
    called `what`."""
    failures: list[Exception] = []
    yield failures
    if len(failures) == 1:
        raise failures[0]
    if failures:
        raise ExceptionGroup(what, failures)


@contextmanager
def kept(failures: list[Exception]) -> Iterator[None]:
    """Puts what is raised within into `failures`."""
    try:
        yield
    except Exception as error:  # noqa: BLE001
        # Whatever it is, it is raised when everything else has been tried.
        failures.append(error)
