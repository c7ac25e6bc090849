"""What may be asked of an HTTP probe, and what is refused with the name of the field."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.core.errors import Invalid
from chalicelib.probes import http
from chalicelib.probes.documents import Assertion
from tests.cases import each

URL = "https://example.org/health?full=1"
# What is held against a body.
IN_BODY = {
    "keyword": "x",
    "not_keyword": "x",
    "json": [{"path": "a"}],
    "digest": "0" * 40,
    "min_size": 1,
    "max_size": 1,
}


def refusal(**definition: Any) -> Invalid:
    with pytest.raises(Invalid) as caught:
        http.clean({"url": URL, **definition})
    return caught.value


def test_a_url_alone_is_a_whole_definition() -> None:
    assert http.clean({"type": "http", "url": URL}).document() == {
        "type": "http",
        "timeout": 30,
        "url": URL,
        "method": "GET",
        "headers": {},
        "body": "",
        "user": "",
        "password": "",
        "follow_redirects": True,
        "verify": True,
        "expect_codes": "200-399",
        "keyword": "",
        "not_keyword": "",
        "min_size": None,
        "max_size": None,
        "digest": "",
        "json": [],
        "cert_days": None,
        "cert_warn_days": None,
    }


def test_cleaning_what_is_clean_changes_nothing() -> None:
    definition = http.clean(
        {
            "url": URL,
            "method": "post",
            "headers": {"X-Key": " abc "},
            "expect_codes": "200, 404",
            "digest": "A" * 64,
            "json": [{"path": "a[0].b", "value": 1}],
            "timeout": 5,
            "cert_days": 0,
        }
    )
    assert (definition.method, definition.headers) == ("POST", {"X-Key": "abc"})
    assert (definition.expect_codes, definition.digest) == ("200,404", "a" * 64)
    assert definition.json == (Assertion("a[0].b", "eq", 1),)
    assert http.clean(definition.document()) == definition


def test_one_expected_code_may_be_a_number() -> None:
    assert http.clean({"url": URL, "expect_codes": 204}).expect_codes == "204"


@each(
    ("url", "told"),
    [
        (None, "is missing"),
        ("", "is missing"),
        (7, "is not a string"),
        ("example.org", "must begin with http:// or https://"),
        ("file:///etc/passwd", "must begin with http:// or https://"),
        ("gopher://example.org/", "must begin with http:// or https://"),
        ("ftp://example.org/", "must begin with http:// or https://"),
        ("http:///path", "does not hold a host"),
        ("http://:80/", "does not hold a host"),
        ("http://user:pass@example.org/", "which have fields of their own"),
        ("http://user@example.org/", "which have fields of their own"),
        ("http://@example.org/", "which have fields of their own"),
        ("http://example.org:0/", "is not a valid web address"),
        ("http://example.org:99999/", "is not a valid web address"),
        ("http://example.org:x/", "is not a valid web address"),
        ("http://[::1/", "is not a valid web address"),
        ("http://[fe80::1%25eth0]/", "does not hold a valid host name"),
        ("http://-bad-.example/", "does not hold a valid host name"),
        ("http://exam ple.org/", "spaces, control characters or backslashes"),
        ("http://example.org\\@127.0.0.1/", "spaces, control characters or backslashes"),
        ("http://example.org/\r\nX: y", "holds control characters"),
        ("http://example.org/\0", "cannot be used"),
        ("http://example.org/\ud800", "cannot be used"),
        ("http://example.org/" + "a" * 2_000, "is too long"),
    ],
)
def test_what_is_no_web_address_is_refused(url: Any, told: str) -> None:
    error = refusal(url=url)
    assert error.field == "url"
    assert told in error.message


@each(
    ("definition", "field"),
    [
        ({"keywrod": "x"}, "keywrod"),
        ({"timeout": 0}, "timeout"),
        ({"timeout": 61}, "timeout"),
        ({"timeout": "5"}, "timeout"),
        ({"timeout": True}, "timeout"),
        ({"method": "CONNECT"}, "method"),
        ({"method": "GET\r\nX: y"}, "method"),
        ({"method": 1}, "method"),
        ({"headers": ["X: y"]}, "headers"),
        ({"headers": {"X": 1}}, "headers"),
        ({"headers": {"X Y": "z"}}, "headers"),
        ({"headers": {"": "z"}}, "headers"),
        ({"headers": {"X": "a\r\nY: b"}}, "headers"),
        ({"headers": {"X": "é"}}, "headers"),
        ({"headers": {"X": "a" * 4_001}}, "headers"),
        ({"headers": {f"X{number}": "" for number in range(51)}}, "headers"),
        ({"headers": {"Content-Length": "5"}}, "headers"),
        ({"headers": {"transfer-encoding": "chunked"}}, "headers"),
        ({"body": 1}, "body"),
        ({"body": "a" * 65_537}, "body"),
        ({"body": "a", "method": "HEAD"}, "body"),
        *(({"method": "HEAD", name: value}, "method") for name, value in IN_BODY.items()),
        ({"body": "\u20ac", "headers": {"Content-Type": "text/plain; charset=latin-1"}}, "body"),
        ({"user": "a:b", "password": "c"}, "user"),
        ({"password": "c"}, "user"),
        ({"user": "a\nb"}, "user"),
        ({"follow_redirects": "yes"}, "follow_redirects"),
        ({"verify": 1}, "verify"),
        ({"expect_codes": "abc"}, "expect_codes"),
        ({"expect_codes": "99"}, "expect_codes"),
        ({"expect_codes": "200-"}, "expect_codes"),
        ({"expect_codes": "299-200"}, "expect_codes"),
        ({"expect_codes": "200,,201"}, "expect_codes"),
        ({"expect_codes": True}, "expect_codes"),
        ({"expect_codes": [200]}, "expect_codes"),
        ({"keyword": "a" * 1_001}, "keyword"),
        ({"keyword": "\ud800"}, "keyword"),
        ({"not_keyword": 3}, "not_keyword"),
        ({"min_size": -1}, "min_size"),
        ({"min_size": 1.5}, "min_size"),
        ({"min_size": 5, "max_size": 4}, "max_size"),
        ({"max_size": 10_000_001}, "max_size"),
        ({"digest": "abc"}, "digest"),
        ({"digest": "g" * 40}, "digest"),
        ({"cert_days": -1}, "cert_days"),
        ({"cert_warn_days": "30"}, "cert_warn_days"),
        ({"cert_days": 5, "url": "http://example.org/"}, "cert_days"),
        ({"cert_warn_days": 5, "url": "http://example.org/"}, "cert_warn_days"),
        ({"json": {"path": "a"}}, "json"),
        ({"json": ["a"]}, "json"),
        ({"json": [{"path": "a..b"}]}, "json"),
        ({"json": [{"path": "a[x]"}]}, "json"),
        ({"json": [{"path": "a", "op": "like"}]}, "json"),
        ({"json": [{"path": "a", "op": "lt", "value": None}]}, "json"),
        ({"json": [{"path": "a", "value": "x" * 2_000}]}, "json"),
        ({"json": [{"path": "a", "vlaue": 1}]}, "json"),
        ({"json": [{"path": "a"}] * 21}, "json"),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_name(definition: dict[str, Any], field: str) -> None:
    assert refusal(**definition).field == field


def test_an_international_name_is_kept_as_it_was_given() -> None:
    assert http.clean({"url": "https://bücher.example/größe"}).url == "https://bücher.example/größe"
