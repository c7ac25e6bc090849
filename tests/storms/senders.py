"""SES and SNS as they throttle: a rate, short bursts, and the day's quota.

Codes and words: Amazon SES Developer Guide, "Errors related to the sending quotas for your Amazon SES account"; Amazon
SES API v2, SendEmail; Amazon SNS API Reference, Publish. What counts: AWS Messaging & Targeting Blog on throttling.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from tests.walk.dynamo import refusal

Request = dict[str, Any]
DAY = 86_400.0
# What version 2 of the API answers with, and what it is documented to answer with.
TOO_MANY = ("TooManyRequestsException", 429)
THROTTLING = ("Throttling", 400)
THROTTLED = ("Throttled", 429)


@dataclass
class Bucket:
    """Takes so many recipients a second, and no more at once than fit into one second. A message to several is taken
    as long as anything is left, and what it takes too much has to come in again before the next."""

    rate: float
    clock: Callable[[], float]
    left: float = 0.0
    at: float = 0.0

    def __post_init__(self) -> None:
        self.left, self.at = self.size, self.clock()

    @property
    def size(self) -> float:
        return max(self.rate, 1.0)

    def takes(self, recipients: int = 1) -> bool:
        now = self.clock()
        self.left, self.at = min(self.left + (now - self.at) * self.rate, self.size), now
        # A moment is a sum of many parts: what is missing by less than a microsecond is not missing.
        if self.left < 1.0 - 1e-6:
            return False
        self.left -= recipients
        return True


@dataclass(frozen=True)
class Message:
    """What a sender took: `at` in seconds since 1970."""

    at: float
    to: str
    id: str
    subject: str


@dataclass
class Sender:
    """One service, for the whole account. `calls` counts what it was asked for, `taken` is what it took; `quota` is how
    many recipients it takes in a day, `throttled` the code and the status of its refusals. `tells`: it says how many it
    takes."""

    bucket: Bucket
    throttled: tuple[str, int] = TOO_MANY
    quota: float = float("inf")
    tells: bool = True
    calls: int = 0
    taken: list[Message] = field(default_factory=list)

    def call(self, operation: str, request: Request) -> Request:
        if operation == "GetAccount" and self.tells:
            return {"SendQuota": {"MaxSendRate": self.bucket.rate, "Max24HourSend": self.quota}}
        if operation == "SendEmail":
            return self._send_email(request)
        if operation == "Publish":
            return self._publish(request)
        raise refusal(operation, "AccessDeniedException", f"not authorized to perform {operation}", 403)

    def _send_email(self, request: Request) -> Request:
        to = request["Destination"]["ToAddresses"]
        self._take("SendEmail", len(to))
        raw = bytes(request["Content"]["Raw"]["Data"]).decode()
        self.taken.append(Message(self.bucket.clock(), to[0], _header(raw, "X-Tocsin-Id"), _header(raw, "Subject")))
        return {"MessageId": str(self.calls)}

    def _publish(self, request: Request) -> Request:
        self._take("Publish", 1)
        to = request.get("TopicArn") or request["PhoneNumber"]
        self.taken.append(Message(self.bucket.clock(), to, "", request["Message"]))
        return {"MessageId": str(self.calls)}

    def _take(self, operation: str, recipients: int) -> None:
        self.calls += 1
        now = self.bucket.clock()
        if sum(message.at > now - DAY for message in self.taken) >= self.quota:
            raise self._refused(operation, "Daily message quota exceeded.")
        if not self.bucket.takes(recipients):
            raise self._refused(operation, "Maximum sending rate exceeded.")

    def _refused(self, operation: str, words: str) -> ClientError:
        code, status = self.throttled
        return refusal(operation, code, words, status)


def _header(raw: str, name: str) -> str:
    found = re.search(rf"(?im)^{name}:\s*(.*?)\r?$", raw)
    return found[1] if found else ""
