"""Event functions: how app.py registers its own with Chalice, as the table of functions says.

    events = Events(app, settings, queues.hand_out_again)

    @events
    def deliver_news(messages: list[Message]) -> None:
        deliver.deliver_nudges(SERVICES, messages)

What the clock calls is given the moment of its event, what a queue feeds the messages, already read. A batch that fails
is done again message by message, so that one which cannot be dealt with is set aside by itself (Lambda Developer Guide,
"Handling errors for an SQS event source", partial batch responses).
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from chalicelib import functions, log
from chalicelib.functions import Function
from chalicelib.settings import Settings

Message = dict[str, Any]
Again = Callable[[str, list[str], int], None]


class Events:
    """Registers functions with an application. `works` holds each as it was before, by its name, for who has the
    messages at hand."""

    def __init__(self, app: Any, settings: Settings, again: Again) -> None:
        """`app` is a chalice.Chalice; `again` has messages of a queue, named by their receipts, handed out again."""
        self._app = app
        self._settings = settings
        self._again = again
        self.works: dict[str, Callable[..., object]] = {}

    def __call__(self, work: Callable[..., object]) -> Any:
        """Registers `work` under its own name. Raises KeyError if the table of functions does not have it."""
        function = functions.named(work.__name__)
        self.works[function.name] = work
        if function.every:
            return self._app.schedule(function.every)(_timed(work))
        queue = self._settings.resource(function.queue)
        return self._app.on_sqs_message(queue=queue, batch_size=function.batch, maximum_concurrency=function.at_once)(
            self._fed(function, work)
        )

    def _fed(self, function: Function, work: Callable[[list[Message]], object]) -> Callable[[Any], Any]:
        @functools.wraps(work)
        def called(event: Any) -> dict[str, Any] | None:
            log.begin(getattr(event.context, "aws_request_id", ""))
            records = list(event)
            try:
                work([json.loads(record.body) for record in records])
            except Exception:
                if len(records) > 1 and _has_time(event.context, function):
                    return {"batchItemFailures": _apart(function, work, records)}
                # Whatever it was that failed: Lambda logs it, and counts the try. Only a function that died, and so
                # cannot say so, has its messages hidden until nobody can still be at them.
                if function.again:
                    self._again(function.queue, [record.receipt_handle for record in records], function.again)
                raise
            return None

        return called


def _has_time(context: Any, function: Function) -> bool:
    """Whether most of the function's time is left for doing a batch again."""
    left = getattr(context, "get_remaining_time_in_millis", None)
    return left is None or left() > 500 * function.timeout


def _apart(function: Function, work: Callable[[list[Message]], object], records: list[Any]) -> list[dict[str, str]]:
    """Does each message of a batch by itself; names those that failed. Raises what the last one raised if all did."""
    failed = []
    for record in records:
        try:
            work([json.loads(record.body)])
        except Exception:
            failed.append({"itemIdentifier": record.to_dict()["messageId"]})
            if len(failed) == len(records):
                raise
            log.error("a message failed, others of its batch are done", queue=function.queue, batch=len(records))
    return failed


def _timed(work: Callable[[datetime], object]) -> Callable[[Any], None]:
    @functools.wraps(work)
    def called(event: Any) -> None:
        log.begin(event.event_id)
        work(datetime.fromisoformat(event.time))

    return called
