"""Both transports make the same of the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials, ReadOnlyCredentials

from chalicelib.store.transport.client import Client
from chalicelib.store.transport.signing import Signer
from tests.cases import each
from tests.store.transport.servers import Ends, Server, answer, lean, outcome, refused, serving, theirs

ITEM = {"S": {"S": "text ü"}, "N": {"N": "1.50"}, "B": {"B": "AAEC/w=="}, "BS": {"BS": ["AA==", "/w=="]}}
NESTED = {"M": {"M": {"B": {"B": "YQ=="}, "L": {"L": [{"B": "Yg=="}, {"NULL": True}, {"BOOL": False}]}}}}
REASONS = [{"Code": "None"}, {"Code": "ConditionalCheckFailed", "Message": "No.", "Item": ITEM}]
ANSWERS: dict[str, list[bytes | Ends]] = {
    "an item": [answer({"Item": ITEM | NESTED, "ConsumedCapacity": {"TableName": "t", "CapacityUnits": 0.5}})],
    "nothing": [answer({})],
    "an empty body": [answer(b"")],
    "a condition that failed": [refused("ConditionalCheckFailedException", Item=ITEM)],
    "a transaction that was cancelled": [refused("TransactionCanceledException", CancellationReasons=REASONS)],
    "no such table": [refused("ResourceNotFoundException")],
    "what is not valid": [refused("ValidationException")],
    "no right": [refused("AccessDeniedException")],
    "throttled once": [refused("ProvisionedThroughputExceededException"), answer({"Item": ITEM})],
    "throttled for good": [refused("ThrottlingException")] * 4,
    "a conflict": [refused("TransactionConflictException")],
    "under way": [refused("TransactionInProgressException"), answer({})],
    "a fault of theirs": [refused("InternalServerError", 500), answer({})],
    "faults of theirs": [refused("InternalServerError", 500)] * 4,
    "no error at all": [*[answer(b"<html>", 503)] * 3, answer({"Item": ITEM})],
    "too large": [answer(b"", 413)],
    "hung up at once": [Ends(b""), answer({"Item": ITEM})],
    "closed when said": [Ends(answer({"Item": ITEM}, Connection="close"))],
    "never an answer": [Ends(b"")] * 4,
    "no HTTP": [Ends(b"SSH-2.0-x\r\n\r\n")] * 4,
}


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """botocore's pauses between attempts take no time."""
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _seconds: None)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving([]) as server:
        yield server


@pytest.fixture
def both(server: Server) -> Iterator[tuple[Any, Client]]:
    """botocore's client and ours."""
    ours = lean(server.url)
    yield theirs(server.url), ours
    ours.close()


@each(("case", "answers"), ANSWERS.items())
def test_both_transports_make_the_same_of_it(
    server: Server, both: tuple[Any, Client], case: str, answers: list[bytes | Ends]
) -> None:
    found, asked = [], []
    for client in both:
        server.answers, server.heard = iter(answers), []
        found.append(outcome(client, "GetItem", {"TableName": "t", "Key": {"S": {"S": "x"}}}))
        asked.append(len(server.heard))
    assert found[1] == found[0]
    assert asked[1] == asked[0]


def test_both_read_many_items(server: Server, both: tuple[Any, Client]) -> None:
    many = {"Items": [ITEM | NESTED] * 200, "Count": 200, "ScannedCount": 201, "LastEvaluatedKey": {"S": {"S": "x"}}}
    server.answers = iter([answer(many)] * 2)
    theirs, ours = (outcome(client, "Query", {"TableName": "t"}) for client in both)
    assert ours == theirs
    assert ours["Items"][199]["B"]["B"] == b"\0\1\2\xff"


def test_both_send_the_same(server: Server, both: tuple[Any, Client]) -> None:
    arguments: dict[str, Any] = {
        "TableName": "t",
        "Item": {"b": {"B": b"\0\xff"}, "bs": {"BS": [b"a"]}, "s": {"S": "ü"}, "m": {"M": {"l": {"L": [{"N": "1"}]}}}},
    }
    server.answers = iter([answer({})] * 2)
    for client in both:
        client._make_api_call("PutItem", arguments)
    (_, theirs), (head, ours) = server.heard
    assert json.loads(ours) == json.loads(theirs)
    assert "x-amz-target: dynamodb_20120810.putitem" in head.lower()


@each("token", ["", "token"])
@each("body", [b"", b"{}", "ü".encode() * 1_000])
def test_a_request_is_signed_as_botocore_signs_it(token: str, body: bytes) -> None:
    credentials, moment = ReadOnlyCredentials("AKID", "secret", token), datetime(2026, 2, 28, 23, 59, 59, tzinfo=UTC)
    signer = Signer("dynamodb", "eu-north-1", "127.0.0.1:8000")
    for at in (moment, moment + timedelta(seconds=1)):
        ours = signer.headers(credentials, at, "DynamoDB_20120810.Query", body)
        headers = {name: value for name, value in ours.items() if name in ("content-type", "x-amz-target", "host")}
        request = AWSRequest("POST", "http://127.0.0.1:8000/", headers=headers, data=body)
        with patch("botocore.auth.get_current_datetime", lambda at=at: at.replace(tzinfo=None)):
            SigV4Auth(Credentials("AKID", "secret", token or None), "dynamodb", "eu-north-1").add_auth(request)
        assert ours["authorization"] == request.headers["Authorization"]
