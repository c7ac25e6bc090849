"""The definitions of the types that converse: what is kept of them, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib import probes
from chalicelib.core.errors import Invalid
from chalicelib.probes import kind_named
from tests.cases import each

HOST: dict[str, Any] = {"host": "www.example.org"}
MINIMAL: dict[str, dict[str, Any]] = {
    "tcp": HOST | {"port": 7},
    "ping": HOST,
    "tls": HOST,
    "dns": HOST,
    "smtp": HOST,
    "pop3": HOST,
    "imap": HOST,
    "ftp": HOST,
    "ssh": HOST,
    "telnet": HOST,
    "mysql": HOST,
    "websocket": {"url": "wss://www.example.org/feed"},
    "domain": {"domain": "example.org"},
    **dict.fromkeys(("postgresql", "redis", "mqtt", "ldap", "grpc"), HOST),
}
ENTERED = {"user": "", "password": "", "tls": False, "verify": True}
ALL_ENTERED = {"port": 1, "user": "u", "password": "p", "tls": True, "verify": False}
LOGGING_IN = ("smtp", "pop3", "imap", "ftp")
MAIL = {"tls": "none", "verify": True, "user": "", "password": ""}
DEFAULTS: dict[str, dict[str, Any]] = {
    "tcp": {"port": 7, "send": "", "expect": "", "tls": False, "verify": True},
    "ping": {"port": 80},
    "tls": {
        "port": 443,
        "server_name": "www.example.org",
        "verify": True,
        "cert_days": None,
        "cert_warn_days": None,
    },
    "dns": {"record": "A", "expected": [], "match": "contains", "server": "", "port": 53},
    "smtp": {"port": 25} | MAIL,
    "pop3": {"port": 110} | MAIL,
    "imap": {"port": 143} | MAIL,
    "ftp": {"port": 21} | MAIL,
    "ssh": {"port": 22, "expect": ""},
    "telnet": {"port": 23, "expect": ""},
    "mysql": {"port": 3306} | ENTERED,
    "postgresql": {"port": 5432, "database": ""} | ENTERED,
    "redis": {"port": 6379} | ENTERED,
    "mqtt": {"port": 1883} | ENTERED,
    "ldap": {"port": 389} | ENTERED,
    "grpc": {"port": 50051, "service": "", "tls": False, "verify": True},
    "websocket": {"send": "", "expect": "", "verify": True},
    "domain": {"days": 14, "warn_days": None, "server": ""},
}


def refusal(kind: str, **definition: Any) -> Invalid:
    with pytest.raises(Invalid) as caught:
        kind_named(kind).clean(MINIMAL[kind] | definition)
    return caught.value


@each("kind", MINIMAL)
def test_a_clean_definition_is_complete(kind: str) -> None:
    cleaned = kind_named(kind).clean(MINIMAL[kind])
    assert cleaned.document() == {"type": kind, "timeout": 30} | MINIMAL[kind] | DEFAULTS[kind]


@each("kind", MINIMAL)
def test_a_clean_definition_is_clean_already(kind: str) -> None:
    cleaned = kind_named(kind).clean(MINIMAL[kind])
    assert kind_named(kind).clean(json.loads(json.dumps(cleaned.document()))) == cleaned


# Every key of every type, as it is by default for no one.
FULL: dict[str, dict[str, Any]] = {
    "http": {
        "url": "https://www.example.org/",
        "method": "POST",
        "headers": {"X": "y"},
        "body": "b",
        "user": "me",
        "password": "secret",
        "follow_redirects": False,
        "verify": False,
        "expect_codes": "201",
        "keyword": "k",
        "not_keyword": "n",
        "min_size": 1,
        "max_size": 2,
        "digest": "a" * 40,
        "cert_days": 1,
        "cert_warn_days": 2,
        "json": [{"path": "a", "op": "ne", "value": [1, None, {"b": 2.5}]}],
    },
    "tcp": HOST | {"port": 7, "send": "s", "expect": "e", "tls": True, "verify": False},
    "ping": HOST | {"port": 81},
    "tls": HOST | {"port": 1, "server_name": "a.org", "verify": False, "cert_days": 1, "cert_warn_days": 2},
    "dns": HOST | {"record": "MX", "expected": ["a", "b"], "match": "exact", "server": "192.0.2.1", "port": 54},
    **{kind: HOST | {"port": 1, "tls": "tls", "verify": False, "user": "u", "password": "p"} for kind in LOGGING_IN},
    "ssh": HOST | {"port": 1, "expect": "e"},
    "telnet": HOST | {"port": 1, "expect": "e"},
    **dict.fromkeys(("mysql", "redis", "mqtt", "ldap"), HOST | ALL_ENTERED),
    "postgresql": HOST | ALL_ENTERED | {"database": "d"},
    "grpc": HOST | {"port": 1, "service": "a.B", "tls": True, "verify": False},
    "websocket": {"url": "wss://www.example.org/feed", "send": "s", "expect": "e", "verify": False},
    "domain": {"domain": "example.org", "days": 1, "warn_days": 2, "server": "https://rdap.example.org/"},
}


@each("kind", probes.NAMES)
def test_a_definition_comes_out_of_the_store_as_it_was_put_in(kind: str) -> None:
    clean = kind_named(kind).clean(FULL[kind] | {"timeout": 7})
    assert set(clean.document()) == {"type", "timeout", *FULL[kind]}
    kept = json.loads(json.dumps(clean.document()))
    assert probes.read(kept | {"later": 1}) == clean


@pytest.mark.parametrize("document", [{}, {"type": "gopher"}, {"type": None}, {"type": "tcp", "port": 1}])
def test_a_definition_that_cannot_be_read_is_of_no_type(document: dict[str, Any]) -> None:
    assert probes.read(document).type == ""


@each("kind", MINIMAL)
def test_an_unknown_key_is_refused_by_its_name(kind: str) -> None:
    error = refusal(kind, hots="x")
    assert (error.field, "is unknown" in error.message) == ("hots", True)


@each("kind", MINIMAL)
def test_a_definition_without_a_place_to_go_is_refused(kind: str) -> None:
    with pytest.raises(Invalid) as caught:
        kind_named(kind).clean({})
    assert caught.value.field == next(iter(MINIMAL[kind]))
    assert caught.value.message == "is missing"


@each("kind", [kind for kind in MINIMAL if "host" in MINIMAL[kind]])
@each("host", ["", "a b", "a\r\nb", "-a.org", "a" * 64 + ".org", "http://a.org/", 7, ["a.org"], "\0"])
def test_a_host_that_is_none_is_refused(kind: str, host: Any) -> None:
    assert refusal(kind, host=host).field == "host"


@each("kind", [kind for kind in DEFAULTS if "port" in DEFAULTS[kind]])
@each("port", [0, 65_536, -1, "25", 25.0, True])
def test_a_port_that_is_none_is_refused(kind: str, port: Any) -> None:
    assert refusal(kind, port=port).field == "port"


@each("kind", MINIMAL)
@each("timeout", [0, 61, "30", True])
def test_a_timeout_beyond_bounds_is_refused(kind: str, timeout: Any) -> None:
    assert refusal(kind, timeout=timeout).field == "timeout"


@each(
    ("kind", "mode", "port"),
    [
        *[("smtp", "none", 25), ("smtp", "starttls", 587), ("smtp", "tls", 465)],
        *[("pop3", "none", 110), ("pop3", "starttls", 110), ("pop3", "tls", 995)],
        *[("imap", "none", 143), ("imap", "starttls", 143), ("imap", "tls", 993)],
        *[("ftp", "none", 21), ("ftp", "starttls", 21), ("ftp", "tls", 990)],
    ],
)
def test_the_usual_port_is_that_of_the_way_it_is_secured(kind: str, mode: str, port: int) -> None:
    assert kind_named(kind).clean(HOST | {"tls": mode}).document()["port"] == port
    assert kind_named(kind).clean(HOST | {"tls": mode, "port": 2_525}).document()["port"] == 2_525


@each("kind", LOGGING_IN)
@each(
    ("definition", "field"),
    [
        ({"user": "ops"}, "password"),
        ({"password": "secret"}, "user"),
        ({"user": "ops\r\nDELE 1", "password": "secret"}, "user"),
        ({"user": "ops", "password": "a\nb"}, "password"),
        ({"user": "ops", "password": "x" * 201}, "password"),
        ({"user": ["ops"], "password": "secret"}, "user"),
        ({"tls": "ssl"}, "tls"),
        ({"tls": True}, "tls"),
        ({"verify": "yes"}, "verify"),
    ],
)
def test_a_log_in_that_cannot_be_is_refused(kind: str, definition: dict[str, Any], field: str) -> None:
    error = refusal(kind, **definition)
    assert error.field == field
    assert "secret" not in error.message


@each(
    ("kind", "definition", "field"),
    [
        ("tcp", {"send": "\\q"}, "send"),
        ("tcp", {"expect": "\\x4"}, "expect"),
        ("tcp", {"expect": "\\"}, "expect"),
        ("tcp", {"send": "x" * 4_001}, "send"),
        ("tcp", {"port": None}, "port"),
        ("tcp", {"tls": "starttls"}, "tls"),
        ("telnet", {"expect": "\\q"}, "expect"),
        ("ssh", {"expect": "a\nb"}, "expect"),
        ("tls", {"cert_days": -1}, "cert_days"),
        ("tls", {"cert_warn_days": "30"}, "cert_warn_days"),
        ("tls", {"server_name": "a b"}, "server_name"),
        ("dns", {"record": "ANY"}, "record"),
        ("dns", {"record": 1}, "record"),
        ("dns", {"expected": {"a": 1}}, "expected"),
        ("dns", {"expected": 7}, "expected"),
        ("dns", {"expected": ["www.example.org"]}, "expected"),
        ("dns", {"expected": ["2001:db8::1"]}, "expected"),
        ("dns", {"expected": [""], "record": "TXT"}, "expected"),
        ("dns", {"expected": ["192.0.2.1"] * 21}, "expected"),
        ("dns", {"match": "any"}, "match"),
        ("dns", {"server": "a b"}, "server"),
        ("websocket", {"url": "https://www.example.org/"}, "url"),
        ("websocket", {"url": "ws://user:password@www.example.org/"}, "url"),
        ("websocket", {"url": "ws:///feed"}, "url"),
        ("websocket", {"send": 7}, "send"),
        ("domain", {"domain": "org"}, "domain"),
        ("domain", {"domain": "192.0.2.1"}, "domain"),
        ("domain", {"domain": "[2001:db8::1]"}, "domain"),
        ("domain", {"days": -1}, "days"),
        ("domain", {"server": "ldap://rdap.example.org/"}, "server"),
        ("domain", {"server": "https://me:secret@rdap.example.org/"}, "server"),
    ],
)
def test_what_cannot_be_is_refused_by_its_name(kind: str, definition: dict[str, Any], field: str) -> None:
    assert refusal(kind, **definition).field == field
