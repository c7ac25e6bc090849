"""infra.local.dynamodb: queries and transactions that answer as before and touch only what they need."""

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.dynamodb.models.dynamo_type import Item
from moto.dynamodb.models.table import Table

from infra.local import dynamodb

T = "things"
OWNERS, THINGS = 7, 6


def name(attribute: str, kind: str) -> dict[str, str]:
    return {"AttributeName": attribute, "KeyType": kind}


@pytest.fixture
def client(plain_aws: None) -> Any:
    """A table of OWNERS x THINGS items; every second thing is in the sparse index `due`."""
    client = boto3.client("dynamodb")
    keys = [name("owner", "HASH"), name("n", "RANGE")]
    index = {"IndexName": "due", "KeySchema": [name("shard", "HASH"), name("due", "RANGE")]}
    client.create_table(
        TableName=T,
        KeySchema=keys,
        AttributeDefinitions=[
            {"AttributeName": attribute, "AttributeType": kind}
            for attribute, kind in {"owner": "S", "n": "N", "shard": "S", "due": "N"}.items()
        ],
        GlobalSecondaryIndexes=[{**index, "Projection": {"ProjectionType": "KEYS_ONLY"}}],
        BillingMode="PAY_PER_REQUEST",
    )
    client.create_table(
        TableName="single",
        KeySchema=[name("key", "HASH")],
        AttributeDefinitions=[{"AttributeName": "key", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    for owner in range(OWNERS):
        writes = [{"PutRequest": {"Item": item(owner, n)}} for n in range(THINGS)]
        client.batch_write_item(RequestItems={T: writes})
    return client


def item(owner: int, n: int) -> dict[str, Any]:
    due = {"shard": {"S": f"s{owner % 3}"}, "due": {"N": str(1000 - n * 7 - owner)}} if n % 2 else {}
    return {"owner": {"S": f"o{owner}"}, "n": {"N": str(n)}, "word": {"S": "old"}, **due}


def key(owner: int, n: int) -> dict[str, Any]:
    return {"owner": {"S": f"o{owner}"}, "n": {"N": str(n)}}


@pytest.fixture
def quick(client: Any) -> Iterator[None]:
    with dynamodb.quick():
        yield


def everything(client: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.scan(TableName=T)["Items"] + client.scan(TableName="single")["Items"]
    return found


def update(owner: int, n: int, word: str, condition: str = "attribute_exists(n)") -> dict[str, Any]:
    values = {":w": {"S": word}}
    about = {"UpdateExpression": "SET word = :w", "ConditionExpression": condition, "ExpressionAttributeValues": values}
    return {"Update": {"TableName": T, "Key": key(owner, n), **about}}


def put(table: str, item: dict[str, Any], **more: str) -> dict[str, Any]:
    return {"Put": {"TableName": table, "Item": item, **more}}


QUERIES: list[dict[str, Any]] = [
    {"KeyConditionExpression": "#o = :o", "ExpressionAttributeValues": {":o": {"S": "o3"}}},
    {"KeyConditionExpression": "#o = :o", "ExpressionAttributeValues": {":o": {"S": "nobody"}}},
    {
        "KeyConditionExpression": "#o = :o AND n > :n",
        "ExpressionAttributeValues": {":o": {"S": "o3"}, ":n": {"N": "2"}},
        "ScanIndexForward": False,
    },
    {"KeyConditionExpression": "#o = :o", "ExpressionAttributeValues": {":o": {"S": "o3"}}, "Limit": 2},
]
BY_DUE: dict[str, Any] = {
    "IndexName": "due",
    "KeyConditionExpression": "shard = :s AND due <= :d",
    "ExpressionAttributeValues": {":s": {"S": "s1"}, ":d": {"N": "980"}},
}


@pytest.mark.parametrize("about", [*({**q, "ExpressionAttributeNames": {"#o": "owner"}} for q in QUERIES), BY_DUE])
def test_a_query_answers_what_it_answered_before(client: Any, about: dict[str, Any]) -> None:
    plain = client.query(TableName=T, **about)
    with dynamodb.quick():
        answer = client.query(TableName=T, **about)

    for part in ("Items", "Count", "ScannedCount", "LastEvaluatedKey"):
        assert answer.get(part) == plain.get(part)


def test_a_long_query_goes_on_page_by_page(client: Any, quick: None) -> None:
    about = {**QUERIES[0], "ExpressionAttributeNames": {"#o": "owner"}, "Limit": 4}
    first = client.query(TableName=T, **about)
    second = client.query(TableName=T, **about, ExclusiveStartKey=first["LastEvaluatedKey"])

    assert [found["n"]["N"] for found in first["Items"] + second["Items"]] == ["0", "1", "2", "3", "4", "5"]


def test_every_type_of_value_comes_back_as_it_came_back_before(client: Any) -> None:
    values = {
        "text": {"S": "č"},
        "number": {"N": "1.50"},
        "yes": {"BOOL": True},
        "none": {"NULL": True},
        "bytes": {"B": b"\x00\xff"},
        "set": {"SS": ["a", "b"]},
        "list": {"L": [{"S": "a"}, {"N": "1"}, {"B": b"\xff"}]},
        "map": {"M": {"a": {"S": "b"}, "c": {"L": []}}},
    }
    one = {"key": {"S": "k"}, **values}
    client.put_item(TableName="single", Item=one)
    about = {"TableName": "single", "KeyConditionExpression": "#k = :k", "ExpressionAttributeNames": {"#k": "key"}}
    plain = client.query(**about, ExpressionAttributeValues={":k": {"S": "k"}})["Items"]

    with dynamodb.quick():
        found = client.query(**about, ExpressionAttributeValues={":k": {"S": "k"}})["Items"]
        got = client.get_item(TableName="single", Key={"key": {"S": "k"}})["Item"]

    assert found == plain == [one]
    assert got == one


def test_a_query_looks_at_the_items_of_its_key_alone(client: Any, quick: None) -> None:
    looked_at: list[int] = []
    all_items = Table.all_items

    def counted(self: Table) -> list[Item]:
        found = all_items(self)
        looked_at.append(len(found))
        return found

    with patch.object(Table, "all_items", counted):
        client.query(TableName=T, ExpressionAttributeNames={"#o": "owner"}, **QUERIES[0])
        client.query(TableName=T, **BY_DUE)

    shard = [owner for owner in range(OWNERS) if owner % 3 == 1]
    assert looked_at == [THINGS, len(shard) * THINGS // 2]


def test_a_transaction_keeps_all_its_writes(client: Any, quick: None) -> None:
    others = [found for found in everything(client) if found["owner"]["S"] not in ("o1", "o2", "o3")]
    delete = {"Delete": {"TableName": T, "Key": key(2, 0)}}
    actions = [update(1, 0, "new"), delete, put(T, item(3, 9)), put("single", {"key": {"S": "a"}})]

    client.transact_write_items(TransactItems=actions)

    assert client.get_item(TableName=T, Key=key(1, 0))["Item"]["word"] == {"S": "new"}
    assert "Item" not in client.get_item(TableName=T, Key=key(2, 0))
    assert client.get_item(TableName=T, Key=key(3, 9))["Item"] == item(3, 9)
    assert client.get_item(TableName="single", Key={"key": {"S": "a"}})["Item"] == {"key": {"S": "a"}}
    assert all(found in everything(client) for found in others)


def test_a_transaction_that_fails_changes_nothing(client: Any, quick: None) -> None:
    before = everything(client)
    taken = put(T, item(3, 3), ConditionExpression="attribute_not_exists(n)")
    actions = [update(1, 0, "new"), put(T, item(3, 9)), {"Delete": {"TableName": T, "Key": key(2, 0)}}, taken]

    with pytest.raises(ClientError) as refused:
        client.transact_write_items(TransactItems=actions)

    assert [reason["Code"] for reason in refused.value.response["CancellationReasons"]] == [
        "None",
        "None",
        "None",
        "ConditionalCheckFailed",
    ]
    assert everything(client) == before


def test_what_a_transaction_made_can_be_queried_and_changed(client: Any, quick: None) -> None:
    client.transact_write_items(TransactItems=[put(T, item(99, 1)), put(T, item(99, 2))])
    client.transact_write_items(TransactItems=[update(99, 1, "new")])

    about = {"KeyConditionExpression": "#o = :o", "ExpressionAttributeValues": {":o": {"S": "o99"}}}
    found = client.query(TableName=T, ExpressionAttributeNames={"#o": "owner"}, **about)["Items"]

    assert [entry["word"]["S"] for entry in found] == ["new", "old"]


@pytest.mark.parametrize(
    "actions",
    [
        [put("nowhere", item(1, 1))],
        [put(T, {"owner": {"S": "o1"}})],
        [update(1, 0, "a"), update(1, 0, "b")],
    ],
)
def test_a_broken_transaction_is_refused_as_before(client: Any, actions: list[dict[str, Any]]) -> None:
    with pytest.raises(ClientError) as plain:
        client.transact_write_items(TransactItems=actions)
    with dynamodb.quick(), pytest.raises(ClientError) as refused:
        client.transact_write_items(TransactItems=actions)

    assert refused.value.response["Error"] == plain.value.response["Error"]
    assert client.get_item(TableName=T, Key=key(1, 0))["Item"]["word"] == {"S": "old"}


def test_a_transaction_copies_only_the_items_that_it_names(client: Any, quick: None) -> None:
    copied: list[Item] = []
    deepcopy = Item.__deepcopy__

    def counted(self: Item, memo: dict[int, Any]) -> Item:
        copied.append(self)
        return deepcopy(self, memo)

    with patch.object(Item, "__deepcopy__", counted):
        client.transact_write_items(TransactItems=[update(1, 0, "new"), update(2, 0, "new")])

    named = {("o1", "0"), ("o2", "0")}
    assert {(found.hash_key.value, found.range_key.value) for found in copied if found.range_key} == named
