"""Pollers in place of Lambda's event source mappings: they hand what a queue holds to the function that app.py names.

As in AWS: a batch that was handled is deleted; one that failed stays in the queue and comes back when its visibility
timeout is over, or when the function says, and what has failed too often goes to the queue for that. The queues see to
it, as a stage's do.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from chalice import Chalice
from chalice.app import SQSEventConfig

from chalicelib import functions
from infra.local import events
from infra.local.events import Message
from infra.local.stopping import Stopping

# Lambda begins with as many batches of a queue at a time (Lambda Developer Guide, "Scaling behavior", SQS).
WORKERS = 5
# How soon a message is found whose arrival rang no bell: a delayed one, or one that comes back.
IDLE = 0.25
LARGEST_RECEIVE = 10

logger = logging.getLogger("infra.local")


class Poller:
    """Hands the messages of one queue to one function, up to WORKERS batches at a time."""

    def __init__(
        self, sqs: Any, queue: str, batch_size: int, name: str, function: Callable[[Any, Any], Any], stopping: Stopping
    ) -> None:
        self.queue, self.name = queue, name
        self._tries = next((known.tries for known in functions.FUNCTIONS if known.name == name), functions.TRIES)
        self._batch_size = min(batch_size, LARGEST_RECEIVE)
        self._sqs, self._function, self._stopping = sqs, function, stopping
        self._bell = threading.Event()
        self._free = threading.Semaphore(WORKERS)
        self._url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]

    def start(self) -> None:
        self._stopping.thread(f"poller {self.queue}", self._run)

    def ring(self) -> None:
        """Says that something may have arrived."""
        self._bell.set()

    def _run(self) -> None:
        while not self._stopping.stopped:
            if not self._free.acquire(timeout=IDLE):
                continue
            self._bell.clear()
            messages = self._receive()
            if messages:
                self._stopping.thread(self.name, lambda taken=messages: self._work(taken))  # type: ignore[misc]
            else:
                self._free.release()
                self._bell.wait(IDLE)

    def _work(self, messages: list[Message]) -> None:
        try:
            self.handle(messages)
        finally:
            self._free.release()

    def _receive(self) -> list[Message]:
        answer = self._sqs.receive_message(
            QueueUrl=self._url, MaxNumberOfMessages=self._batch_size, MessageSystemAttributeNames=["All"]
        )
        return list(answer.get("Messages", []))

    def poll(self) -> int:
        """Takes one batch and handles it here and now. Answers how many messages it held."""
        messages = self._receive()
        if messages:
            self.handle(messages)
        return len(messages)

    def handle(self, messages: list[Message]) -> None:
        try:
            answer = self._function(events.received(self.queue, messages), events.context(self.name))
        except Exception:
            # As in AWS, the whole batch is tried again later.
            logger.exception("%s failed with %d messages, they will be tried again", self.name, len(messages))
            self._say_given_up(messages)
            return
        failed = {one["itemIdentifier"] for one in answer["batchItemFailures"]} if isinstance(answer, dict) else set()
        self._say_given_up([message for message in messages if message["MessageId"] in failed])
        for message in messages:
            if message["MessageId"] not in failed:
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])

    def _say_given_up(self, messages: list[Message]) -> None:
        for message in messages:
            tries = int(message["Attributes"]["ApproximateReceiveCount"])
            if tries >= self._tries:
                logger.error("%s: given up after %d tries, set aside: %s", self.name, tries, message["Body"])


def of_app(app: Chalice, sqs: Any, stopping: Stopping) -> list[Poller]:
    """A poller for every queue that `app` listens to."""
    return [
        Poller(sqs, str(source.queue), source.batch_size, source.name, app.handler_map[source.name], stopping)
        for source in app.event_sources
        if isinstance(source, SQSEventConfig)
    ]
