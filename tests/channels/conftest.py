"""What the tests of every kind of channel share."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from chalicelib.channels.base import Outlet
from tests.channels.servers import HERE, Doorbell, Server, serving
from tests.channels.stage import Stage, staged


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture
def doorbell() -> Iterator[Doorbell]:
    bell = Doorbell()
    yield bell
    bell.close()


@pytest.fixture
def outlet() -> Outlet:
    """An outlet that may reach the servers of the tests."""
    return Outlet(allowed_networks=HERE)


@pytest.fixture
def stage(server: Server, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Stage]:
    """Sets a kind and the service that it speaks to on the stage: its name, and other settings than usual."""

    def make(name: str, **settings: object) -> Stage:
        return staged(name, server, monkeypatch, **settings)

    return make
