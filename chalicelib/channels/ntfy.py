"""ntfy: a message to a topic, on ntfy.sh or another server.

Reference: ntfy, "Publishing" (Publish as JSON, Updating messages, Limitations).
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from chalicelib.channels import calls, fields, texts, words
from chalicelib.channels.base import Outlet, everything, in_turn
from chalicelib.core.news import News

name = "ntfy"
service = "ntfy"
opens_incidents = False
# Whoever knows a topic reads it, unless it is reserved.
secrets = ("topic", "token")

SERVER = "https://ntfy.sh"

# In bytes; a longer message becomes an attachment.
MESSAGE_LIMIT, TITLE_LIMIT = 4_096, 1_000

_TOPIC = re.compile(r"[A-Za-z0-9_-]{1,64}")
_TAGS = {"bad": "rotating_light", "good": "white_check_mark", "neutral": "information_source"}


def clean(settings: dict[str, object]) -> dict[str, Any]:
    fields.refuse_unknown(settings, ["topic", "url", "token", "priority", "priority_up"])
    return {
        "topic": fields.matching(settings, "topic", 80, _TOPIC, "is not a topic: up to 64 letters, digits, _ and -"),
        "url": fields.server(settings, "url", SERVER),
        "token": fields.token(settings, "token", default=""),
        "priority": fields.number(settings, "priority", 1, 5, 3),
        "priority_up": fields.number(settings, "priority_up", 1, 5, 3),
    }


wants = everything


@in_turn
def send(settings: dict[str, Any], news: News, outlet: Outlet) -> None:
    headers = calls.bearer(settings["token"]) if settings["token"] else {}
    calls.send_json(outlet, service, f"{settings['url']}/", message(settings, news), [news], headers)


def public(settings: dict[str, Any]) -> dict[str, Any]:
    return fields.covered(settings, secrets)


def message(settings: dict[str, Any], news: News) -> dict[str, Any]:
    """The message. What is sent under the same sequence again takes the place of what was there (ntfy 2.16)."""
    sent = {
        "topic": settings["topic"],
        "title": texts.fitting(texts.title(news), TITLE_LIMIT, texts.utf8),
        "message": texts.plain(news, MESSAGE_LIMIT, texts.utf8, titled=False, linked=False),
        "priority": settings["priority" if news.event == "down" else "priority_up"],
        "tags": [_TAGS[words.colour(news)]],
        "sequence_id": hashlib.sha256(news.id.encode("utf-8", "replace")).hexdigest()[:32],
    }
    link = words.link(news)
    return sent | {"click": link} if link else sent
