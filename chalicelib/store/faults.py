"""Telling apart why DynamoDB refuses: a condition did not hold, another writer was in the way, or a fault of AWS."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.constants import ALL_NEW, ALL_OLD
from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model


class Refused(Exception):
    """A condition did not hold. `item` is the raw item as it was, where DynamoDB sent it; None when there is none."""

    def __init__(self, item: dict[str, Any] | None = None) -> None:
        super().__init__("condition not met")
        self.item = item


class Contended(Exception):
    """Another transaction holds one of the items at this moment; the same call may work at once."""


class StoreFault(Exception):
    """DynamoDB or SQS could not serve the call, after botocore's own retries."""


@contextmanager
def translated() -> Iterator[None]:
    """Turns PynamoDB's and botocore's errors into Refused, Contended or StoreFault."""
    try:
        yield
    except TransactWriteError as error:
        raise _of_transaction(error) from error
    except PynamoDBException as error:
        raise _of_call(error.cause or error) from error
    except (ClientError, BotoCoreError) as error:
        raise _of_call(error) from error


def _of_call(cause: Exception) -> Exception:
    # Not PynamoDB's own reading of the code: it trips over errors that never had an answer, such as a timeout.
    code = cause.response.get("Error", {}).get("Code") if isinstance(cause, ClientError) else None
    if code == "ConditionalCheckFailedException":
        return Refused(_old_item(cause))
    if code in ("TransactionConflictException", "TransactionInProgressException"):
        return Contended()
    return StoreFault(_reason(cause, code))


def _reason(cause: Exception, code: str | None) -> str:
    """Which call failed and with which code. AWS's own words may repeat what was sent, so that only those about a
    missing permission are passed on: they name the role, the action and the resource."""
    if not isinstance(cause, ClientError):
        return type(cause).__name__
    words = f": {cause.response['Error'].get('Message', '')}" if code and code.startswith("AccessDenied") else ""
    return f"{code or 'unknown error'} ({cause.operation_name}){words}"


def update(item: Model, actions: list[Action], condition: Condition) -> dict[str, Any]:
    """UpdateItem. Answers the raw item after the update; raises Refused, with the present item, if the condition fails.

    PynamoDB's own update throws away the item that DynamoDB sends with a refusal, and so would cost a read.
    """
    connection = item._get_connection()
    request = connection.get_operation_kwargs(
        *item._get_hash_range_key_serialized_values(),
        actions=actions,
        condition=condition,
        return_values=ALL_NEW,
        return_values_on_condition_failure=ALL_OLD,
    )
    with translated():
        answer = connection.connection.dispatch("UpdateItem", request)
    found: dict[str, Any] = answer["Attributes"]
    return found


def _of_transaction(error: TransactWriteError) -> Exception:
    codes = {reason.code: reason for reason in error.cancellation_reasons if reason}
    if "ConditionalCheckFailed" in codes:
        return Refused(codes["ConditionalCheckFailed"].raw_item)
    if "TransactionConflict" in codes:
        return Contended()
    return _of_call(error.cause or error)


def _old_item(cause: Exception | None) -> dict[str, Any] | None:
    """The item that DynamoDB sent with its refusal: botocore has it, PynamoDB's own error has not."""
    original = cause.__cause__ if cause else None
    return getattr(original, "response", {}).get("Item")
