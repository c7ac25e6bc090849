"""Every call to AWS, as the permissions that it takes (Service Authorization Reference)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.client import BaseClient

Permissions = Iterator[tuple[str, str]]


class Calls:
    """What was needed: actions by resource. Tables and queues have the short names that the code has for them."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self.needed: dict[str, set[str]] = {}
        self._others = False

    @contextmanager
    def paused(self) -> Iterator[None]:
        """What is called inside is somebody else's."""
        self._others = True
        yield
        self._others = False

    @contextmanager
    def recorded(self) -> Iterator[None]:
        """Writes down everything that is called inside."""
        real = BaseClient._make_api_call

        def call(client: Any, operation: str, request: dict[str, Any]) -> Any:
            self._note(client.meta.service_model.service_name, operation, request)
            if operation == "GetAccount":
                # The emulation knows no quotas.
                return {"SendQuota": {"MaxSendRate": 14.0}}
            return real(client, operation, request)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(BaseClient, "_make_api_call", call)
            yield

    def _note(self, service: str, operation: str, request: dict[str, Any]) -> None:
        for resource, action in () if self._others else getattr(self, f"_{service}")(operation, request):
            self.needed.setdefault(resource.removeprefix(self._prefix), set()).add(action)

    def _dynamodb(self, operation: str, request: dict[str, Any]) -> Permissions:
        if operation == "TransactWriteItems":  # no permission of its own: each part takes its own
            for item in request["TransactItems"]:
                ((kind, part),) = item.items()
                yield part["TableName"], f"dynamodb:{kind}Item"
        elif operation in ("BatchGetItem", "BatchWriteItem"):
            yield from ((table, f"dynamodb:{operation}") for table in request["RequestItems"])
        else:
            index = f"/{request['IndexName']}" if "IndexName" in request else ""
            yield request["TableName"] + index, f"dynamodb:{operation}"

    def _sqs(self, operation: str, request: dict[str, Any]) -> Permissions:
        queue = request.get("QueueName") or request["QueueUrl"].rpartition("/")[2]
        yield queue, f"sqs:{operation.removesuffix('Batch')}"

    def _sesv2(self, operation: str, request: dict[str, Any]) -> Permissions:
        if operation == "GetAccount":
            yield "quota of mails", "ses:GetAccount"
            return
        yield "mail", f"ses:{operation}"
        if "Raw" in request["Content"]:
            yield "mail", "ses:SendRawEmail"

    def _logs(self, operation: str, _request: dict[str, Any]) -> Permissions:
        yield "text messages", f"logs:{operation}"

    def _sns(self, operation: str, request: dict[str, Any]) -> Permissions:
        yield "phones" if "PhoneNumber" in request else "topics", f"sns:{operation}"
