"""What the answer to a request means, the same table for every kind that speaks HTTP."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from chalicelib.channels import Kind, Outlet, kind_named
from chalicelib.core.errors import Undelivered
from tests.channels.samples import news
from tests.channels.servers import Doorbell, Reply, Server

TAKEN = [200, 201, 202, 204, 299]
PASSING = [300, 304, 400, 401, 402, 403, 404, 405, 408, 409, 413, 422, 425, 429, 500, 501, 502, 503, 504, 599]

each_http_kind = pytest.mark.parametrize(
    "kind", [kind_named("webhook"), kind_named("slack")], ids=lambda kind: kind.name
)


def settings(kind: Kind, url: str) -> dict[str, Any]:
    given: dict[str, dict[str, object]] = {
        "webhook": {"url_down": url, "body_down": "$NAME", "headers_down": {"X-Token": "secret-in-header"}},
        "slack": {"url": url},
    }
    return kind.clean(given[kind.name])


def refusal(kind: Kind, url: str, outlet: Outlet) -> Undelivered:
    with pytest.raises(Undelivered) as caught:
        kind.send(settings(kind, url), news(), outlet)
    return caught.value


@each_http_kind
@pytest.mark.parametrize("status", TAKEN)
def test_every_2xx_is_a_delivery(kind: Kind, status: int, server: Server, outlet: Outlet) -> None:
    server.answer(Reply(status))
    kind.send(settings(kind, server.url()), news(), outlet)
    assert [received.method for received in server.received] == ["POST"]


@each_http_kind
@pytest.mark.parametrize("status", PASSING)
def test_most_refusals_may_pass(kind: Kind, status: int, server: Server, outlet: Outlet) -> None:
    server.answer(Reply(status, {}, b"secret-in-answer"))
    error = refusal(kind, server.url("/secret-in-path?secret-in-query"), outlet)
    assert (error.message, error.permanent) == (f"answered {status}", False)


@each_http_kind
def test_what_is_gone_is_gone_for_good(kind: Kind, server: Server, outlet: Outlet) -> None:
    server.answer(Reply(410))
    error = refusal(kind, server.url(), outlet)
    assert (error.message, error.permanent) == ("answered 410", True)


@each_http_kind
def test_one_sending_is_one_request(kind: Kind, server: Server, outlet: Outlet) -> None:
    server.answer(Reply(503))
    refusal(kind, server.url(), outlet)
    assert len(server.received) == 1


@each_http_kind
def test_a_server_that_is_not_there_may_come_back(kind: Kind, outlet: Outlet) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    error = refusal(kind, f"http://127.0.0.1:{port}/secret", outlet)
    assert (error.message, error.permanent) == ("no answer (Connection refused)", False)


@each_http_kind
def test_a_forbidden_address_is_final_and_nothing_connects(kind: Kind, doorbell: Doorbell) -> None:
    error = refusal(kind, f"http://127.0.0.1:{doorbell.port}/", Outlet())
    assert (error.message, error.permanent) == ("address not allowed", True)
    assert doorbell.rings() == 0


@each_http_kind
def test_the_same_news_bears_the_same_key_at_every_attempt(kind: Kind, server: Server, outlet: Outlet) -> None:
    for _ in range(2):
        kind.send(settings(kind, server.url()), news(id="n-7"), outlet)
    assert [received.headers["Idempotency-Key"] for received in server.received] == ["n-7", "n-7"]


@each_http_kind
def test_the_sender_names_itself(kind: Kind, server: Server, outlet: Outlet) -> None:
    kind.send(settings(kind, server.url()), news(), outlet)
    assert server.received[0].headers["User-Agent"] == "Tocsin"
