"""Every call to AWS passes through one function of a test, whichever transport makes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.client import BaseClient

from chalicelib.store.transport.client import Client

# Makes the call of this operation with these arguments.
Make = Callable[[str, dict[str, Any]], Any]


@contextmanager
def calls(through: Callable[[Make, str, dict[str, Any]], Any]) -> Iterator[None]:
    """Inside, `through(make, operation, arguments)` is what a call answers."""
    with pytest.MonkeyPatch.context() as patch:
        for kind in (BaseClient, Client):
            patch.setattr(kind, "_make_api_call", _instead(kind._make_api_call, through))
        yield


@contextmanager
def operations() -> Iterator[list[str]]:
    """The operations that are called inside, in their order."""
    made: list[str] = []

    def note(make: Make, operation: str, arguments: dict[str, Any]) -> Any:
        made.append(operation)
        return make(operation, arguments)

    with calls(note):
        yield made


def _instead(real: Any, through: Callable[[Make, str, dict[str, Any]], Any]) -> Any:
    def call(self: Any, operation: str, arguments: dict[str, Any]) -> Any:
        return through(lambda *of: real(self, *of), operation, arguments)

    return call
