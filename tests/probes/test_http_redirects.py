"""Redirects: followed by the same rules in both engines, and refused where they lead astray."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

import pytest

from chalicelib.net.lookups import Endpoint
from chalicelib.probes import http
from chalicelib.probes.base import Task
from chalicelib.probes.engine import Prober
from tests.channels.servers import Doorbell, Reply, Server, serving
from tests.probes.authority import Authority
from tests.probes.conftest import Look


def to(location: str, status: int = 302) -> Reply:
    return Reply(status, {"Location": location})


@pytest.fixture
def other() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture
def secure(authority: Authority) -> Iterator[Server]:
    with serving(authority.context("127.0.0.1")) as running:
        yield running


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed_to_its_end(status: int, look: Look, server: Server) -> None:
    server.answer(to("/a?b=1", status), to("c", status), Reply(body=b"there"))
    outcome = look(server.url("/first"), keyword="there")
    assert (outcome.text, outcome.size) == ("200 OK", 5)
    assert outcome.details == {"status": 200, "redirects": 2}
    assert [received.path for received in server.received] == ["/first", "/a?b=1", "/c"]


def test_a_redirect_is_an_answer_where_none_is_to_be_followed(look: Look, server: Server) -> None:
    server.answer(to("/a"))
    outcome = look(server.url(), follow_redirects=False, expect_codes="302")
    assert (outcome.ok, outcome.text, len(server.received)) == (True, "302 Found", 1)


@pytest.mark.parametrize("reply", [Reply(302), Reply(302, {"Location": ""}), Reply(304, {"Location": "/a"})])
def test_what_names_no_other_place_is_the_answer(reply: Reply, look: Look, server: Server) -> None:
    server.answer(reply)
    assert look(server.url()).ok
    assert len(server.received) == 1


def test_ten_redirects_are_followed(look: Look, server: Server) -> None:
    server.answer(*(to(f"/{number}") for number in range(10)), Reply())
    assert look(server.url()).text == "200 OK"


def test_redirects_without_end_are_not_followed_for_ever(look: Look, server: Server) -> None:
    server.answer(to("/again"))
    assert look(server.url()).text == "redirected more than 10 times"
    assert len(server.received) == 11


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "ftp://127.0.0.1/",
        "javascript:1",
        "ws://127.0.0.1/",
        "http://127.0.0.1:99999/",
        "http://exa mple/",
        "http://[::1/",
        "http://a..b/",
        "/a" * 9_000,
        "http://a%2fb/",
    ],
)
def test_a_redirect_to_what_is_no_web_address_is_refused(location: str, look: Look, server: Server) -> None:
    server.answer(to(location))
    outcome = look(server.url())
    assert (outcome.ok, outcome.text) == (False, "redirected to what is no web address")
    assert len(server.received) == 1


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("/" + "a" * 6_000, "/" + "a" * 6_000),
        ("/with blanks and more", "/with%20blanks%20and%20more"),
        ("  /blanks-around  ", "/blanks-around"),
        ("/gr\xc3\xb6\xc3\x9fe?q=\xc3\xb6", "/gr%C3%B6%C3%9Fe?q=%C3%B6"),
        ("?only=query", "/?only=query"),
        ("/path#fragment", "/path"),
    ],
    ids=ascii,
)
def test_a_location_that_browsers_follow_is_followed(location: str, path: str, look: Look, server: Server) -> None:
    server.answer(to(location), Reply())
    assert look(server.url()).text == "200 OK"
    assert server.received[1].path == path


def test_a_host_that_is_written_as_it_is_meant_is_looked_up_by_its_other_name(
    prober: Callable[..., Prober], server: Server
) -> None:
    asked: list[str] = []

    def resolve(host: str, port: int, _seconds: float) -> list[Endpoint]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    server.answer(to(f"http://b\xc3\xbccher.example:{server.port}/"), Reply())
    task = Task("one", http.clean({"url": f"http://start.example:{server.port}/"}))
    assert prober(resolve=resolve).run([task])["one"].text == "200 OK"
    assert asked == ["start.example", "xn--bcher-kva.example"]


def test_who_is_named_in_a_location_is_logged_in_there(look: Look, server: Server, other: Server) -> None:
    server.answer(to(f"http://us%40er:p%3aw@127.0.0.1:{other.port}/in"))
    assert look(server.url()).text == "200 OK"
    assert other.received[0].headers["Authorization"] == "Basic dXNAZXI6cDp3"


def test_a_cookie_that_is_set_on_the_way_comes_back_to_its_host(look: Look, server: Server, other: Server) -> None:
    first = Reply(302, headers={"Location": "/again", "Set-Cookie": "seen=1; Path=/; HttpOnly"})
    server.answer(first, to(other.url("/away")))
    look(server.url(), headers={"Cookie": "own=x"})
    assert [one.headers.get("Cookie") for one in server.received] == ["own=x", "own=x; seen=1"]
    # Another port is the same host, but the user's own was meant for the first.
    assert other.received[0].headers.get("Cookie") == "seen=1"


@pytest.mark.parametrize(
    ("said", "sent"),
    [
        ("a=b", "a=b"),
        ("a=b; Path=/elsewhere", None),
        ("a=b; Path=/pages/", "a=b"),
        ("a=b; Max-Age=0", None),
        ("a=b; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "a=b"),
        ("a=b; Expires=Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("a=b; Secure", None),
        ("a=b=c; SameSite=Lax", "a=b=c"),
        ("no cookie", None),
        ("a=" + "b" * 5_000, None),
    ],
    ids=ascii,
)
def test_a_cookie_goes_where_it_says(said: str, sent: str | None, look: Look, server: Server) -> None:
    server.answer(Reply(302, headers={"Location": "/pages/second", "Set-Cookie": said}), Reply())
    look(server.url("/pages/first"))
    assert server.received[1].headers.get("Cookie") == sent


@pytest.mark.parametrize(
    ("status", "method", "next_method"),
    [
        (301, "POST", "GET"),
        (302, "POST", "GET"),
        (303, "POST", "GET"),
        (307, "POST", "POST"),
        (308, "POST", "POST"),
        (302, "PUT", "PUT"),
        (303, "PUT", "GET"),
        (303, "HEAD", "HEAD"),
    ],
)
def test_the_verb_after_a_redirect(status: int, method: str, next_method: str, look: Look, server: Server) -> None:
    server.answer(to("/next", status), Reply())
    look(server.url(), method=method, body="" if method == "HEAD" else "a=1")
    second = server.received[1]
    assert (second.method, second.path) == (next_method, "/next")
    assert second.body == (b"" if next_method in ("GET", "HEAD") else b"a=1")
    assert ("Content-Type" in second.headers) is bool(second.body)


def test_secrets_go_along_within_one_origin(look: Look, server: Server) -> None:
    server.answer(to("/next"), Reply())
    look(server.url(), user="me", password="secret", headers={"X-Key": "abc"})
    assert server.received[1].headers["Authorization"] == "Basic bWU6c2VjcmV0"
    assert server.received[1].headers["X-Key"] == "abc"


def test_secrets_do_not_go_along_to_another_origin(look: Look, server: Server, other: Server) -> None:
    server.answer(to(other.url("/next")))
    look(server.url(), user="me", password="secret", headers={"X-Key": "abc", "Cookie": "a=b", "Accept": "text/html"})
    sent = {name.lower(): value for name, value in other.received[0].headers.items()}
    assert sent == {"host": f"127.0.0.1:{other.port}", "user-agent": "Tocsin/1 (uptime probe)", "accept": "text/html"}


def test_from_http_to_https_is_followed(look: Look, server: Server, secure: Server) -> None:
    server.answer(to(secure.url("/", "https")))
    assert look(server.url()).text == "200 OK"
    assert len(secure.received) == 1


def test_from_https_to_http_is_followed_without_credentials(look: Look, server: Server, secure: Server) -> None:
    secure.answer(to(server.url()))
    assert look(secure.url("/", "https")).text == "200 OK"
    assert len(server.received) == 1


@pytest.mark.parametrize("harmless", [{"Accept-Encoding": "gzip"}, {"X-Forwarded-Proto": "https"}, {"Referer": "a"}])
def test_from_https_to_http_is_followed_with_headers_that_are_no_secret(
    harmless: dict[str, str], look: Look, server: Server, secure: Server
) -> None:
    secure.answer(to(server.url()))
    assert look(secure.url("/", "https"), headers=harmless).text == "200 OK"


SECRETS = ({"Authorization": "a"}, {"Cookie": "a=b"}, {"X-Key": "abc"}, {"X-Auth": "abc"}, {"Session": "abc"})


@pytest.mark.parametrize("secret", [{"user": "me", "password": "pw"}, *({"headers": one} for one in SECRETS)])
def test_from_https_to_http_with_credentials_is_refused(
    secret: dict[str, object], look: Look, server: Server, secure: Server
) -> None:
    secure.answer(to(server.url()))
    outcome = look(secure.url("/", "https"), **secret)
    assert (outcome.ok, outcome.text) == (False, "redirected from https to http with credentials")
    assert server.received == []


def test_a_body_is_not_repeated_in_the_clear(look: Look, server: Server, secure: Server) -> None:
    secure.answer(to(server.url(), 307))
    assert not look(secure.url("/", "https"), method="POST", body="secret").ok
    assert server.received == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_every_redirect_goes_through_the_guard(status: int, look: Look, server: Server, doorbell: Doorbell) -> None:
    server.answer(to("/a", status), to(f"http://127.0.0.2:{doorbell.port}/latest/meta-data/", status))
    outcome = look(server.url())
    assert (outcome.ok, outcome.text) == (False, "address not allowed")
    assert (len(server.received), doorbell.rings()) == (2, 0)
