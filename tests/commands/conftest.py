"""What the tests of commands share: a web server, and a place that they may not reach."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.channels.servers import Doorbell, Server, serving


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture
def doorbell() -> Iterator[Doorbell]:
    """A listener that the tests do not allow: whoever connects is counted."""
    bell = Doorbell("127.0.0.2")
    yield bell
    bell.close()
