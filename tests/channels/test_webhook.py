"""Webhooks: settings, which half is used, and the requests as they arrive."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

import pytest

from chalicelib.channels import Event, Outlet, webhook
from chalicelib.channels.fields import MASK
from chalicelib.core.errors import Invalid
from chalicelib.core.news import News
from tests.cases import each
from tests.channels.samples import CODE, HOSTILE, check, news
from tests.channels.servers import Received, Server

URL = "https://hooks.example.org/down"


def clean(**settings: object) -> dict[str, Any]:
    return webhook.clean({"url_down": URL} | settings)


def refusal(**settings: object) -> tuple[str, str]:
    with pytest.raises(Invalid) as caught:
        clean(**settings)
    return caught.value.field, caught.value.message


def sent(server: Server, outlet: Outlet, told: News | None = None, **settings: object) -> Received:
    """What arrives at the server when a webhook with these settings (paths for addresses) tells the news."""
    settings = {key: server.url(str(value)) if "url_" in key else value for key, value in settings.items()}
    webhook.send(webhook.clean(settings), [told or news()], outlet)
    return server.received[-1]


def test_an_address_alone_is_enough() -> None:
    assert clean() == {
        "method_down": "GET",
        "url_down": URL,
        "body_down": "",
        "headers_down": {},
        "method_up": "GET",
        "url_up": "",
        "body_up": "",
        "headers_up": {},
    }


def test_a_webhook_may_be_for_one_direction_only() -> None:
    assert webhook.clean({"url_up": URL})["url_up"] == URL
    with pytest.raises(Invalid) as caught:
        webhook.clean({"url_down": "", "url_up": " "})
    assert caught.value.field == "settings.url_down"


def test_a_body_makes_it_a_post_unless_told_otherwise() -> None:
    assert clean(body_down="x")["method_down"] == "POST"
    assert clean(body_down="x", method_down="put")["method_down"] == "PUT"


@each("method", ["DELETE", "HEAD", "GET ", "", "GET\r\nX: y", "P" * 1_000])
def test_another_method_is_refused(method: str) -> None:
    assert refusal(method_down=method)[0] == "settings.method_down"


def test_a_body_that_would_not_be_sent_is_refused() -> None:
    assert refusal(method_down="GET", body_down="x") == ("settings.body_down", "cannot be sent with GET")


@each("url", ["example.org", "ftp://example.org/", "http://a b/", "https://\r\n/", "x" * 2_001, "/x"])
@each("key", ["url_down", "url_up"])
def test_what_is_no_web_address_is_refused(key: str, url: str) -> None:
    assert refusal(**{key: url})[0] == f"settings.{key}"


@pytest.mark.parametrize("url", ["https://$NAME/", "https://$TAG1.example.org/", "https://example.org$NAME/", "$BODY"])
def test_a_placeholder_cannot_choose_who_is_called(url: str) -> None:
    assert refusal(url_down=url)[0] == "settings.url_down"


@each(
    ("headers", "words"),
    [
        (None, "is not an object"),
        ([["a", "b"]], "is not an object"),
        ("a: b", "is not an object"),
        ({f"X-{number}": "" for number in range(21)}, "more than 20"),
        ({"X-A": "1", "x-a": "2"}, "twice"),
        ({"": "x"}, "not a header's"),
        ({"X A": "x"}, "not a header's"),
        ({"X:": "x"}, "not a header's"),
        ({"X\r\nY": "x"}, "not a header's"),
        ({"É": "x"}, "not a header's"),
        ({"X" * 101: "x"}, "too long"),
        ({"Host": "x"}, "must not set Host"),
        ({"content-length": "5"}, "must not set content-length"),
        ({"Transfer-Encoding": "chunked"}, "must not set"),
        ({"Idempotency-Key": "x"}, "must not set"),
        ({"X": None}, "missing"),
        ({"X": 1}, "not a string"),
        ({"X": "a\r\nY: b"}, "control characters"),
        ({"X": "a\x7f"}, "control characters"),
        ({"X": "☃"}, "Latin-1"),
        ({"X": "a\0"}, "cannot be used"),
        ({"X": "\ud800"}, "cannot be used"),
        ({"X": "x" * 2_001}, "too long"),
        ({"X": MASK}, "hidden value"),
    ],
)
@each("direction", ["down", "up"])
def test_a_header_that_cannot_be_sent_is_refused(direction: str, headers: object, words: str) -> None:
    field, message = refusal(**{f"headers_{direction}": headers})
    assert field == f"settings.headers_{direction}"
    assert words in message


def test_a_body_is_limited() -> None:
    assert refusal(body_down="x" * 10_001)[0] == "settings.body_down"
    assert refusal(body_down=5)[0] == "settings.body_down"


@each(
    ("event", "settings", "wanted"),
    [
        ("down", {"url_down": URL}, True),
        ("up", {"url_down": URL}, False),
        ("down", {"url_up": URL}, False),
        ("up", {"url_up": URL}, True),
        ("test", {"url_down": URL}, True),
        ("test", {"url_up": URL}, True),
    ],
)
def test_a_direction_without_an_address_is_not_wanted(event: Event, settings: dict[str, object], wanted: bool) -> None:
    assert webhook.wants(webhook.clean(settings), event) is wanted


def test_each_direction_has_its_own_request(server: Server, outlet: Outlet) -> None:
    both = {"url_down": "/d", "body_down": "down", "url_up": "/u", "method_up": "PUT", "headers_up": {"X-Up": "1"}}
    down, up = sent(server, outlet, news(), **both), sent(server, outlet, news("up"), **both)
    assert (down.method, down.path, down.body) == ("POST", "/d", b"down")
    assert (up.method, up.path, up.body, up.headers["X-Up"]) == ("PUT", "/u", b"", "1")


@pytest.mark.parametrize(
    ("new", "settings", "path"),
    [
        ("down", {"url_down": "/d", "url_up": "/u"}, "/d"),
        ("up", {"url_down": "/d", "url_up": "/u"}, "/u"),
        ("up", {"url_down": "/d"}, "/d"),
        ("down", {"url_up": "/u"}, "/u"),
    ],
)
def test_a_test_uses_the_half_of_its_flip_or_the_one_there_is(
    new: str, settings: dict[str, object], path: str, server: Server, outlet: Outlet
) -> None:
    assert sent(server, outlet, news("test", new=new), **settings).path == path


def test_a_reminder_goes_where_down_goes(server: Server, outlet: Outlet) -> None:
    assert sent(server, outlet, news(reminder=2), url_down="/d", url_up="/u").path == "/d"


def test_values_in_an_address_are_percent_encoded(server: Server, outlet: Outlet) -> None:
    told = news(check=check(name="a/b c?d=é&#"))
    assert sent(server, outlet, told, url_down="/$NAME/x?q=$TAGS").path == "/a%2Fb%20c%3Fd%3D%C3%A9%26%23/x?q=prod%20db"


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_no_name_can_break_out_of_an_address_a_header_or_a_body(name: str, server: Server, outlet: Outlet) -> None:
    name = name[:10_000]
    template = {
        "url_down": "/x?n=$NAME&end=1",
        "headers_down": {"X-Name": "<$NAME>"},
        "body_down": '{"name": $NAME_JSON}',
    }
    received = sent(server, outlet, news(check=check(name=name)), **template)
    assert unquote(received.path) == f"/x?n={name}&end=1".encode("utf-8", "replace").decode()
    assert set(received.headers) == {
        *("Host", "Accept-Encoding", "Content-Length", "X-Name", "Content-Type", "User-Agent", "Idempotency-Key")
    }
    assert received.headers["X-Name"].startswith("<")
    assert received.headers["X-Name"].endswith(">")
    assert json.loads(received.body) == {"name": name}


def test_a_header_value_is_latin_1_on_one_line(server: Server, outlet: Outlet) -> None:
    told = news(check=check(name="é\r\nX-Evil: ☃"))
    assert sent(server, outlet, told, url_down="/", headers_down={"X-Name": "$NAME"}).headers["X-Name"] == (
        "é  X-Evil: &#9731;"
    )


def test_the_last_body_goes_into_the_request_body_only(server: Server, outlet: Outlet) -> None:
    received = sent(server, outlet, url_down="/$BODY", headers_down={"X": "$BODY"}, body_down="$BODY")
    assert (received.path, received.headers["X"], received.body) == ("/$BODY", "$BODY", b"No space left on device")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ('{"name": $NAME_JSON}', "application/json"),
        ("$JSON", "application/json"),
        ("[1]", "application/json"),
        ("$NAME is $STATUS", "text/plain; charset=utf-8"),
        ('{"name": "$BODY"', "text/plain; charset=utf-8"),
        ("[" * 10_000, "text/plain; charset=utf-8"),
    ],
    ids=lambda value: str(value)[:20],
)
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_body_is_called_json_when_it_is(
    method: str, body: str, content_type: str, server: Server, outlet: Outlet
) -> None:
    received = sent(server, outlet, url_down="/", method_down=method, body_down=body)
    assert received.headers["Content-Type"] == content_type


def test_a_request_without_a_body_has_no_content_type(server: Server, outlet: Outlet) -> None:
    for method in ("GET", "POST"):
        received = sent(server, outlet, url_down="/", method_down=method)
        assert "Content-Type" not in received.headers
        assert received.body == b""


def test_the_owners_headers_win_over_the_defaults(server: Server, outlet: Outlet) -> None:
    own = {"content-type": "application/xml", "user-agent": "Ours/1", "Authorization": "Bearer abc"}
    received = sent(server, outlet, url_down="/", body_down="{}", headers_down=own)
    lowered = {name.lower(): value for name, value in received.headers.items()}
    assert len(lowered) == len(received.headers)
    assert {name.lower(): lowered[name.lower()] for name in own} == {name.lower(): value for name, value in own.items()}


def test_a_password_in_the_address_is_sent_and_may_hold_a_placeholder(server: Server, outlet: Outlet) -> None:
    settings = webhook.clean({"url_down": f"http://user:$CODE@127.0.0.1:{server.port}/"})
    webhook.send(settings, [news()], outlet)
    assert server.received[0].headers["Authorization"].startswith("Basic ")
    assert CODE not in server.received[0].path


def test_a_reader_sees_that_there_are_secrets_and_not_which() -> None:
    settings = clean(
        url_down="https://user:s3cret@hooks.example.org/s3cret?key=s3cret",
        headers_down={"Authorization": "s3cret"},
        body_down='{"routing_key": "s3cret"}',
    )
    shown = webhook.public(settings)
    assert "s3cret" not in str(shown)
    assert shown["url_down"] == f"https://hooks.example.org/{MASK}"
    assert shown["headers_down"] == {"Authorization": MASK}
    assert (shown["body_down"], shown["method_down"]) == (MASK, "POST")
    assert (shown["url_up"], shown["headers_up"], shown["body_up"]) == ("", {}, "")
    assert settings["headers_down"] == {"Authorization": "s3cret"}


def test_what_a_reader_saw_cannot_be_written_back_over_the_secrets() -> None:
    with pytest.raises(Invalid, match="hidden value"):
        webhook.clean(webhook.public(clean(body_down="s3cret")))
