"""The events that AWS hands to a Lambda function, as the AWS Lambda Developer Guide shows them, and their context."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from chalice.local import LambdaContext
from moto.core.models import DEFAULT_ACCOUNT_ID

from infra.local.environ import REGION

MEMORY = 512
LONGEST_MS = 900_000

Message = dict[str, Any]


def context(name: str) -> LambdaContext:
    return LambdaContext(name, MEMORY, LONGEST_MS)


def scheduled(rule: str, at: datetime) -> dict[str, Any]:
    """What a schedule sends (Using AWS Lambda with Amazon EventBridge Scheduler, scheduled event)."""
    return {
        "version": "0",
        "id": str(uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": DEFAULT_ACCOUNT_ID,
        "time": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [f"arn:aws:events:{REGION}:{DEFAULT_ACCOUNT_ID}:rule/{rule}"],
        "detail": {},
    }


def received(queue: str, messages: list[Message]) -> dict[str, Any]:
    """What a queue sends (Using Lambda with Amazon SQS, standard queue message event)."""
    arn = f"arn:aws:sqs:{REGION}:{DEFAULT_ACCOUNT_ID}:{queue}"
    return {"Records": [_record(arn, message) for message in messages]}


def _record(arn: str, message: Message) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": REGION,
    }
