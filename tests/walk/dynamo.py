"""A DynamoDB in memory: the calls of its API on plain dictionaries, some fifty times as fast as moto.

Errors and answers: Amazon DynamoDB API Reference. `tests/walk/test_engine.py` holds it against moto over random calls.
What a client may not rely on can be made to happen: reads that are not consistent lag behind, pages end early.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from tests.walk import expressions, updates
from tests.walk.expressions import Item
from tests.walk.grammar import Invalid
from tests.walk.tables import Key, Table, require_sound

Request = dict[str, Any]
Answer = dict[str, Any]

BATCH_GET, BATCH_WRITE, TRANSACTION = 100, 25, 100


def refusal(operation: str, code: str, message: str = "", status: int = 400, **more: Any) -> ClientError:
    """The error that botocore raises for an answer of AWS."""
    response: Any = {
        "Error": {"Code": code, "Message": message or code},
        "ResponseMetadata": {"HTTPStatusCode": status, "HTTPHeaders": {"x-amzn-requestid": "walk"}, "RetryAttempts": 0},
        **more,
    }
    return ClientError(response, operation)


class ConditionFailed(Exception):
    """The condition does not hold; `item` is what stood in the way, None where there is nothing."""

    def __init__(self, item: Item | None) -> None:
        super().__init__()
        self.item = item


class Dynamo:
    """Every table. `clock` tells the seconds; `lag` the seconds by which the next read that is not consistent lags
    behind (it is told whether an index is read); `page` ends pages after so many items (0: never)."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.tables: dict[str, Table] = {}
        self.lag: Callable[[bool], float] = lambda _index: 0.0
        self.page = 0
        self._tokens: dict[str, Answer] = {}

    def create(self, properties: dict[str, Any]) -> None:
        """A table as a template describes it."""
        self.tables[properties["TableName"]] = Table(properties, self._clock)

    def call(self, operation: str, request: Request) -> Answer:
        """One call. Raises ClientError as botocore would."""
        try:
            return dict(getattr(self, f"_{operation}")(request))
        except Invalid as error:
            raise refusal(operation, "ValidationException", str(error)) from None
        except ConditionFailed as failed:
            more: Answer = {"Item": dict(failed.item)} if failed.item is not None and _wants_item(request) else {}
            words = "The conditional request failed"
            raise refusal(operation, "ConditionalCheckFailedException", words, 400, **more) from None

    def _table(self, name: str) -> Table:
        if name not in self.tables:
            raise refusal("any", "ResourceNotFoundException", f"Requested resource not found: {name}")
        return self.tables[name]

    # One item

    def _GetItem(self, request: Request) -> Answer:  # noqa: N802
        table = self._table(request["TableName"])
        lag = 0.0 if request.get("ConsistentRead") else self.lag(False)
        item = table.get(table.schema.exact(request["Key"]), lag)
        if item is None:
            return {}
        return {"Item": expressions.project(item, request.get("ProjectionExpression"), _names(request))}

    def _PutItem(self, request: Request) -> Answer:  # noqa: N802
        table, key, before, after = self._put(request)
        table.put(key, after)
        return {"Attributes": dict(before)} if before and request.get("ReturnValues") == "ALL_OLD" else {}

    def _UpdateItem(self, request: Request) -> Answer:  # noqa: N802
        table, key, before, after = self._update(request)
        table.put(key, after)
        wanted = request.get("ReturnValues", "NONE")
        if wanted in ("ALL_NEW", "UPDATED_NEW"):
            return {"Attributes": dict(after or {})}
        return {"Attributes": dict(before)} if before and wanted in ("ALL_OLD", "UPDATED_OLD") else {}

    def _DeleteItem(self, request: Request) -> Answer:  # noqa: N802
        table, key, before, after = self._delete(request)
        table.put(key, after)
        return {"Attributes": dict(before)} if before and request.get("ReturnValues") == "ALL_OLD" else {}

    def _put(self, request: Request) -> tuple[Table, Key, Item | None, Item | None]:
        """(table, key, the item before, after), with the condition asked. So do the three below."""
        table = self._table(request["TableName"])
        item = dict(request["Item"])
        key = table.schema.key(item)
        before = table.items.get(key)
        _require_used(request, "ConditionExpression")
        _require(request, before)
        require_sound(item)
        return table, key, before, item

    def _update(self, request: Request) -> tuple[Table, Key, Item | None, Item | None]:
        table = self._table(request["TableName"])
        key = table.schema.exact(request["Key"])
        before = table.items.get(key)
        _require_used(request, "ConditionExpression", "UpdateExpression")
        _require(request, before)
        old = before if before is not None else request["Key"]
        text = request.get("UpdateExpression")
        after = updates.apply(old, text, _names(request), _values(request), table.schema.names) if text else dict(old)
        require_sound(after)
        return table, key, before, after

    def _delete(self, request: Request) -> tuple[Table, Key, Item | None, Item | None]:
        table = self._table(request["TableName"])
        key = table.schema.exact(request["Key"])
        _require_used(request, "ConditionExpression")
        _require(request, table.items.get(key))
        return table, key, table.items.get(key), None

    def _check(self, request: Request) -> tuple[Table, Key, Item | None, Item | None]:
        table = self._table(request["TableName"])
        key = table.schema.exact(request["Key"])
        _require_used(request, "ConditionExpression")
        _require(request, table.items.get(key))
        return table, key, table.items.get(key), table.items.get(key)

    # Many items

    def _Query(self, request: Request) -> Answer:  # noqa: N802
        table, index = self._table(request["TableName"]), request.get("IndexName")
        if index and request.get("ConsistentRead"):
            raise Invalid("Consistent reads are not supported on global secondary indexes")
        _require_used(request, "KeyConditionExpression", "FilterExpression", "ProjectionExpression")
        names, schema = _names(request), table.partitions(index).schema
        wanted = expressions.key_condition(request["KeyConditionExpression"], names, _values(request), schema.hash)
        lag = 0.0 if request.get("ConsistentRead") else self.lag(bool(index))
        found = table.found(index, wanted, lag)
        if not request.get("ScanIndexForward", True):
            found.reverse()
        start = request.get("ExclusiveStartKey")
        if start:
            found = _behind(found, table, index, start, forward=request.get("ScanIndexForward", True))
        return self._paged(request, table, index, found)

    def _Scan(self, request: Request) -> Answer:  # noqa: N802
        table, index = self._table(request["TableName"]), request.get("IndexName")
        found: list[tuple[tuple[Any, Key], Item]] = [(("", key), item) for key, item in sorted(table.items.items())]
        if index:
            names = table.partitions(index).schema.names
            found = [each for each in found if all(name in each[1] for name in names)]
        start = request.get("ExclusiveStartKey")
        if start:
            found = [each for each in found if each[0][1] > table.schema.key(start)]
        return self._paged(request, table, index, found)

    def _paged(
        self, request: Request, table: Table, index: str | None, found: list[tuple[tuple[Any, Key], Item]]
    ) -> Answer:
        """One page of what was found; a page of a filter may be empty although more is to come."""
        limit = min(filter(None, (request.get("Limit"), self.page)), default=0)
        page = found[:limit] if limit else found
        text, names, values = request.get("FilterExpression"), _names(request), _values(request)
        holds = expressions.condition(text) if text else None
        items = [table.projected(index, item) for _, item in page]
        kept = [item for item in items if holds is None or holds(item, names, values)]
        answer: Answer = {"Count": len(kept), "ScannedCount": len(page)}
        if request.get("Select") != "COUNT":
            shown = request.get("ProjectionExpression")
            answer["Items"] = [expressions.project(item, shown, names) for item in kept]
        if limit and len(page) == limit:
            last = page[-1][1]
            attributes = {*table.schema.names, *table.partitions(index).schema.names}
            answer["LastEvaluatedKey"] = {name: last[name] for name in attributes}
        return answer

    def _BatchGetItem(self, request: Request) -> Answer:  # noqa: N802
        if sum(len(wanted["Keys"]) for wanted in request["RequestItems"].values()) > BATCH_GET:
            raise Invalid("Too many items requested for the BatchGetItem call")
        found: dict[str, list[Item]] = {}
        for name, wanted in request["RequestItems"].items():
            table = self._table(name)
            lag = 0.0 if wanted.get("ConsistentRead") else self.lag(False)
            keys = [table.schema.exact(key) for key in wanted["Keys"]]
            if len(set(keys)) < len(keys):
                raise Invalid("Provided list of item keys contains duplicates")
            items = [table.get(key, lag) for key in keys]
            shown, names = wanted.get("ProjectionExpression"), wanted.get("ExpressionAttributeNames", {})
            found[name] = [expressions.project(item, shown, names) for item in items if item is not None]
        return {"Responses": found, "UnprocessedKeys": {}}

    def _BatchWriteItem(self, request: Request) -> Answer:  # noqa: N802
        if sum(map(len, request["RequestItems"].values())) > BATCH_WRITE:
            raise Invalid("Too many items requested for the BatchWriteItem call")
        writes = []
        for name, wanted in request["RequestItems"].items():
            table = self._table(name)
            for one in wanted:
                item = one["PutRequest"]["Item"] if "PutRequest" in one else None
                key = table.schema.key(item) if item else table.schema.exact(one["DeleteRequest"]["Key"])
                require_sound(item or {})
                writes.append((table, key, item))
        if len({(table.name, key) for table, key, _ in writes}) < len(writes):
            raise Invalid("Provided list of item keys contains duplicates")
        for table, key, item in writes:
            table.put(key, dict(item) if item else None)
        return {"UnprocessedItems": {}}

    # Transactions

    def _TransactWriteItems(self, request: Request) -> Answer:  # noqa: N802
        token = request.get("ClientRequestToken")
        if token and token in self._tokens:
            return self._tokens[token]
        actions = [next(iter(action.items())) for action in request["TransactItems"]]
        if len(actions) > TRANSACTION:
            raise Invalid("Member must have length less than or equal to 100")
        writes, reasons = self._tried(actions)
        if any(reason["Code"] != "None" for reason in reasons):
            raise cancelled(reasons)
        if len({(table.name, key) for table, key, _, _ in writes}) < len(writes):
            raise Invalid("Transaction request cannot include multiple operations on one item")
        for (kind, _), (table, key, _, after) in zip(actions, writes, strict=True):
            if kind != "ConditionCheck":
                table.put(key, after)
        if token:
            self._tokens[token] = {}
        return {}

    def _tried(
        self, actions: list[tuple[str, Request]]
    ) -> tuple[list[tuple[Table, Key, Item | None, Item | None]], list[Answer]]:
        kinds = {"Put": self._put, "Update": self._update, "Delete": self._delete, "ConditionCheck": self._check}
        writes: list[tuple[Table, Key, Item | None, Item | None]] = []
        reasons: list[Answer] = []
        for kind, action in actions:
            try:
                writes.append(kinds[kind](action))
                reasons.append({"Code": "None"})
            except ConditionFailed as failed:
                item: Answer = {"Item": dict(failed.item)} if failed.item is not None and _wants_item(action) else {}
                words = "The conditional request failed"
                reasons.append({"Code": "ConditionalCheckFailed", "Message": words, **item})
        return writes, reasons

    def _TransactGetItems(self, request: Request) -> Answer:  # noqa: N802
        answers = [self._GetItem({**one["Get"], "ConsistentRead": True}) for one in request["TransactItems"]]
        return {"Responses": answers}


