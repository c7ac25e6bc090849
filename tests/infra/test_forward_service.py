"""infra.forward and the service: what one sends the other takes, and counts once."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest

import app
from chalicelib import gateway as http
from chalicelib.monitor.managing import projects
from chalicelib.monitor.services import Services
from infra import forward
from infra.forward import Answer, Notices, Sender, Spool
from tests.api.client import Entrance
from tests.conftest import NOW
from tests.infra.sinks import Handle, left, serving


@pytest.fixture
def service(services: Services) -> Handle:
    """The application, as API Gateway would call it."""
    http.serve(app.app, services)
    gateway = Entrance(app.app)

    def handle(headers: dict[str, str], body: bytes) -> Answer:
        answer = gateway.handle_request("POST", "/api/v1/sink", headers, body)
        return Answer(answer["statusCode"], answer["body"])

    return handle


def test_the_service_takes_it_and_counts_once_what_is_sent_again(
    service: Handle, services: Services, keyring: projects.Keyring, tmp_path: Path
) -> None:
    spool = Spool(tmp_path / "spool", 1_000_000, Notices())
    at = int(NOW.timestamp())
    spool.append([b"a.b 3 %d" % at, b"a.b 4 %d" % at, b"a.b x %d" % at])
    with serving(service) as port:
        url = f"http://127.0.0.1:{port}/api/v1/sink"
        stranger = Sender(spool, partial(forward.post, url, lambda: "stranger"), Notices(), lambda _: False)
        assert stranger.turn() > 0
        body = left(tmp_path)
        post = partial(forward.post, url, lambda: keyring.keys["write"])
        assert post(body).status == 400  # the answer of this one is lost
        assert Sender(spool, post, Notices(), lambda _: False).turn() == 0
    assert left(tmp_path) == b""
    asked = Entrance(app.app).handle_request(
        "GET", f"/render?target=a.b:sum&from={at - 60}&until={at + 60}", {"x-api-key": keyring.keys["write"]}, b""
    )
    (found,) = json.loads(asked["body"])
    assert [value for value, _ in found["datapoints"] if value is not None] == [7]
