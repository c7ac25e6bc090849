"""What the emulated AWS holds, as lines of a snapshot, and back: the items of all tables, and the chores that wait.

What the other queues carry the clocks find again by themselves, in the tables. The chores nobody else knows of.
"""

from __future__ import annotations

import base64
import json
import math
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import boto3
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table
from moto.sqs.models import sqs_backends

from chalicelib import store
from chalicelib.settings import Settings
from infra import emulated
from infra.local import CannotRun
from infra.local.environ import REGION
from infra.local.outbox import Outbox, Sent

CHORES = "chores"
_SENT = "sent"
_SHARDS = ("due_shards", "outbox_shards", "wheel_shards")
# The longest that SQS has a message wait.
LONGEST_DELAY = 900


def lines(settings: Settings, outbox: Outbox) -> list[str]:
    """Everything at one moment, between two calls."""
    with emulated.one_at_a_time:
        items = [
            json.dumps([noun, item.attrs], default=_plain) for noun in store.TABLES for item in _items(settings, noun)
        ]
        chores = [json.dumps([CHORES, *chore]) for chore in _chores(settings)]
    return [*items, *chores, *(json.dumps([_SENT, sent.to_document()]) for sent in outbox.newest_first())]


def _items(settings: Settings, noun: str) -> Iterator[Any]:
    return iter(_table(settings, noun).all_items())


def _table(settings: Settings, noun: str) -> Table:
    found: Table = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[settings.resource(noun)]
    return found


def _plain(value: Any) -> Any:
    """A value of an item as DynamoDB's own JSON writes it. Bytes have a form that no such value has."""
    if isinstance(value, DynamoType):
        return {value.type: value.value}
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    return sorted(value)  # a set


def _chores(settings: Settings) -> Iterator[tuple[str, float]]:
    """What each chore that is not done says, and when it may be (seconds since 1970)."""
    for message in sqs_backends[DEFAULT_ACCOUNT_ID][REGION].queues[settings.resource(CHORES)]._messages:
        yield message.body, message.delayed_until / 1_000


def about(settings: Settings) -> dict[str, Any]:
    """What has to be the same where it is read: items stand in shards, and nobody looks into those that are not."""
    return {"shards": {name: getattr(settings, name) for name in _SHARDS}}


def fill(settings: Settings, outbox: Outbox, about: dict[str, Any], documents: Iterable[Any]) -> None:
    """Puts what `lines` wrote into tables and queues that have just been made. Raises CannotRun for what has no place
    here: other settings or a later version have written it."""
    for name, number in about["shards"].items():
        if getattr(settings, name) != number:
            raise CannotRun(f"the data were kept with TOCSIN_{name.upper()}={number}: set that again")
    put: dict[str, Callable[..., None]] = {noun: _Putting(_table(settings, noun)) for noun in store.TABLES}
    put |= {CHORES: _Asking(settings), _SENT: lambda sent: outbox.take_back(Sent.from_document(sent))}
    for kind, *values in documents:
        if kind not in put:
            raise CannotRun(
                f"the snapshot holds {kind}, which this version of Tocsin does not know; run the one that wrote it"
            )
        put[kind](*values)


class _Putting:
    """Puts items into a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def __call__(self, item: dict[str, Any]) -> None:
        self._table.put_item({name: _typed(value) for name, value in item.items()}, overwrite=True)


def _typed(value: Any) -> Any:
    """The value of an attribute as it was; bytes are found at any depth."""
    if isinstance(value, dict):
        coded = value.get("base64")
        if isinstance(coded, str):
            return base64.b64decode(coded)
        return {name: _typed(inner) for name, inner in value.items()}
    return [_typed(inner) for inner in value] if isinstance(value, list) else value


class _Asking:
    """Sends chores anew, not before their time."""

    def __init__(self, settings: Settings) -> None:
        self._sqs = boto3.client("sqs")
        self._url = self._sqs.get_queue_url(QueueName=settings.resource(CHORES))["QueueUrl"]

    def __call__(self, body: str, when: float) -> None:
        delay = min(max(math.ceil(when - time.time()), 0), LONGEST_DELAY)
        self._sqs.send_message(QueueUrl=self._url, MessageBody=body, DelaySeconds=delay)
