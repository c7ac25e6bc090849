"""The tables and queues of a test's services, made by calls once in a process and by copying ever after.

Making them takes longer than most tests do, and every test begins with an emulated AWS that holds nothing.
"""

from __future__ import annotations

import copy
import math
import threading
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.table import Table
from moto.ses.models import ses_backends
from moto.sqs.models import Queue, sqs_backends

from chalicelib.settings import Settings
from infra import tables

REGION = "eu-north-1"
_made: dict[Settings, tuple[dict[str, Table], dict[str, Queue]]] = {}


def place(settings: Settings, sqs: Any) -> None:
    """What `infra.tables.create` makes, empty."""
    stored = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables
    queued = sqs_backends[DEFAULT_ACCOUNT_ID][REGION].queues
    if settings not in _made:
        tables.create(settings, sqs)
        _made[settings] = {name: _empty(table) for name, table in stored.items()}, _idle(queued)
        return
    made, idle = _made[settings]
    stored.update({name: _empty(table) for name, table in made.items()})
    queued.update(_idle(idle))


def verify(address: str) -> None:
    """Lets SES send mail from an address."""
    ses_backends[DEFAULT_ACCOUNT_ID][REGION].verify_email_identity(address)


def _empty(table: Table) -> Table:
    twin = copy.copy(table)
    twin.items = defaultdict(dict)
    return twin


def _idle(queues: dict[str, Queue]) -> dict[str, Queue]:
    """Twins of queues, without messages, each with its twin for what failed."""
    twins = {name: copy.copy(queue) for name, queue in queues.items()}
    for twin in twins.values():
        twin._messages, twin._pending_messages, twin.deleted_messages = [], set(), set()
        twin._messages_lock = threading.Condition()
        if twin.dead_letter_queue:
            twin.dead_letter_queue = twins[twin.dead_letter_queue.name]
    return twins


def holds_messages(queue: str) -> bool:
    """Whether a queue of this process has a message to hand out, asked without a call."""
    found = sqs_backends[DEFAULT_ACCOUNT_ID][REGION].queues.get(queue)
    return found is None or bool(found.messages)


def take_messages(queue: str) -> list[str]:
    """The bodies of up to ten messages that can be read, which are gone then: as one receives and deletes them, without
    a call."""
    backend = sqs_backends[DEFAULT_ACCOUNT_ID][REGION]
    found = backend.receive_message(queue, 10, 0, visibility_timeout=30)
    for message in found:
        backend.delete_message(queue, message.receipt_handle or "")
    return [message.body for message in found]


def next_message() -> datetime | None:
    """When the next message that nobody can read yet becomes readable, in any queue of this process and of any
    region."""
    queues = [queue for region in sqs_backends[DEFAULT_ACCOUNT_ID].values() for queue in region.queues.values()]
    hidden = [message for queue in queues for message in queue._messages if message.delayed or not message.visible]
    moments = [max(message.delayed_until, message.visible_at + 1) for message in hidden]
    return datetime.fromtimestamp(math.ceil(min(moments)) / 1000, UTC) if moments else None
