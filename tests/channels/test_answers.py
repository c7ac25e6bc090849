"""What the answer to a request means, the same table for every kind that speaks HTTP."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from chalicelib.channels import Kind, Outlet, answers, bodies
from chalicelib.core.errors import Undelivered
from chalicelib.core.news import News
from tests.channels.samples import HTTP_KINDS, VALID, news
from tests.channels.servers import Doorbell, Reply, Server

TAKEN = [200, 201, 202, 204, 299]
REFUSALS = [300, 304, 400, 401, 402, 403, 404, 405, 408, 409, 413, 422, 425, 429, 500, 501, 502, 503, 504, 599]

each_http_kind = pytest.mark.parametrize("kind", HTTP_KINDS, ids=lambda kind: kind.name)


class Teller:
    """Tells news through a kind whose receiver is at `url`, be that a setting or the one address of a service."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, outlet: Outlet) -> None:
        self._monkeypatch = monkeypatch
        self._outlet = outlet

    def tell(self, kind: Kind, url: str, told: News | None = None, outlet: Outlet | None = None) -> None:
        kind.send(self._settings(kind, url), [told or news()], outlet or self._outlet)

    def refusal(self, kind: Kind, url: str, outlet: Outlet | None = None) -> Undelivered:
        with pytest.raises(Undelivered) as caught:
            self.tell(kind, url, outlet=outlet)
        return caught.value

    def _settings(self, kind: Kind, url: str) -> dict[str, Any]:
        if hasattr(kind, "ENDPOINTS"):
            self._monkeypatch.setitem(kind.ENDPOINTS, "us", url)
            return kind.clean(VALID[kind.name])
        if hasattr(kind, "ENDPOINT"):
            self._monkeypatch.setattr(kind, "ENDPOINT", url.partition("?")[0])
            return kind.clean(VALID[kind.name])
        if kind.name == "webhook":
            return kind.clean({"url_down": url, "body_down": "$NAME", "headers_down": {"X-Token": "secret-in-header"}})
        if kind.name == "apprise":
            return kind.clean({"url": url.replace("http://", "json://")})
        has_query = "url" in kind.secrets and kind.name != "signal"
        return kind.clean(VALID[kind.name] | {"url": url if has_query else url.partition("?")[0]})


@pytest.fixture
def teller(monkeypatch: pytest.MonkeyPatch, outlet: Outlet) -> Teller:
    return Teller(monkeypatch, outlet)


@each_http_kind
@pytest.mark.parametrize("status", TAKEN)
def test_every_2xx_is_a_delivery(kind: Kind, status: int, server: Server, teller: Teller) -> None:
    server.answer(Reply(status))
    teller.tell(kind, server.url())
    assert [received.method for received in server.received] == ["PUT" if kind.name == "matrix" else "POST"]


@each_http_kind
def test_a_refusal_means_what_the_table_says(kind: Kind, server: Server, teller: Teller) -> None:
    # To LINE, 409 says that it has the message already.
    for status in REFUSALS:
        if (kind.name, status) != ("line", 409):
            _is_refused_as_the_table_says(kind, status, server, teller)


def _is_refused_as_the_table_says(kind: Kind, status: int, server: Server, teller: Teller) -> None:
    server.answer(Reply(status, {}, b"secret-in-answer"))
    error = teller.refusal(kind, server.url("/secret-in-path?secret-in-query"))
    row = answers.meaning(kind.service, str(status))
    why = f" ({row.why})" if row.service == kind.service and kind.service in bodies.MANNERS else ""
    assert (error.message, error.permanent) == (f"answered {status}{why}", row.outcome == "final")
    assert error.after == (row.seconds if row.outcome == "wait" else None)


@each_http_kind
@pytest.mark.parametrize("status", [429, 503])
def test_who_says_when_to_come_back_is_believed(kind: Kind, status: int, server: Server, teller: Teller) -> None:
    server.answer(Reply(status, {"Retry-After": "17"}))
    error = teller.refusal(kind, server.url())
    assert (error.permanent, error.after) == (False, 17.0)


@each_http_kind
def test_what_is_gone_is_gone_for_good(kind: Kind, server: Server, teller: Teller) -> None:
    server.answer(Reply(410))
    error = teller.refusal(kind, server.url())
    assert (error.message, error.permanent) == ("answered 410", True)


# A webhook is its owner's own, who may want to be asked for a page; the services of Apprise are led nowhere.
@pytest.mark.parametrize(
    "kind", [kind for kind in HTTP_KINDS if kind.name not in ("webhook", "apprise")], ids=lambda kind: kind.name
)
@pytest.mark.parametrize("status", [301, 302, 303])
def test_a_page_that_a_redirect_leads_to_has_taken_no_message(
    kind: Kind, status: int, server: Server, teller: Teller
) -> None:
    server.answer(Reply(status, {"Location": "/login"}), Reply(200, {}, b"<html>"))
    error = teller.refusal(kind, server.url())
    assert (error.message, error.permanent) == ("redirected to a page, which answered 200: it took no message", False)
    assert server.received[1].method == "GET"


@pytest.mark.parametrize("kind", [kind for kind in HTTP_KINDS if kind.name != "apprise"], ids=lambda kind: kind.name)
@pytest.mark.parametrize("status", [307, 308])
def test_a_redirect_that_keeps_the_message_is_followed(kind: Kind, status: int, server: Server, teller: Teller) -> None:
    server.answer(Reply(status, {"Location": "/there"}), Reply(200))
    teller.tell(kind, server.url())
    first, second = server.received
    assert (second.path, second.method, second.body) == ("/there", first.method, first.body)


@each_http_kind
def test_one_sending_is_one_request(kind: Kind, server: Server, teller: Teller) -> None:
    server.answer(Reply(503))
    teller.refusal(kind, server.url())
    assert len(server.received) == 1


@each_http_kind
def test_a_server_that_is_not_there_may_come_back(kind: Kind, teller: Teller) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    error = teller.refusal(kind, f"http://127.0.0.1:{port}/secret")
    assert (error.message, error.permanent) == ("no answer (Connection refused)", False)


@each_http_kind
def test_a_forbidden_address_is_final_and_nothing_connects(kind: Kind, doorbell: Doorbell, teller: Teller) -> None:
    error = teller.refusal(kind, f"http://127.0.0.1:{doorbell.port}/", Outlet())
    assert (error.message, error.permanent) == ("address not allowed", True)
    assert doorbell.rings() == 0


@each_http_kind
def test_the_same_news_bears_the_same_key_at_every_attempt(kind: Kind, server: Server, teller: Teller) -> None:
    for _ in range(2):
        teller.tell(kind, server.url(), news(id="n-7"))
    assert [received.headers["Idempotency-Key"] for received in server.received] == ["n-7", "n-7"]


@each_http_kind
def test_the_sender_names_itself(kind: Kind, server: Server, teller: Teller) -> None:
    teller.tell(kind, server.url())
    assert server.received[0].headers["User-Agent"] == "Tocsin"
