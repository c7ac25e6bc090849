"""What the answers of SES and SNS mean for a notification."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from chalicelib import log
from chalicelib.channels import answers, waits
from chalicelib.core.errors import Undelivered
from chalicelib.core.phrases import one_line


def ask(service: str, now: datetime, call: Callable[..., Any], **arguments: Any) -> dict[str, Any]:
    """Has a service send something, and answers what it says. Raises Undelivered, as the table of answers says.

    It is asked once more at once where the connection failed, as one does that was kept open for long.
    """
    from botocore.exceptions import (
        BotoCoreError,
        ClientError,
        ConnectionClosedError,
        ConnectTimeoutError,
        EndpointConnectionError,
    )

    try:
        try:
            answer = call(**arguments)
        except (ConnectionClosedError, ConnectTimeoutError, EndpointConnectionError):
            answer = call(**arguments)
    except ClientError as error:
        raise _refused(service, error.response, now) from error
    except BotoCoreError as error:
        raise Undelivered(f"{service} could not be asked ({type(error).__name__})", unanswered=True) from error
    return dict(answer or {})


def figure(service: str, read: Callable[[], float]) -> float | None:
    """A number above nought that a service tells of itself; None where it tells none: the caller can do without."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        found = read()
    except (ClientError, BotoCoreError) as error:
        log.warning("service could not be asked", service=service, reason=type(error).__name__)
        return None
    return found if found > 0 else None


def _refused(service: str, response: Any, now: datetime) -> Undelivered:
    """What an error of a service means.

    AWS's own words are passed on for final errors alone: they are about the channel. The words of the others are about
    the installation (roles, account numbers), which is not the business of everybody who reads a channel's log.
    """
    error = response.get("Error", {})
    code, words = str(error.get("Code", "")) or "unknown error", str(error.get("Message", ""))
    row = answers.meaning(service, code, words)
    said = f"{service} answered {code} ({row.why})"
    if row.outcome == "final":
        said = f"{service} answered {code}: {words}"
    answer = response.get("ResponseMetadata", {})
    told = waits.told(answer.get("HTTPHeaders", {}), now, limited=row.outcome == "wait")
    return answers.undelivered(one_line(said, 300), row, told, status=answer.get("HTTPStatusCode", 0))
