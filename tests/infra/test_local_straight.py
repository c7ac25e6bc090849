"""infra.local.straight: calls that take the short way answer, and refuse, as those that take the long one."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any
from unittest.mock import patch

import boto3
from moto.core.botocore_stubber import BotocoreStubber

from infra.local import straight
from tests.infra.items import KEY, T, outcome, table

ITEM: dict[str, Any] = {
    **KEY,
    "word": {"S": "ā"},
    "none": {"NULL": True},
    "no": {"BOOL": False},
    "words": {"SS": ["a", "b"]},
    "list": {"L": [{"N": "1"}, {"M": {"in": {"S": ""}}}]},
    "map": {"M": {"a": {"L": []}, "b": {"SS": ["c"]}}},
}
BYTES = {**KEY, "n": {"N": "2"}, "bytes": {"B": b"\x00\xff"}, "many": {"BS": [b"\x01", b"\x02"]}}
NOT_THERE = {"ConditionExpression": "attribute_not_exists(n)", "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
UPDATE = {
    "UpdateExpression": "SET word = :w ADD hits :n",
    "ExpressionAttributeValues": {":w": {"S": "b"}, ":n": {"N": "1"}},
}
OF_OWNER = {"KeyConditionExpression": "#o = :o", "ExpressionAttributeNames": {"#o": "owner"}}
OWNER = {"ExpressionAttributeValues": {":o": {"S": "o"}}}

# Calls in their order; some are refused.
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("GetItem", {"TableName": T, "Key": KEY}),
    ("PutItem", {"TableName": T, "Item": ITEM, "ReturnConsumedCapacity": "TOTAL"}),
    ("PutItem", {"TableName": T, "Item": ITEM, "ReturnValues": "ALL_OLD"}),
    ("PutItem", {"TableName": T, "Item": ITEM, **NOT_THERE}),
    ("GetItem", {"TableName": T, "Key": KEY, "ReturnConsumedCapacity": "TOTAL"}),
    ("GetItem", {"TableName": "nowhere", "Key": KEY}),
    ("GetItem", {"TableName": T, "Key": {"owner": {"S": "o"}}}),
    ("BatchWriteItem", {"RequestItems": {T: [{"PutRequest": {"Item": BYTES}}]}}),
    ("GetItem", {"TableName": T, "Key": {**KEY, "n": {"N": "2"}}}),
    ("UpdateItem", {"TableName": T, "Key": KEY, "ReturnValues": "ALL_NEW", **UPDATE}),
    ("UpdateItem", {"TableName": T, "Key": KEY, "ReturnValues": "UPDATED_OLD", **UPDATE}),
    ("UpdateItem", {"TableName": T, "Key": KEY, **UPDATE, **NOT_THERE}),
    ("UpdateItem", {"TableName": T, "Key": KEY, "UpdateExpression": "SET word ="}),
    ("TransactWriteItems", {"TransactItems": [{"Put": {"TableName": T, "Item": ITEM, **NOT_THERE}}]}),
    ("TransactWriteItems", {"TransactItems": [{"Update": {"TableName": T, "Key": KEY, **UPDATE}}]}),
    ("TransactGetItems", {"TransactItems": [{"Get": {"TableName": T, "Key": KEY}}]}),
    (
        "BatchGetItem",
        {"RequestItems": {T: {"Keys": [KEY, {**KEY, "n": {"N": "7"}}]}}, "ReturnConsumedCapacity": "TOTAL"},
    ),
    ("Query", {"TableName": T, **OF_OWNER, **OWNER, "ReturnConsumedCapacity": "INDEXES"}),
    ("Query", {"TableName": T, **OF_OWNER, **OWNER, "Limit": 1, "ScanIndexForward": False}),
    ("Query", {"TableName": T, **OF_OWNER, **OWNER, "Select": "COUNT"}),
    ("Query", {"TableName": T, **OF_OWNER}),
    ("Scan", {"TableName": T, "Limit": 1}),
    ("DeleteItem", {"TableName": T, "Key": KEY, "ReturnValues": "ALL_OLD"}),
    ("DeleteItem", {"TableName": T, "Key": KEY}),
    ("Scan", {"TableName": T}),
]


def test_each_call_is_answered_the_same_both_ways(plain_aws: None) -> None:
    outcomes = []
    for way in (nullcontext(), straight.calls()):
        caller = table()
        with way:
            outcomes.append([(call, outcome(caller, *call)) for call in CALLS])
        caller.delete_table(TableName=T)

    assert outcomes[1] == outcomes[0]


def test_a_call_that_takes_the_short_way_is_no_request(plain_aws: None) -> None:
    client = table()

    with straight.calls(), patch.object(BotocoreStubber, "process_request", side_effect=AssertionError):
        client.put_item(TableName=T, Item=ITEM)

    assert client.get_item(TableName=T, Key=KEY)["Item"] == ITEM


def test_a_call_to_another_address_takes_the_long_way(plain_aws: None) -> None:
    elsewhere = boto3.client("dynamodb", endpoint_url="https://dynamodb.eu-north-1.amazonaws.com:1/")
    seen: list[str] = []

    def note(self: BotocoreStubber, request: Any) -> Any:
        seen.append(request.url)
        return 200, {}, "{}"

    with straight.calls(), patch.object(BotocoreStubber, "process_request", note):
        elsewhere.get_item(TableName=T, Key=KEY)

    assert seen == ["https://dynamodb.eu-north-1.amazonaws.com:1/"]


def test_what_is_done_to_an_answer_does_not_change_the_table(plain_aws: None) -> None:
    client = table()
    with straight.calls():
        client.put_item(TableName=T, Item=ITEM)
        answer = client.get_item(TableName=T, Key=KEY)["Item"]
        answer["list"]["L"].clear()
        answer["words"]["SS"].append("c")

        assert client.get_item(TableName=T, Key=KEY)["Item"] == ITEM
