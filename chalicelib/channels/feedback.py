"""What SES and SNS say of a message after they have taken it: accepted is not delivered.

SES publishes events (Amazon SES Developer Guide, "Contents of event data that Amazon SES publishes to Amazon SNS"),
which carry the tags of the mail. SNS writes a line about each text message that failed to CloudWatch Logs (Amazon SNS
Developer Guide, "Viewing CloudWatch metrics and logs for SMS deliveries"), which names it by its id alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from chalicelib.core.phrases import one_line

# final: it has not arrived, and nothing is sent to this recipient any more. heard: it was read, and nothing is sent to
# him any more. refused: this message will never be taken, the next one may be. again: tried again with growing pauses.
# unclear: it may have arrived, so it counts as told. late: the service goes on trying.
Outcome = Literal["final", "heard", "refused", "again", "unclear", "late"]

# The tag that SES itself adds to a mail.
SET_TAG = "ses:configuration-set"
_SAID_LIMIT, _WHY_LIMIT = 160, 400
_REMOVE = "take it off the suppression list of SES, then test the channel"


@dataclass(frozen=True, slots=True)
class Row:
    """What a service says, and what it means. `event` is the event of SES with the type of a bounce, or SNS's one;
    `words` is the subtype of SES, or stands in SNS's answer in lower case; empty for every other."""

    service: str
    event: str
    words: str
    outcome: Outcome
    why: str


LIMIT_REACHED = Row("SNS", "FAILURE", "no quota left", "again", "the account's SMS spending limit is reached")

TABLE: tuple[Row, ...] = (
    Row("SES", "Bounce Permanent", "OnAccountSuppressionList", "final", f"SES sends nothing to it: {_REMOVE}"),
    Row("SES", "Bounce Permanent", "Suppressed", "final", f"SES sends nothing to it: {_REMOVE}"),
    Row("SES", "Bounce Permanent", "UnsubscribedRecipient", "final", "its reader has unsubscribed in SES"),
    Row("SES", "Bounce Permanent", "", "final", "there is no such mailbox, or it takes nothing from here"),
    Row("SES", "Bounce Transient", "MailboxFull", "again", "the mailbox is full"),
    Row("SES", "Bounce Transient", "MessageTooLarge", "refused", "the mail is too large for it"),
    Row("SES", "Bounce Transient", "ContentRejected", "refused", "the content of the mail is not taken there"),
    Row("SES", "Bounce Transient", "AttachmentRejected", "refused", "the content of the mail is not taken there"),
    Row("SES", "Bounce Transient", "failed", "again", "its server did not take the mail"),
    Row("SES", "Bounce Undetermined", "failed", "again", "its server did not take the mail"),
    Row("SES", "Bounce", "", "unclear", "a bounce, or the answer of a machine: the mail may have come"),
    Row("SES", "Complaint", "OnAccountSuppressionList", "final", f"SES sends nothing to it: {_REMOVE}"),
    Row("SES", "Complaint", "", "heard", "its reader has marked a mail as spam"),
    Row("SES", "Reject", "", "refused", "SES has found a virus in the mail"),
    Row("SES", "DeliveryDelay", "", "late", "not delivered yet, SES goes on trying"),
    LIMIT_REACHED,
    Row("SNS", "FAILURE", "max price", "again", "the price is above what the account allows for a message"),
    Row("SNS", "FAILURE", "opted out", "final", "the owner of the number wants no messages"),
    Row("SNS", "FAILURE", "invalid phone number", "final", "there is no such number"),
    Row("SNS", "FAILURE", "blocked list", "final", "the number is blocked"),
    Row("SNS", "FAILURE", "has blocked sms", "final", "the phone takes no text messages"),
    Row("SNS", "FAILURE", "as spam", "refused", "the carrier takes the message for spam"),
    Row("SNS", "FAILURE", "has blocked this message", "refused", "the carrier does not take this message"),
    Row("SNS", "FAILURE", "body is invalid", "refused", "the text is not taken"),
    Row("SNS", "FAILURE", "", "again", "the phone could not be reached"),
)


