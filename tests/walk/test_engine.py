"""The DynamoDB in memory answers as moto does, over random calls."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.conftest import client
from tests.walk import faults
from tests.walk.dynamo import Dynamo

TABLE: dict[str, Any] = {
    "TableName": "engine",
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [
        {"AttributeName": "h", "AttributeType": "S"},
        {"AttributeName": "r", "AttributeType": "S"},
        {"AttributeName": "due", "AttributeType": "N"},
        {"AttributeName": "shard", "AttributeType": "S"},
    ],
    "KeySchema": [{"AttributeName": "h", "KeyType": "HASH"}, {"AttributeName": "r", "KeyType": "RANGE"}],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "due",
            "KeySchema": [{"AttributeName": "shard", "KeyType": "HASH"}, {"AttributeName": "due", "KeyType": "RANGE"}],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }
    ],
}
NAMES = {"#n": "n", "#s": "tags", "#t": "text", "#d": "due"}
VALUES: dict[str, Any] = {
    ":one": {"N": "1"},
    ":five": {"N": "5"},
    ":low": {"N": "-2.5"},
    ":set": {"SS": ["a", "b"]},
    ":a": {"S": "a"},
    ":ab": {"S": "ab"},
    ":list": {"L": [{"S": "x"}]},
}
CONDITIONS = (
    *("attribute_exists(#n)", "attribute_not_exists(h)", "#n = :one", "#n <> :one", "#n < :five", "#n >= :low"),
    *(
        "#n BETWEEN :low AND :five",
        "#t IN (:a, :ab)",
        "begins_with(#t, :a)",
        "contains(#s, :a)",
        "attribute_exists(#t) AND size(#t) > :one",
    ),
    *("contains(#t, :a)", "attribute_type(#t, :a) OR #n = :one", "NOT (#n = :one AND #t = :a)", "#t < :ab"),
    *(
        "(attribute_not_exists(#n) OR #n <= :five) AND NOT contains(#s, :a)",
        "doc.part = :a",
        "attribute_exists(#s) AND size(#s) = :one",
    ),
)
UPDATES = (
    *("SET #n = :one", "SET #n = :five, #t = :a", "ADD #n :one", "ADD #s :set", "DELETE #s :set", "REMOVE #n, #t"),
    *("SET #n = if_not_exists(#n, :five) + :one", "SET #n = #n - :one", "SET docs = :list", "SET #d = :one"),
    *("SET docs = list_append(docs, :list)", "SET #t = :ab REMOVE #d ADD #n :five", "SET doc.part = :ab", "REMOVE #d"),
)
RANGES = (
    *("", "AND r = :a", "AND r < :ab", "AND r <= :ab", "AND r > :a", "AND begins_with(r, :a)"),
    "AND r BETWEEN :a AND :ab",
)


def used(*texts: str) -> dict[str, Any]:
    """The names and values that expressions use, as a request gives them."""
    text = " ".join(texts)
    words = set(text.replace("(", " ").replace(")", " ").replace(",", " ").replace(".", " ").split())
    names = {name: meant for name, meant in NAMES.items() if name in words}
    values = {name: value for name, value in VALUES.items() if name in words}
    return {
        **({"ExpressionAttributeNames": names} if names else {}),
        **({"ExpressionAttributeValues": values} if values else {}),
    }


class Caller:
    """Draws calls."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def key(self) -> dict[str, Any]:
        return {"h": {"S": self.random.choice("pq")}, "r": {"S": self.random.choice(("a", "ab", "b", "ba"))}}

    def item(self) -> dict[str, Any]:
        more: dict[str, Any] = {
            "n": {"N": self.random.choice(("1", "5", "-2.5", "10"))},
            "tags": {"SS": self.random.choice((["a"], ["a", "c"], ["b"]))},
            "text": {"S": self.random.choice(("a", "ab", "abc", "b"))},
            "docs": {"L": [{"S": "y"}]},
            "doc": {"M": {"part": {"S": "a"}}},
            "shard": {"S": self.random.choice("xy")},
            "due": {"N": self.random.choice(("1", "2", "30"))},
        }
        return self.key() | {name: value for name, value in more.items() if self.random.random() < 0.6}

    def condition(self, chance: float = 0.6) -> dict[str, Any]:
        if self.random.random() > chance:
            return {}
        return {"ConditionExpression": self.random.choice(CONDITIONS)}

    def refusing(self) -> dict[str, Any]:
        return {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"} if self.random.random() < 0.5 else {}

    def put(self) -> dict[str, Any]:
        asked = self.condition()
        return {"TableName": "engine", "Item": self.item(), **asked, **used(*asked.values())}

    def update(self) -> dict[str, Any]:
        asked = self.condition() | {"UpdateExpression": self.random.choice(UPDATES)}
        return {"TableName": "engine", "Key": self.key(), **asked, **used(*asked.values())}

    def delete(self) -> dict[str, Any]:
        asked = self.condition()
        return {"TableName": "engine", "Key": self.key(), **asked, **used(*asked.values())}

    def query(self) -> dict[str, Any]:
        backwards = self.random.random() < 0.3
        limit = {"Limit": self.random.randint(1, 3)} if self.random.random() < 0.4 else {}
        if self.random.random() < 0.4:
            asked = "shard = :x AND due <= :five"
            values = {":x": {"S": self.random.choice("xy")}, ":five": VALUES[":five"]}
            return {
                "TableName": "engine",
                "IndexName": "due",
                "KeyConditionExpression": asked,
                "ExpressionAttributeValues": values,
            }
        key = f"h = :h {self.random.choice(RANGES)}".strip()
        shown = {"FilterExpression": self.random.choice(CONDITIONS)} if self.random.random() < 0.4 else {}
        shown |= {"ProjectionExpression": "h, r, #n"} if self.random.random() < 0.3 else {}
        given = used(key, *shown.values())
        values = {**given.get("ExpressionAttributeValues", {}), ":h": {"S": self.random.choice("pq")}}
        asking = {"KeyConditionExpression": key, "ScanIndexForward": not backwards, "ConsistentRead": True}
        return {"TableName": "engine", **asking, **limit, **shown, **given, "ExpressionAttributeValues": values}

    def transaction(self) -> dict[str, Any]:
        makers = {"Put": self.put, "Update": self.update, "Delete": self.delete}
        actions: dict[str, dict[str, Any]] = {}
        for _ in range(self.random.randint(1, 3)):
            kind = self.random.choice(tuple(makers))
            part = makers[kind]() | self.refusing()
            key = part.get("Key") or {name: part["Item"][name] for name in ("h", "r")}
            actions[str(key)] = {kind: part}
        return {"TransactItems": list(actions.values())}

    def call(self) -> tuple[str, dict[str, Any]]:
        kind = self.random.choice(("PutItem", "UpdateItem", "UpdateItem", "DeleteItem", "GetItem", "Query", "Transact"))
        if kind == "GetItem":
            return kind, {"TableName": "engine", "Key": self.key(), "ConsistentRead": True}
        if kind == "Query":
            return kind, self.query()
        if kind == "Transact":
            return "TransactWriteItems", self.transaction()
        made = {"PutItem": self.put, "UpdateItem": self.update, "DeleteItem": self.delete}[kind]() | self.refusing()
        returned = {"UpdateItem": ("NONE", "ALL_NEW", "ALL_OLD")}.get(kind, ("NONE", "ALL_OLD"))
        return kind, {**made, "ReturnValues": self.random.choice(returned)}


def outcome(call: Any, operation: str, request: dict[str, Any]) -> Any:
    """The answer, or the error's code and what it tells of items and reasons."""
    try:
        answer = call(operation, request)
    except ClientError as error:
        reasons = error.response.get("CancellationReasons", [])
        told = [(reason["Code"], plain(reason.get("Item"))) for reason in reasons]
        return error.response["Error"]["Code"], plain(error.response.get("Item")), told
    # Not where a page ends: DynamoDB says so of a full page although nothing follows, moto does not.
    kept = ("Item", "Items", "Count", "ScannedCount", "Attributes")
    return {name: plain(answer[name]) for name in kept if answer.get(name)}


def plain(value: Any) -> Any:
    """A value in a form that is the same for the same content: sets in order, numbers in one spelling."""
    if isinstance(value, dict):
        return {name: _spelt(name, part) for name, part in value.items()}
    return [plain(part) for part in value] if isinstance(value, list) else value


def _spelt(name: str, part: Any) -> Any:
    if name == "SS":
        return sorted(part)
    return float(part) if name == "N" and isinstance(part, str) else plain(part)


@pytest.mark.parametrize("seed", range(6))
def test_random_calls_are_answered_as_moto_answers_them(aws: None, seed: int) -> None:
    other = client("dynamodb")
    other.create_table(**TABLE)
    engine, caller = Dynamo(lambda: 0.0), Caller(Random(seed))
    engine.create(TABLE)
    for _ in range(150):
        operation, request = caller.call()
        ours = outcome(engine.call, operation, request)
        theirs = outcome(lambda name, given: other._make_api_call(name, given), operation, request)
        assert ours == theirs, (operation, request)


def test_a_read_that_is_not_consistent_may_see_what_was_before() -> None:
    now = 0.0
    engine = Dynamo(lambda: now)
    engine.create(TABLE)
    key = {"h": {"S": "p"}, "r": {"S": "a"}}
    engine.call("PutItem", {"TableName": "engine", "Item": key | {"n": {"N": "1"}}})
    now = 10.0
    engine.call("PutItem", {"TableName": "engine", "Item": key | {"n": {"N": "2"}}})
    engine.lag = lambda _index: 1.0

    stale = engine.call("GetItem", {"TableName": "engine", "Key": key})
    fresh = engine.call("GetItem", {"TableName": "engine", "Key": key, "ConsistentRead": True})

    assert (stale["Item"]["n"], fresh["Item"]["n"]) == ({"N": "1"}, {"N": "2"})


def test_a_batch_that_was_read_in_part_names_all_that_is_left() -> None:
    engine = Dynamo(lambda: 0.0)
    keys = [{"h": {"S": "p"}, "r": {"S": letter}} for letter in "ab"]
    for name in ("first", "second"):
        engine.create({**TABLE, "TableName": name})
        for key in keys:
            engine.call("PutItem", {"TableName": name, "Item": key})
    asked = {"RequestItems": {name: {"Keys": keys} for name in ("first", "second")}}

    answer = faults.unprocessed("BatchGetItem", asked, engine.call("BatchGetItem", asked))

    assert answer["Responses"] == {"first": keys[:1], "second": keys[:1]}
    assert answer["UnprocessedKeys"] == {"first": {"Keys": keys[1:]}, "second": {"Keys": keys[1:]}}
