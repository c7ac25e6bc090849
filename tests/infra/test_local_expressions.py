"""infra.local.expressions: an update changes, and is refused, as by moto as it is."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest

from infra.local import dynamodb, expressions
from tests.infra.items import KEY, T, outcome, table

VALUES: dict[str, Any] = {":s": {"S": "x"}, ":n": {"N": "2"}, ":l": {"L": [{"S": "z"}]}, ":w": {"SS": ["a", "c"]}}
ITEM: dict[str, Any] = {
    **KEY,
    "number": {"N": "1"},
    "word": {"S": "w"},
    "words": {"SS": ["a", "b"]},
    "things": {"L": [{"N": "1"}, {"N": "2"}, {"N": "3"}]},
    "map": {"M": {"a": {"M": {"b": {"S": "c"}}}}},
}

UPDATES = [
    "SET word = :s",
    "SET word = :s, number = number + :n",
    "SET number = :n - number",
    "SET fresh = if_not_exists(fresh, :s), word = if_not_exists(word, :s)",
    "SET things = list_append(things, :l)",
    "SET things[1] = :s, map.a.b = :n",
    "SET #w = :s REMOVE number ADD hits :n DELETE words :w",
    "ADD number :n, words :w",
    "REMOVE things[0], things[2]",
    "REMOVE map.a.b",
    "SET word = word + :s",
    "SET nowhere.at.all = :s",
    "SET fresh = missing",
    "SET n = :n",
    "SET word = :s, word = :n",
    "SET word = :undefined",
    "SET word",
    "SET word = :s SET number = :n",
    "DELETE words :s",
]


def used(update: str) -> dict[str, Any]:
    """Names and values as far as the update has them; what is not used is refused before all else."""
    values = {name: value for name, value in VALUES.items() if name in update}
    names = {"#w": "word"} if "#w" in update else {}
    given = {"ExpressionAttributeValues": values, "ExpressionAttributeNames": names}
    return {"UpdateExpression": update} | {name: value for name, value in given.items() if value}


def both_ways(quick: Any, *calls: tuple[str, dict[str, Any]]) -> list[list[Any]]:
    """The outcomes of the calls with moto as it is, and with what makes it quick."""
    outcomes = []
    for way in (nullcontext(), quick):
        client = table()
        client.put_item(TableName=T, Item=ITEM)
        with way:
            outcomes.append([outcome(client, *call) for call in (*calls, ("Scan", {"TableName": T}))])
        client.delete_table(TableName=T)
    return outcomes


@pytest.mark.parametrize("update", [*UPDATES, ""])
def test_an_update_does_the_same_both_ways_once_and_again(plain_aws: None, update: str) -> None:
    call = ("UpdateItem", {"TableName": T, "Key": KEY, "ReturnValues": "ALL_NEW", **used(update)})

    plain, quick = both_ways(expressions.quick(), call, call)

    assert quick == plain


@pytest.mark.parametrize("update", UPDATES)
def test_an_update_in_a_transaction_does_the_same_both_ways(plain_aws: None, update: str) -> None:
    actions = [
        {"Put": {"TableName": T, "Item": {**ITEM, "n": {"N": "9"}}}},
        {"Update": {"TableName": T, "Key": KEY, **used(update)}},
    ]

    plain, quick = both_ways(dynamodb.quick(), ("TransactWriteItems", {"TransactItems": actions}))

    assert quick == plain


@pytest.mark.parametrize("size", [404_900, 405_000])
def test_an_item_is_too_large_at_the_same_size_both_ways(plain_aws: None, size: int) -> None:
    item = {**KEY, "word": {"S": "x" * size}}

    plain, quick = both_ways(expressions.quick(), ("PutItem", {"TableName": T, "Item": item}))

    assert quick == plain
    assert ("refused" in quick[0][0]) == (size == 405_000)


def test_the_same_expression_takes_the_values_of_each_update(plain_aws: None) -> None:
    client = table()
    client.put_item(TableName=T, Item=ITEM)
    with expressions.quick():
        for word in ("one", "two"):
            values = {"ExpressionAttributeValues": {":s": {"S": word}}}
            client.update_item(TableName=T, Key=KEY, UpdateExpression="SET word = :s", **values)
            assert client.get_item(TableName=T, Key=KEY)["Item"]["word"] == {"S": word}
