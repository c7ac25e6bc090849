"""Which partitions of an index of the checks hold anything, found by reading it: the keys alone, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pynamodb.indexes import GlobalSecondaryIndex

from chalicelib.store.faults import translated
from chalicelib.store.models import CheckItem


def of_index(index: GlobalSecondaryIndex[CheckItem], key: str) -> Iterator[str]:
    """The partition (`key` is the name of the index's hash key) of each item of an index, in no order."""
    connection = CheckItem._get_connection().connection
    request: dict[str, Any] = {
        "TableName": CheckItem.Meta.table_name,
        "IndexName": index.Meta.index_name,
        "ProjectionExpression": "#key",
        "ExpressionAttributeNames": {"#key": key},
    }
    while request:
        with translated():
            page = connection.dispatch("Scan", request)
        yield from (item[key]["S"] for item in page["Items"])
        start = page.get("LastEvaluatedKey")
        request = request | {"ExclusiveStartKey": start} if start else {}
