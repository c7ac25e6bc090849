"""SQS in memory: messages with delays, visibility and dead letters. The world hands them to the functions."""

from __future__ import annotations

import hashlib
import heapq
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.walk.dynamo import refusal

Request = dict[str, Any]
MAX_DELAY = 900
BATCH = 10
BATCH_BYTES = 1_048_576
# So many seconds a message is late that is.
LATE = 100.0


@dataclass(order=True)
class Message:
    """A message and when it may be handed out. `receives` counts how often it was."""

    visible: float
    number: int
    body: str = field(compare=False)
    sent: float = field(compare=False)
    receives: int = field(default=0, compare=False)
    group: str = field(default="", compare=False)


@dataclass
class Queue:
    """One queue. `failed` is the name of the queue of its dead letters."""

    name: str
    visibility: float
    receives: int
    failed: str
    waiting: list[Message] = field(default_factory=list)
    letters: list[Message] = field(default_factory=list)

    @property
    def next_at(self) -> float | None:
        """When the next message may be handed out."""
        return self.waiting[0].visible if self.waiting else None


class Queues:
    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._numbers = itertools.count(1)
        self.queues: dict[str, Queue] = {}
        # What becomes of a message that is sent to the queue of this name: "" for what is usual, lost, doubled, late.
        self.fate: Callable[[str], str] = lambda _name: ""
        # When messages that are being handled may be handed out again, where that has been set for one.
        self._again: dict[str, float] = {}

    def create(self, properties: dict[str, Any]) -> None:
        """A queue as a template describes it."""
        name = properties["QueueName"]
        redrive = properties.get("RedrivePolicy", {})
        visibility, receives = properties.get("VisibilityTimeout", 30), redrive.get("maxReceiveCount", 0)
        self.queues[name] = Queue(name, float(visibility), int(receives), "")

    def call(self, operation: str, request: Request) -> Request:
        return dict(getattr(self, f"_{operation}")(request))

    def put(self, event: dict[str, Any]) -> None:
        """SES has published what became of a mail; it comes a second later."""
        (queue,) = (queue for name, queue in self.queues.items() if name.endswith("-feedback"))
        self._sent(queue, json.dumps(event), 1)

    def _of(self, request: Request) -> Queue:
        name = request["QueueUrl"].rpartition("/")[2]
        if name not in self.queues:
            raise refusal("any", "AWS.SimpleQueueService.NonExistentQueue", f"no queue {name}")
        return self.queues[name]

    def _GetQueueUrl(self, request: Request) -> Request:  # noqa: N802
        url = f"https://sqs.walk/{request['QueueName']}"
        self._of({"QueueUrl": url})
        return {"QueueUrl": url}

    def _SendMessage(self, request: Request) -> Request:  # noqa: N802
        message = self._sent(self._of(request), request["MessageBody"], request.get("DelaySeconds", 0))
        return {"MessageId": f"m{message.number}", "MD5OfMessageBody": _digest(message.body)}

    def _SendMessageBatch(self, request: Request) -> Request:  # noqa: N802
        queue, entries = self._of(request), request["Entries"]
        if not 1 <= len(entries) <= BATCH or len({entry["Id"] for entry in entries}) < len(entries):
            raise refusal("SendMessageBatch", "AWS.SimpleQueueService.TooManyEntriesInBatchRequest")
        if sum(len(entry["MessageBody"].encode()) for entry in entries) > BATCH_BYTES:
            raise refusal("SendMessageBatch", "AWS.SimpleQueueService.BatchRequestTooLong")
        taken = []
        for entry in entries:
            message = self._sent(queue, entry["MessageBody"], entry.get("DelaySeconds", 0))
            taken.append({"Id": entry["Id"], "MessageId": f"m{message.number}"})
        return {"Successful": taken, "Failed": []}

    def _sent(self, queue: Queue, body: str, delay: float) -> Message:
        message, fate = self._made(body, delay), self.fate(queue.name)
        if fate == "late":
            message.visible += LATE
        if fate != "lost":
            heapq.heappush(queue.waiting, message)
        if fate == "doubled":
            heapq.heappush(queue.waiting, self._made(body, delay))
        return message

    def _made(self, body: str, delay: float) -> Message:
        if not 0 <= delay <= MAX_DELAY:
            raise refusal("SendMessage", "InvalidParameterValue", f"Value {delay} for DelaySeconds is invalid")
        now = self._clock()
        return Message(now + delay, next(self._numbers), body, now)

    def receive(self, queue: Queue, at_most: int) -> list[Message]:
        """Takes messages that may be handed out by now. What is not deleted has to be given back."""
        taken: list[Message] = []
        while queue.waiting and queue.waiting[0].visible <= self._clock() and len(taken) < at_most:
            message = heapq.heappop(queue.waiting)
            message.receives += 1
            taken.append(message)
        return taken

    def _ReceiveMessage(self, request: Request) -> Request:  # noqa: N802
        queue = self._of(request)
        taken = self.receive(queue, request.get("MaxNumberOfMessages", 1))
        found = [{"MessageId": f"m{one.number}", "ReceiptHandle": _receipt(one), "Body": one.body} for one in taken]
        self.give_back(queue, taken, self._clock())
        return {"Messages": found} if found else {}

    def _DeleteMessageBatch(self, request: Request) -> Request:  # noqa: N802
        queue, receipts = self._of(request), {entry["ReceiptHandle"] for entry in request["Entries"]}
        queue.waiting = [one for one in queue.waiting if _receipt(one) not in receipts]
        heapq.heapify(queue.waiting)
        queue.letters = [one for one in queue.letters if _receipt(one) not in receipts]
        return {"Successful": [{"Id": entry["Id"]} for entry in request["Entries"]], "Failed": []}

    def give_back(self, queue: Queue, messages: list[Message], received: float) -> None:
        """What failed comes again when its visibility timeout is over, or goes to the dead letters."""
        for message in messages:
            if queue.receives and message.receives >= queue.receives:
                queue.letters.append(message)
                continue
            message.visible = self._again.pop(_receipt(message), received + queue.visibility)
            heapq.heappush(queue.waiting, message)

    def _ChangeMessageVisibility(self, request: Request) -> Request:  # noqa: N802
        self._again[request["ReceiptHandle"]] = self._clock() + request["VisibilityTimeout"]
        return {}


def _receipt(message: Message) -> str:
    return f"r{message.number}#{message.receives}"


def record(message: Message, queue: str) -> Request:
    """A message as a function receives it (Using Lambda with Amazon SQS, standard queue message event)."""
    return {
        "messageId": f"m{message.number}",
        "receiptHandle": _receipt(message),
        "body": message.body,
        "attributes": {
            "ApproximateReceiveCount": str(message.receives),
            "SentTimestamp": str(int(message.sent * 1000)),
            "ApproximateFirstReceiveTimestamp": str(int(message.sent * 1000)),
        },
        "messageAttributes": {},
        "md5OfBody": _digest(message.body),
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:eu-north-1:123456789012:{queue}",
        "awsRegion": "eu-north-1",
    }


def _digest(body: str) -> str:
    return hashlib.md5(body.encode(), usedforsecurity=False).hexdigest()
