"""What comes back of mails and text messages, as SES and SNS would say it, for recipients that stand for a failure.

Addresses: those of the mailbox simulator of SES (Amazon SES Developer Guide, "Using the mailbox simulator"), with or
without a label (`bounce+one@...`). Numbers: one of the SMS simulator (AWS End User Messaging SMS User Guide, "Simulator
phone numbers"), and one of our own, from the range that is kept for stories, for the spending limit.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from botocore.handlers import BUILTIN_HANDLERS

SIMULATOR = "simulator.amazonses.com"
UNREACHABLE, OVER_THE_LIMIT = "+14254147167", "+12065550100"

Event = dict[str, Any]

_GONE = {"action": "failed", "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 user unknown"}
# By the name of the mailbox: the event, the object with its data, and what stands in it beside the recipients.
_MAILBOXES: dict[str, tuple[str, dict[str, Any], dict[str, str]]] = {
    "bounce": ("Bounce", {"bounceType": "Permanent", "bounceSubType": "General"}, _GONE),
    "suppressionlist": ("Bounce", {"bounceType": "Permanent", "bounceSubType": "Suppressed"}, {}),
    "ooto": ("Bounce", {"bounceType": "Transient", "bounceSubType": "General"}, {}),
    "complaint": ("Complaint", {"complaintSubType": None, "complaintFeedbackType": "abuse"}, {}),
}
_OBJECTS = {"Bounce": ("bounce", "bouncedRecipients"), "Complaint": ("complaint", "complainedRecipients")}
_ANSWERS = {UNREACHABLE: "Phone is currently unreachable/unavailable", OVER_THE_LIMIT: "No quota left for account"}


def of_mail(request: dict[str, Any], message_id: str, at: datetime) -> Iterator[Event]:
    """The events about a mail that SES took with this request (SendEmail)."""
    addressed = request["Destination"]["ToAddresses"]
    name = request.get("ConfigurationSetName", "")
    tags = {"ses:configuration-set": [name]}
    tags |= {tag["Name"]: [tag["Value"]] for tag in request.get("EmailTags", ())}
    mail = {"timestamp": _text(at), "messageId": message_id, "destination": addressed, "tags": tags}
    for address in addressed if name else ():
        mailbox, _, domain = address.rpartition("@")
        found = _MAILBOXES.get(mailbox.partition("+")[0]) if domain == SIMULATOR else None
        if found:
            yield _event(address, *found) | {"mail": mail}


def _event(address: str, event: str, about: dict[str, Any], recipient: dict[str, str]) -> Event:
    where, whom = _OBJECTS[event]
    return {"eventType": event, where: {**about, whom: [{"emailAddress": address, **recipient}]}}


def of_text(request: dict[str, Any], message_id: str, at: datetime) -> Iterator[Event]:
    """What SNS logs of a text message that it took with this request (Publish) and could not deliver."""
    number = request.get("PhoneNumber", "")
    if number in _ANSWERS:
        notification = {"messageId": message_id, "timestamp": f"{at:%Y-%m-%d %H:%M:%S.%f}"[:-3]}
        delivery = {"destination": number, "smsType": "Transactional", "providerResponse": _ANSWERS[number]}
        yield {"notification": notification, "delivery": {**delivery, "dwellTimeMs": 174}, "status": "FAILURE"}


def _text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


Read = Callable[[dict[str, Any], str, datetime], Iterable[Event]]


@contextmanager
def coming_back(queue: str, log_group: str) -> Iterator[None]:
    """What is sent inside, by clients that are made inside, comes back: events of SES into the queue, and what SNS logs
    into the log group."""
    watched: dict[str, tuple[Read, Callable[[Event], None]]] = {
        "sesv2.SendEmail": (of_mail, lambda event: _queued(queue, event)),
        "sns.Publish": (of_text, lambda event: _logged(log_group, event)),
    }
    handlers: list[tuple[str, Any]] = []
    for operation, (read, tell) in watched.items():
        handlers += [(f"provide-client-params.{operation}", _keep), (f"after-call.{operation}", _after(read, tell))]
    BUILTIN_HANDLERS.extend(handlers)
    try:
        yield
    finally:
        for handler in handlers:
            BUILTIN_HANDLERS.remove(handler)


def _keep(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    """Has the request at hand when it is answered."""
    context["tocsin_request"] = params


def _after(read: Read, tell: Callable[[Event], None]) -> Callable[..., None]:
    def handler(http_response: Any, parsed: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        if http_response.status_code < 300:
            for event in read(context["tocsin_request"], parsed["MessageId"], datetime.now(UTC)):
                tell(event)

    return handler


def _queued(queue: str, event: Event) -> None:
    """As SES does, a moment after it has taken the mail."""
    import boto3

    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps(event), DelaySeconds=1)


def _logged(group: str, event: Event) -> None:
    import boto3
    from botocore.exceptions import ClientError

    logs, stream = boto3.client("logs"), event["notification"]["messageId"]
    try:
        logs.create_log_group(logGroupName=group)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceAlreadyExistsException":
            raise
    logs.create_log_stream(logGroupName=group, logStreamName=stream)
    line = {"timestamp": int(datetime.now(UTC).timestamp() * 1000), "message": json.dumps(event)}
    logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=[line])
