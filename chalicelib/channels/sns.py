"""Amazon SNS topics: the news as JSON for machines, with attributes to filter subscriptions by.

The topic has to be in the region of the installation.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from typing import Any

from chalicelib.channels import aws, fields, words
from chalicelib.channels.base import Outlet, everything, in_turn
from chalicelib.channels.payloads import healthchecks
from chalicelib.core.kinds.heartbeat import exit_status
from chalicelib.core.news import News

name = "sns"
service = "SNS"
opens_incidents = False
secrets = ()

SUBJECT_LIMIT = 99
BODY_LIMIT = 10_000

_TOPIC = re.compile(r"arn:aws(-[a-z]+)*:sns:[a-z0-9-]{1,40}:[0-9]{12}:[A-Za-z0-9_-]{1,251}(\.fifo)?")


def clean(settings: dict[str, object]) -> dict[str, Any]:
    fields.refuse_unknown(settings, ["topic"])
    topic = fields.text(settings, "topic", 400).strip()
    if not _TOPIC.fullmatch(topic):
        raise fields.invalid("topic", "is not the ARN of an SNS topic")
    return {"topic": topic}


wants = everything


@in_turn
def send(settings: dict[str, Any], news: News, outlet: Outlet) -> None:
    topic = settings["topic"]
    aws.ask(
        service,
        news.now,
        outlet.sns.publish,
        TopicArn=topic,
        Subject=subject(news),
        Message=json.dumps(message(news)),
        MessageAttributes=_attributes(news),
        **(_order(news) if topic.endswith(".fifo") else {}),
    )


def public(settings: dict[str, Any]) -> dict[str, Any]:
    return dict(settings)


def subject(news: News) -> str:
    """ASCII, on one line, below 100 characters: all that SNS takes."""
    text = unicodedata.normalize("NFKD", f"{words.headline(news)} | {words.label(news)}")
    text = "".join(char for char in text if not unicodedata.combining(char))
    return text.encode("ascii", "replace").decode("ascii")[:SUBJECT_LIMIT].rstrip()


def message(news: News) -> dict[str, Any]:
    """The news as data. Moments are ISO 8601 in UTC, `downtime` is whole seconds, `body` is the last ping's."""
    return {
        "id": news.id,
        "event": news.event,
        "reminder": news.reminder,
        "at": news.flip.at.isoformat(),
        "reason": news.flip.reason,
        "summary": words.summary(news),
        "exit_status": exit_status(news),
        "downtime": None if news.downtime is None else int(news.downtime.total_seconds()),
        "project": news.project,
        "check": healthchecks.public(news),
        "body": words.body_text(news.body, BODY_LIMIT),
        "url": words.link(news),
    }


def _attributes(news: News) -> dict[str, dict[str, str]]:
    """SNS refuses an attribute without a value, so what is empty is left out."""
    values = {"event": news.event, "check": news.check.unique_key, "project": words.one_line(news.project, 200)}
    return {key: {"DataType": "String", "StringValue": value} for key, value in values.items() if value}


def _order(news: News) -> dict[str, str]:
    """A FIFO topic keeps the news of one check in order and drops a repeated attempt."""
    return {
        "MessageGroupId": news.check.unique_key,
        "MessageDeduplicationId": hashlib.sha256(news.id.encode("utf-8", "replace")).hexdigest(),
    }
