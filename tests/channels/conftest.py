"""What the tests of every kind of channel share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chalicelib.channels.base import Outlet
from tests.channels.servers import HERE, Doorbell, Server, serving


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
