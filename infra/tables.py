"""Makes the tables and queues of an installation from their models: for this machine and for tests, never in AWS.

There the deployment template makes them, and a test holds the two against each other.
"""

from __future__ import annotations

from typing import Any

from chalicelib import store
from chalicelib.settings import Settings
from chalicelib.store.connection import shared
from chalicelib.store.models import MODELS


def create(settings: Settings, sqs: Any) -> None:
    """Makes every table where `store.connect` points, and every queue through `sqs`."""
    for model in {model.Meta.noun: model for model in MODELS}.values():  # type: ignore[attr-defined]
        model.create_table(wait=False)
    for noun in store.QUEUES:
        sqs.create_queue(QueueName=settings.resource(noun))


def drop() -> None:
    """Removes every table where `store.connect` points."""
    for model in {model.Meta.noun: model for model in MODELS}.values():  # type: ignore[attr-defined]
        shared().dispatch("DeleteTable", {"TableName": model.Meta.table_name})
