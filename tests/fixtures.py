"""The tables and queues of a test's services, made by calls once in a process and by copying ever after.

Making them takes longer than most tests do, and every test begins with an emulated AWS that holds nothing.
"""

from __future__ import annotations

import copy
import math
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.table import Table
from moto.ses.models import ses_backends
from moto.sqs.models import sqs_backends

from chalicelib import functions
from chalicelib.settings import Settings
from infra import resources, tables

REGION = "eu-north-1"
_made: dict[Settings, dict[str, Table]] = {}


def place(settings: Settings, sqs: Any) -> None:
    """What `infra.tables.create` makes, empty."""
    backend = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION]
    if settings not in _made:
        tables.create(settings, sqs)
        _made[settings] = {name: _empty(table) for name, table in backend.tables.items()}
        return
    backend.tables.update({name: _empty(table) for name, table in _made[settings].items()})
    made = sqs_backends[DEFAULT_ACCOUNT_ID][REGION]
    for noun, function in functions.fed().items():
        aside = made.create_queue(settings.resource(resources.failed(noun)))
        attributes: dict[str, Any] = {**tables.queue_attributes(function, aside.queue_arn)}
        made.create_queue(settings.resource(noun), **attributes)


def verify(address: str) -> None:
    """Lets SES send mail from an address."""
    ses_backends[DEFAULT_ACCOUNT_ID][REGION].verify_email_identity(address)


def _empty(table: Table) -> Table:
    twin = copy.copy(table)
    twin.items = defaultdict(dict)
    return twin


def holds_messages(queue: str) -> bool:
    """Whether a queue of this process has a message to hand out, asked without a call."""
    found = sqs_backends[DEFAULT_ACCOUNT_ID][REGION].queues.get(queue)
    return found is None or bool(found.messages)


def next_message() -> datetime | None:
    """When the next message that nobody can read yet becomes readable, in any queue of this process and of any
    region."""
    queues = [queue for region in sqs_backends[DEFAULT_ACCOUNT_ID].values() for queue in region.queues.values()]
    hidden = [message for queue in queues for message in queue._messages if message.delayed or not message.visible]
    moments = [max(message.delayed_until, message.visible_at + 1) for message in hidden]
    return datetime.fromtimestamp(math.ceil(min(moments)) / 1000, UTC) if moments else None
