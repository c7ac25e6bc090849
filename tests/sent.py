"""What was sent: mails and texts as the emulated AWS received them."""

from __future__ import annotations

import email
import email.policy
from dataclasses import dataclass
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends
from moto.sns.models import sns_backends

REGION = "eu-north-1"


@dataclass(frozen=True)
class Mail:
    to: list[str]
    subject: str
    text: str


class Sent:
    """A view of the emulated SES and SNS; the order is that of sending."""

    @property
    def mails(self) -> list[Mail]:
        return [_mail(message) for message in ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages]

    @property
    def subjects(self) -> list[str]:
        return [mail.subject for mail in self.mails]

    @property
    def texts(self) -> list[str]:
        """The messages of every SMS."""
        return [str(sms[1]) for sms in sns_backends[DEFAULT_ACCOUNT_ID][REGION].sms_messages.values()]


def _mail(message: Any) -> Mail:
    raw = getattr(message, "raw_data", None)
    if raw is None:
        return Mail(list(message.destinations["ToAddresses"]), message.subject, message.body)
    parsed = email.message_from_string(raw, policy=email.policy.default)
    body = parsed.get_body(("plain",))
    return Mail(list(message.destinations), str(parsed["Subject"]), str(body.get_content()) if body else "")
