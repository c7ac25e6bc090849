"""Makes the tables and queues of an installation from their models: for this machine and for tests, never in AWS.

There the deployment template makes them, and a test holds the two against each other.
"""

from __future__ import annotations

import json
from typing import Any

from chalicelib import functions
from chalicelib.functions import Function
from chalicelib.settings import Settings
from chalicelib.store.connection import shared
from chalicelib.store.models import MODELS
from infra import resources


def create(settings: Settings, sqs: Any) -> None:
    """Makes every table where `store.connect` points, and every queue through `sqs`, with what it sets aside."""
    for model in {model.Meta.noun: model for model in MODELS}.values():  # type: ignore[attr-defined]
        model.create_table(wait=False)
    for noun, function in functions.fed().items():
        aside = sqs.create_queue(QueueName=settings.resource(resources.failed(noun)))["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=aside, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        sqs.create_queue(QueueName=settings.resource(noun), Attributes=queue_attributes(function, arn))


def queue_attributes(function: Function, arn: str) -> dict[str, str]:
    """How the queue that feeds `function` treats its messages, as it does in a stage; `arn` is the queue for those that
    failed time after time."""
    redrive = {"deadLetterTargetArn": arn, "maxReceiveCount": function.tries}
    return {"VisibilityTimeout": str(function.hidden), "RedrivePolicy": json.dumps(redrive)}


def drop() -> None:
    """Removes every table where `store.connect` points."""
    for model in {model.Meta.noun: model for model in MODELS}.values():  # type: ignore[attr-defined]
        shared().dispatch("DeleteTable", {"TableName": model.Meta.table_name})
