"""What services say in the JSON of their answers: a code and a time to wait, whatever else stands there."""

from __future__ import annotations

import json
from typing import Any

from chalicelib.channels import bodies
from chalicelib.channels.meanings import BASES, TABLE
from tests.cases import each


def said(service: str, document: Any) -> tuple[str, float | None]:
    return bodies.said(service, json.dumps(document).encode())


@each(
    ("service", "document", "code", "wait"),
    [
        ("Discord", {"code": 10015, "retry_after": 1.5}, "10015", 1.5),
        ("Telegram", {"parameters": {"retry_after": 30}}, "", 30.0),
        ("Matrix", {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 1500}, "M_LIMIT_EXCEEDED", 1.5),
        ("Zulip", {"code": "RATE_LIMIT_HIT", "retry-after": 28.7}, "RATE_LIMIT_HIT", 28.7),
        ("Kafka REST", {"offsets": [{"error_code": 50002}]}, "50002", None),
        ("Kafka REST", {"offsets": [{"error_code": None}]}, "", None),
        ("Kafka REST", {"offsets": []}, "", None),
        ("Feishu", {"StatusCode": 0}, "0", None),
        ("webhook", {"code": 10015, "retry_after": 7}, "", None),
    ],
)
def test_each_service_says_it_in_its_own_place(service: str, document: Any, code: str, wait: float | None) -> None:
    assert said(service, document) == (code, wait)


@each(
    "document",
    [None, [], "x", 7, {}, {"code": None}, {"code": True}, {"code": ["x"]}, {"code": "a b"}, {"code": "s3cret"}],
)
def test_what_is_no_code_is_none(document: Any) -> None:
    assert said("Discord", document) == ("", None)


@each("wait", [None, True, "7", -1, 1e300, [7], {"x": 7}])
def test_what_is_no_time_is_none(wait: Any) -> None:
    assert said("Discord", {"retry_after": wait}) == ("", None)


@each("body", [b"", b"\xff", b"<html>", b"[" * 60_000, b'{"code": NaN}', b'{"code": 1e400}'])
def test_a_body_that_is_not_understood_says_nothing(body: bytes) -> None:
    assert bodies.said("Discord", body) == ("", None)
    assert bodies.is_taken("WeCom", body)


@each(
    ("service", "document", "taken"),
    [
        ("WeCom", {"errcode": 0}, True),
        ("WeCom", {"errcode": 93000}, False),
        ("WeCom", {"errcode": -1}, False),
        ("WeCom", {"errcode": "s3cret"}, False),
        ("WeCom", {}, True),
        ("Telegram", {"ok": True}, True),
        ("Telegram", {"ok": False}, False),
        ("Rocket.Chat", {"success": True}, True),
        ("Rocket.Chat", {"success": False}, False),
        ("DingTalk", {"errcode": 310000}, False),
        ("Feishu", {"StatusCode": 0, "code": 0}, True),
        ("Feishu", {"code": 19001}, False),
        ("Kafka REST", {"error_code": 200}, True),
        ("Kafka REST", {"error_code": 40301}, False),
        ("Kafka REST", {"offsets": [{"error_code": 2}]}, False),
        ("Discord", {"code": 10015}, True),
        ("Slack", {"errcode": 1}, True),
    ],
)
def test_a_success_to_http_may_be_none(service: str, document: Any, taken: bool) -> None:
    assert bodies.is_taken(service, json.dumps(document).encode()) is taken


def test_every_service_with_a_manner_is_in_the_table() -> None:
    assert set(bodies.MANNERS) <= set(BASES)
    assert set(bodies.MANNERS) <= {row.service for row in TABLE}
