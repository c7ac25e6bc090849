"""One botocore client for every table, and the attributes and base model that the tables share.

PynamoDB makes a client per model, which costs a cold function a tenth of a second each; here all models borrow one.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import Any, ClassVar, cast

from pynamodb.attributes import Attribute
from pynamodb.connection import Connection
from pynamodb.connection.table import TableConnection
from pynamodb.constants import NUMBER, STRING
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from chalicelib.core.moments import from_micros, to_micros
from chalicelib.store import transport

# Adds to a transaction.
Also = Callable[[TransactWrite], None]

# Written on every item; readers accept this version and the one before.
SCHEMA = 1


def nothing(_transaction: TransactWrite) -> None:
    return


def together(*several: Also) -> Also:
    """What adds all that each of these adds."""

    def add(transaction: TransactWrite) -> None:
        for also in several:
            also(transaction)

    return add


def key_of(moment: datetime) -> str:
    """A moment as part of a sort key: fixed width, so that text order is time order."""
    return f"{to_micros(moment):016d}"


class Instant(Attribute[datetime]):
    """An aware UTC datetime kept as whole microseconds."""

    attr_type = NUMBER

    def serialize(self, value: datetime) -> str:
        return str(to_micros(value))

    def deserialize(self, value: str) -> datetime:
        return from_micros(int(value))


class Span(Attribute[timedelta]):
    """A length of time kept as whole microseconds."""

    attr_type = NUMBER

    def serialize(self, value: timedelta) -> str:
        return str(value // timedelta(microseconds=1))

    def deserialize(self, value: str) -> timedelta:
        return timedelta(microseconds=int(value))


class Json(Attribute[Any]):
    """A small document kept as JSON text: no nested paths, no float conversions."""

    attr_type = STRING

    def serialize(self, value: Any) -> str:
        return json.dumps(value, separators=(",", ":"))

    def deserialize(self, value: str) -> Any:
        return json.loads(value)


class _Link:
    """Where the tables are; set by `connect`, shared by all models of the process."""

    names: ClassVar[dict[str, str]] = {}
    region: str = ""
    lean: bool = False
    connection: Connection | None = None


class Table(Model):
    """Base of all models: the physical table name comes from `connect`, the client is shared."""

    @classmethod
    def _get_connection(cls) -> TableConnection:
        fresh = cls._connection is None or cls._connection.table_name != cls.Meta.table_name
        table = super()._get_connection()
        if fresh:
            table.connection._client = shared().client
        return table


def connect(names: dict[str, str], models: tuple[type[Table], ...], region: str = "", *, lean: bool = False) -> None:
    """Points `models` at their physical tables; `names` maps a model's noun to the table name. `region` is where they
    are, empty for where this process runs; `lean` takes the transport of our own. Costs no call."""
    if (region, lean) != (_Link.region, _Link.lean):
        _Link.region, _Link.lean, _Link.connection = region, lean, None
    _Link.names = names
    for model in models:
        model.Meta.table_name = names[model.Meta.noun]  # type: ignore[attr-defined]
        model._connection = None


def shared() -> Connection:
    """The connection whose client everything uses; made on first use, so importing costs nothing."""
    if _Link.connection is None:
        made = _by_botocore()
        if _Link.lean:
            lean = transport.client(made.session, _Link.region, cache(lambda: _by_botocore().client))
            made._client = cast(Any, lean)  # it answers and raises as botocore's does
        _Link.connection = made
    return _Link.connection


def _by_botocore() -> Connection:
    return Connection(
        region=_Link.region or None,
        connect_timeout_seconds=2,
        read_timeout_seconds=5,
        max_pool_connections=64,
        retry_configuration={"total_max_attempts": 4, "mode": "standard"},
    )


def table_name(noun: str) -> str:
    return _Link.names[noun]


def home_region() -> str | None:
    """Where the tables are, None for where this process runs."""
    return _Link.region or None