def cancelled(reasons: list[Answer]) -> ClientError:
    """A transaction that was not made, with a reason for each of its actions."""
    codes = ", ".join(reason["Code"] for reason in reasons)
    words = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"
    return refusal("TransactWriteItems", "TransactionCanceledException", words, CancellationReasons=reasons)


def _names(request: Request) -> dict[str, str]:
    return request.get("ExpressionAttributeNames") or {}


def _values(request: Request) -> dict[str, Any]:
    return request.get("ExpressionAttributeValues") or {}


def _wants_item(request: Request) -> bool:
    return request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"


def _require(request: Request, item: Item | None) -> None:
    text = request.get("ConditionExpression")
    if text and not expressions.condition(text)(item or {}, _names(request), _values(request)):
        raise ConditionFailed(item)


def _require_used(request: Request, *expressions_: str) -> None:
    """Raises Invalid when a name or a value is given and no expression uses it, as DynamoDB does."""
    texts = " ".join(request.get(name) or "" for name in expressions_)
    for given in (*_names(request), *_values(request)):
        if given not in texts:
            raise Invalid(f"Value or name provided and unused in expressions: {given}")


def _behind(
    found: list[tuple[tuple[Any, Key], Item]], table: Table, index: str | None, start: Item, *, forward: bool
) -> list[tuple[tuple[Any, Key], Item]]:
    """What comes behind the place that a page ended at."""
    key = table.schema.key(start)
    place = table.partitions(index).place(start, key)
    if place is None:
        raise Invalid("The provided starting key is invalid")
    return [each for each in found if (each[0] > place[1] if forward else each[0] < place[1])]
