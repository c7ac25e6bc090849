"""gRPC's own server, in an environment of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.probes import grpc
from tests.probes.servers.scene import authority, probe
from tests.real.conftest import ASKED
from tests.real.running import free_port, running

SERVER = Path(__file__).with_name("grpc_server.py")
NOBODY = "no answer about the health: the service is unknown, or nobody answers for it"


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "tls"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, bool]]:
    """Its port, and whether it speaks TLS."""
    folder, port = tmp_path_factory.mktemp("grpc"), free_port()
    pem = [authority().file("127.0.0.1")] if request.param else []
    with running([os.environ[ASKED], SERVER, str(port), *pem], port, folder):
        yield port, request.param


@pytest.mark.parametrize(
    ("service", "ok", "text"),
    [
        ("", True, "SERVING"),
        ("shop", True, "SERVING"),
        ("till", False, "service is NOT_SERVING"),
        ("bank", False, "service is UNKNOWN"),
    ],
)
def test_a_service_says_whether_it_serves(server: tuple[int, bool], service: str, ok: bool, text: str) -> None:
    port, tls = server
    outcome = probe(grpc, port=port, tls=tls, service=service)
    assert (outcome.ok, outcome.text) == (ok, text)


def test_a_server_without_a_health_service_is_no_healthy_one(tmp_path: Path) -> None:
    port = free_port()
    with running([os.environ[ASKED], SERVER, str(port), "nothing"], port, tmp_path):
        outcome = probe(grpc, port=port)
    assert (outcome.ok, outcome.text) == (False, NOBODY)
