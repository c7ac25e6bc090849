"""What the tests of probes share: an authority to sign with, a web server, and both engines of HTTP."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.probes import http
from chalicelib.probes.base import Outcome, Task
from chalicelib.probes.engine import Prober
from tests.channels.servers import Doorbell, Server, serving
from tests.probes.authority import Authority

# The networks that the tests allow, so that the servers on this machine can be reached.
HERE = ("127.0.0.1/32", "::1/128")

Look = Callable[..., Outcome]


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


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


@pytest.fixture(params=["curl", "plain"])
def prober(request: pytest.FixtureRequest, authority: Authority) -> Callable[..., Prober]:
    """Makes probers of one of the two engines, which may reach this machine and trust the authority of the tests."""

    def make(networks: tuple[str, ...] = HERE, **about: Any) -> Prober:
        about.setdefault("authorities", authority.bundle)
        return Prober(networks, use_curl=request.param == "curl", **about)

    return make


@pytest.fixture
def look(prober: Callable[..., Prober]) -> Look:
    """Looks once at a URL: `look(url, keyword="ok")`. `timeout` may be a fraction of a second here."""

    def once(url: str, timeout: float = 5, **definition: Any) -> Outcome:
        cleaned = replace(http.clean({"url": url, **definition}), timeout=timeout)
        return prober().run([Task("one", cleaned)])["one"]

    return once


def silent(connection: socket.socket) -> None:
    """A server's side of a conversation in which it never says a word."""
    while connection.recv(65_536):
        pass
