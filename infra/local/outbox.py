"""Every message that the system has sent on this machine.

Mails, texts and topics as the emulated AWS took them, and the webhooks that were addressed to the runner itself.
"""

from __future__ import annotations

import email
import email.policy
import itertools
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any, Literal

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends
from moto.sns.models import sns_backends

from infra.local.environ import REGION

# Older messages than these are forgotten.
KEPT = 1_000

Kind = Literal["email", "sms", "sns", "webhook"]


@dataclass(frozen=True, slots=True)
class Sent:
    """One message. `number` counts from 1 in the order of sending, `at` is when that was; `html` may be empty."""

    number: int
    kind: Kind
    to: str
    subject: str
    text: str
    html: str
    at: datetime

    @property
    def title(self) -> str:
        return self.subject or self.text.partition("\n")[0]

    def to_document(self) -> dict[str, Any]:
        return asdict(self) | {"at": self.at.isoformat()}

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Sent:
        return cls(**document | {"at": datetime.fromisoformat(document["at"])})


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Outbox:
    """Looks after each call what is new in the emulated AWS; `tell` hears of every new message."""

    def __init__(self, tell: Callable[[Sent], None] = lambda sent: None) -> None:
        self.clock: Callable[[], datetime] = _utc_now
        self.tell = tell
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._sent: dict[int, Sent] = {}
        self._seen: dict[str, int] = {}

    def collect(self) -> None:
        """Takes in what SES and SNS have accepted since the last time."""
        with self._lock:
            fresh = [self._add(*message) for message in self._fresh()]
        for sent in fresh:
            self.tell(sent)

    def add(self, kind: Kind, to: str, subject: str, text: str) -> None:
        """Takes in a message that went another way."""
        with self._lock:
            sent = self._add(kind, to, subject, text, "")
        self.tell(sent)

    def take_back(self, sent: Sent) -> None:
        """Takes in again, under its number, a message that an earlier process has sent."""
        with self._lock:
            self._sent[sent.number] = sent
            self._numbers = itertools.count(max(self._sent) + 1)

    def newest_first(self) -> list[Sent]:
        with self._lock:
            return sorted(self._sent.values(), key=lambda sent: (sent.at, sent.number), reverse=True)

    def get(self, number: int) -> Sent | None:
        return self._sent.get(number)

    def _add(self, kind: Kind, to: str, subject: str, text: str, html: str) -> Sent:
        sent = Sent(next(self._numbers), kind, to, subject, text, html, self.clock())
        self._sent[sent.number] = sent
        self._sent.pop(sent.number - KEPT, None)
        return sent

    def _fresh(self) -> Iterator[tuple[Kind, str, str, str, str]]:
        for message in self._unseen("ses", ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages):
            yield _mail(message)
        sns = sns_backends[DEFAULT_ACCOUNT_ID][REGION]
        for number, text in self._unseen("sms", list(sns.sms_messages.values())):
            yield "sms", number, "", text, ""
        for topic in list(sns.topics.values()):
            for _, text, subject, *_ in self._unseen(topic.arn, topic.sent_notifications):
                yield "sns", topic.arn, subject or "", text, ""

    def _unseen(self, source: str, messages: list[Any]) -> list[Any]:
        seen = self._seen.get(source, 0)
        self._seen[source] = len(messages)
        return messages[seen:]


def _mail(message: Any) -> tuple[Kind, str, str, str, str]:
    """A mail as SES keeps it: raw, or in the parts that a simple call names."""
    raw = getattr(message, "raw_data", None)
    if raw is None:
        return "email", ", ".join(message.destinations.get("ToAddresses", [])), message.subject, message.body, ""
    parsed: EmailMessage = email.message_from_string(raw, policy=email.policy.default)
    to = ", ".join(dict.fromkeys(message.destinations))  # moto adds those of the header to those of the call
    return "email", to, str(parsed["Subject"] or ""), _part(parsed, "plain"), _part(parsed, "html")


def _part(mail: EmailMessage, subtype: Literal["plain", "html"]) -> str:
    part = mail.get_body((subtype,))
    return str(part.get_content()) if part else ""