@dataclass(frozen=True, slots=True)
class Feedback:
    """What became of a message for some `recipients` of all that it was `addressed` to. Its postmark is in the `tags`
    that were sent with it, or was kept under its `receipt`. `said` are the service's own words."""

    row: Row
    recipients: tuple[str, ...]
    addressed: tuple[str, ...]
    tags: Mapping[str, str]
    receipt: str = ""
    said: str = ""

    def why(self, recipient: str) -> str:
        """The reason as the channel shows it, on one line."""
        said = f' ("{one_line(self.said, _SAID_LIMIT)}")' if self.said else ""
        return one_line(f"{self.row.service}: {recipient}: {self.row.why}{said}", _WHY_LIMIT)

    @property
    def is_lost(self) -> bool:
        """Whether it has not been read there."""
        return self.row.outcome in ("final", "refused", "again")

    @property
    def is_for_good(self) -> bool:
        """Whether nothing is to be sent there any more."""
        return self.row.outcome in ("final", "heard")


def read(message: Mapping[str, Any]) -> list[Feedback]:
    """What a message of the queue says, for each recipient that it is about by itself; nothing where it is good news,
    or none that is understood."""
    if "delivery" in message and message.get("status") == "FAILURE":
        return [_failure(message)]
    event = str(message.get("eventType", ""))
    if "mail" not in message or event not in _READERS:
        return []
    return list(_events(event, message))


def _failure(message: Mapping[str, Any]) -> Feedback:
    """A line of SNS about a text message."""
    said, number = str(message["delivery"].get("providerResponse", "")), str(message["delivery"]["destination"])
    row = _row("SNS", "FAILURE", [said.lower()])
    return Feedback(row, (number,), (number,), {}, str(message["notification"]["messageId"]), said)


def _events(event: str, message: Mapping[str, Any]) -> Iterator[Feedback]:
    mail = message["mail"]
    addressed = tuple(str(one) for one in mail.get("destination", ()))
    tags = {name: str(values[0]) for name, values in mail.get("tags", {}).items() if values}
    about = message[_READERS[event]]
    kind = f"{event} {about['bounceType']}" if event == "Bounce" else event
    subtype = str(about.get("bounceSubType") or about.get("complaintSubType") or "")
    if about.get("complaintFeedbackType") == "not-spam":
        return
    for one in _concerned(event, about, addressed):
        row = _row("SES", kind, [subtype, str(one.get("action", "")).lower()])
        found = _among(str(one["emailAddress"]), addressed)
        said = one.get("diagnosticCode") or about.get("delayType") or about.get("reason") or ""
        yield Feedback(row, found, addressed, tags, said=str(said))


# Where each event has its own data.
_READERS = {"Bounce": "bounce", "Complaint": "complaint", "Reject": "reject", "DeliveryDelay": "deliveryDelay"}
_RECIPIENTS = {"Bounce": "bouncedRecipients", "Complaint": "complainedRecipients", "DeliveryDelay": "delayedRecipients"}


def _concerned(event: str, about: Mapping[str, Any], addressed: Iterable[str]) -> list[Mapping[str, Any]]:
    if event in _RECIPIENTS:
        return list(about.get(_RECIPIENTS[event], ()))
    return [{"emailAddress": one} for one in addressed]


def _among(recipient: str, addressed: tuple[str, ...]) -> tuple[str, ...]:
    """The address that the mail was sent to. A server that forwards names the mailbox behind it, which means nobody
    else where there is but one."""
    bare = recipient.rpartition("<")[2].rstrip("> ").lower()
    return tuple(one for one in addressed if one.lower() == bare) or (addressed if len(addressed) == 1 else ())


def _row(service: str, event: str, texts: list[str]) -> Row:
    """The first row that fits. There always is one."""
    return next(row for row in TABLE if row.service == service and _fits(row, event, texts))


def _fits(row: Row, event: str, texts: list[str]) -> bool:
    same = event == row.event or (row.event == "Bounce" and event.startswith("Bounce "))
    return same and (not row.words or any(row.words in text for text in texts))
