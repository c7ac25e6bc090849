"""Assertions on JSON: paths, operations, and what is no JSON at all."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.probes import documents
from chalicelib.probes.base import Failed
from tests.cases import each

DOCUMENT = {"state": "ok", "n": 3, "on": True, "none": None, "list": [1, {"a b": "x"}], "deep": {"er": {"est": 1.5}}}
DOCUMENT["dotted.name"] = "y"


def holds(path: str, op: str, value: Any = None) -> bool:
    assertions = documents.clean([{"path": path, "op": op, "value": value}])
    try:
        documents.judge(assertions, json.dumps(DOCUMENT).encode())
    except Failed:
        return False
    return True


@each(
    ("path", "op", "value", "expected"),
    [
        ("state", "eq", "ok", True),
        ("state", "eq", "OK", False),
        ("state", "ne", "bad", True),
        ("state", "ne", "ok", False),
        ("n", "eq", 3.0, True),
        ("n", "eq", "3", False),
        ("on", "eq", True, True),
        ("on", "eq", 1, False),
        ("none", "eq", None, True),
        ("n", "lt", 4, True),
        ("n", "lt", 3, False),
        ("n", "le", 3, True),
        ("n", "gt", 2, True),
        ("n", "ge", 4, False),
        ("state", "lt", 3, False),
        ("state", "gt", "oj", True),
        ("state", "contains", "k", True),
        ("list", "contains", 1, True),
        ("list", "contains", 2, False),
        ("deep", "contains", "er", True),
        ("n", "contains", 3, False),
        ("list[0]", "eq", 1, True),
        ("list[-1].a b", "eq", "x", True),
        ("list[1].a b", "eq", "x", True),
        ("list[2]", "exists", None, False),
        ("list[-3]", "exists", None, False),
        ("list.0", "exists", None, False),
        ("deep.er.est", "ge", 1.5, True),
        ("deep.er.er", "exists", True, False),
        ("deep.er.er", "exists", False, True),
        ("deep.er", "exists", False, False),
        ("state.length", "exists", None, False),
        ("missing", "ne", 1, True),
        ("missing", "eq", None, False),
        ("", "contains", "state", True),
        ("$", "contains", "state", True),
        ("$.state", "eq", "ok", True),
        ("$.deep['er'].est", "eq", 1.5, True),
        ('list[1]["a b"]', "eq", "x", True),
        ("['dotted.name']", "eq", "y", True),
        ("deep['er.est']", "exists", None, False),
        ("on", "gt", 0, False),
        ("on", "ge", 1, False),
        ("list", "contains", True, False),
        ("list", "eq", [True, {"a b": "x"}], False),
        ("list", "eq", [1.0, {"a b": "x"}], True),
    ],
)
def test_an_assertion_holds_or_not(path: str, op: str, value: Any, expected: bool) -> None:
    assert holds(path, op, value) is expected


@each(
    "body",
    [b"", b"<html>", b"NaN", b'{"a": -Infinity}', b"\xff\xfe\x00", b"[" * 100_000, b'{"a": ' + b"9" * 10_000 + b"}"],
)
def test_what_is_no_json_is_told_as_such(body: bytes) -> None:
    with pytest.raises(Failed, match="answer is not JSON"):
        documents.judge([documents.Assertion("a", "exists", None)], body)


def test_the_failure_names_the_path_and_not_what_stood_there() -> None:
    with pytest.raises(Failed) as caught:
        documents.judge(documents.clean([{"path": "token", "value": "x"}]), b'{"token": "s3cret"}')
    assert caught.value.text == "JSON: token is not as expected (eq)"
