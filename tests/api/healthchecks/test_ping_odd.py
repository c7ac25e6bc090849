"""A ping is never lost to an odd header, encoding, size or method: what is odd is cut or left out, the ping counts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.client import Api

METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"]
pytestmark = pytest.mark.usefixtures("quiet")


@pytest.fixture
def check(api: Api) -> dict[str, Any]:
    return api.check()


def sent(api: Api, check: dict[str, Any], method: str = "POST", action: str = "", **more: Any) -> dict[str, Any]:
    """Pings, and answers the ping as it was recorded."""
    answer = api.ping(check, action, method=method, **more)
    assert (answer.status, answer.text) == (200, "OK")
    (ping,) = api.pings(check)
    return dict(ping)


def body_of(api: Api, ping: dict[str, Any]) -> str:
    return api.get(ping["body_url"].removeprefix("https://tocsin.example.org")).text


@pytest.mark.parametrize("method", METHODS)
def test_every_method_is_a_ping(method: str, check: dict[str, Any], api: Api) -> None:
    ping = sent(api, check, method)
    assert (ping["type"], ping["method"]) == ("success", method)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_may_bring_a_body(method: str, check: dict[str, Any], api: Api) -> None:
    assert body_of(api, sent(api, check, method, data=b"a body")) == "a body"


def test_an_empty_body_is_none(check: dict[str, Any], api: Api) -> None:
    assert sent(api, check, data=b"")["body_url"] is None


@pytest.mark.parametrize("size", [9_999, 10_000, 10_001, 1_000_000, 3_000_000])
def test_a_body_is_cut_at_its_limit(size: int, check: dict[str, Any], api: Api) -> None:
    body = (b"0123456789" * (size // 10 + 1))[:size]
    assert body_of(api, sent(api, check, data=body)) == body[:10_000].decode()


def test_a_letter_that_the_cut_goes_through_is_no_reason_to_lose_the_rest(check: dict[str, Any], api: Api) -> None:
    body = body_of(api, sent(api, check, data=b"x" + "ž".encode() * 5_000))
    assert (len(body), body[:2], body[-1]) == (5_001, "xž", "\ufffd")


@pytest.mark.parametrize(
    "data", [b"\x00", b"\x00" * 20_000, b"\xff\xfe\xfd", bytes(range(256)) * 40, "ž\u2603😀".encode("utf-16")]
)
def test_a_body_may_be_anything(data: bytes, check: dict[str, Any], api: Api) -> None:
    assert body_of(api, sent(api, check, data=data)) == data[:10_000].decode("utf-8", "replace")


@pytest.mark.parametrize(
    "content_type",
    ["", "nonsense", "application/json", "application/octet-stream", "image/png", "multipart/form-data", "a/b; " * 500],
)
def test_the_content_type_does_not_matter(content_type: str, check: dict[str, Any], api: Api) -> None:
    ping = sent(api, check, data=b"{ no json", headers={"Content-Type": content_type, "Content-Encoding": "gzip"})
    assert body_of(api, ping) == "{ no json"


@pytest.mark.parametrize(
    ("forwarded", "shown"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.7, 10.0.0.1, 10.0.0.2", "192.0.2.7"),
        ("192.0.2.7:5678", "192.0.2.7"),
        ("2001:DB8::7", "2001:db8::7"),
        ("[2001:db8::7]:443", "2001:db8::7"),
        ("[2001:db8::7]", "2001:db8::7"),
        ("unknown", "127.0.0.1"),
        ("_hidden, 192.0.2.7", "127.0.0.1"),
        ("", "127.0.0.1"),
        (",", "127.0.0.1"),
        ("999.1.1.1", "127.0.0.1"),
        ("x" * 5000, "127.0.0.1"),
        ("\ud800\x00", "127.0.0.1"),
    ],
)
def test_a_proxy_that_talks_nonsense_is_not_believed(
    forwarded: str, shown: str, check: dict[str, Any], api: Api
) -> None:
    assert sent(api, check, headers={"X-Forwarded-For": forwarded})["remote_addr"] == shown


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("https", "https"),
        ("https, http", "https"),
        ("", "http"),
        ("x" * 500, "x" * 10),
        ("\ud800\x00", "?\x00"),
        (",", "http"),
    ],
)
def test_a_long_protocol_is_cut(given: str, shown: str, check: dict[str, Any], api: Api) -> None:
    assert sent(api, check, headers={"X-Forwarded-Proto": given})["scheme"] == shown


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({}, ""),
        ({"User-Agent": ""}, ""),
        ({"User-Agent": "u" * 200}, "u" * 200),
        ({"User-Agent": "u" * 20_000}, "u" * 200),
        ({"User-Agent": "Ünïcödé ☃"}, "Ünïcödé ☃"),
        ({"User-Agent": "\ud800 half"}, "? half"),
        ({"User-Agent": "\x00\x01\x7f"}, "\x00\x01\x7f"),
    ],
)
def test_a_user_agent_is_cut_and_may_be_missing(
    given: dict[str, str], shown: str, check: dict[str, Any], api: Api
) -> None:
    assert sent(api, check, headers=given)["ua"] == shown


@pytest.mark.parametrize(
    "query",
    ["?", "?x", "?=", "?x=%FF%FE", "?x=%", "?x=%zz", "?%00=%00", "?&&&=", "?x=" + "y" * 8000, "?a=1;b=2"],
)
def test_a_query_that_nobody_asked_for_does_no_harm(query: str, check: dict[str, Any], api: Api) -> None:
    assert sent(api, check, action=query)["rid"] is None


def test_a_body_that_the_gateway_hands_on_as_broken_text_counts(check: dict[str, Any], api: Api) -> None:
    ping = sent(api, check, data="half \ud800 a pair")
    assert body_of(api, ping) == "half ? a pair"


def test_headers_of_every_kind_do_no_harm(check: dict[str, Any], api: Api) -> None:
    headers = {
        "Accept": "image/png",
        "Accept-Encoding": "nonsense",
        "Authorization": "Basic \ud800",
        "Cookie": "a=b" * 2000,
        "Expect": "100-continue",
        "Host": "",
        "Range": "bytes=0-1",
        "Transfer-Encoding": "chunked",
        "X-Api-Key": "x" * 32,
    }
    assert sent(api, check, headers=headers)["type"] == "success"
