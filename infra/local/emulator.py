"""The emulated AWS of the runner: in this process, one call at a time, quick, and with nothing getting past it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from botocore.handlers import BUILTIN_HANDLERS
from moto.core.botocore_stubber import BotocoreStubber

from infra import emulated
from infra.local import dynamodb

Told = Callable[[], None]

SENT_TO_QUEUE = ("sqs.SendMessage", "sqs.SendMessageBatch")
SENT_OUT = ("sesv2.SendEmail", "sns.Publish")
WRITTEN = tuple(
    f"dynamodb.{name}" for name in ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems")
)

_process = BotocoreStubber.process_request


class NotEmulated(Exception):
    """A call that the emulated AWS does not know; it must not go to the real one."""


@contextmanager
def aws(told: Mapping[str, Told]) -> Iterator[None]:
    """Everything inside speaks to the emulated AWS. `told[operation]` is called after each such call has succeeded.

    Clients must be made inside: what watches their calls is handed to each client when it is made.
    """
    sealed = patch.object(BotocoreStubber, "process_request", _process_or_refuse)
    with emulated.aws(), dynamodb.quick(), sealed, _watched(told):
        yield


def _process_or_refuse(self: BotocoreStubber, request: Any) -> Any:
    answer = _process(self, request)
    if answer is None:
        raise NotEmulated(f"{request.method} {request.url} would leave this machine")
    return answer


@contextmanager
def _watched(told: Mapping[str, Told]) -> Iterator[None]:
    handlers = [(f"after-call.{operation}", _after(tell)) for operation, tell in told.items()]
    BUILTIN_HANDLERS.extend(handlers)
    try:
        yield
    finally:
        for handler in handlers:
            BUILTIN_HANDLERS.remove(handler)


def _after(tell: Told) -> Callable[..., None]:
    def handler(http_response: Any, **_: Any) -> None:
        if http_response.status_code < 300:
            tell()

    return handler
