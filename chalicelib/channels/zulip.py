"""Zulip: a message of a bot to a channel, or to people. Zulip's Markdown knows no escape, so that texts of others stand
in code.

Reference: Zulip, REST API, "Send a message" and "Error handling".
"""

from __future__ import annotations

import json
import re
from typing import Any

from chalicelib.channels import calls, fields, texts, words
from chalicelib.channels.base import Outlet, everything, in_turn
from chalicelib.core.news import News

name = "zulip"
service = "Zulip"
opens_incidents = False
secrets = ("key",)

# In characters.
CONTENT_LIMIT, TOPIC_LIMIT = 10_000, 60
TYPES = ("stream", "private")

_MAIL = re.compile(r"[^\s@,<>\"]{1,64}@[^\s@,<>\"]{1,189}")


def clean(settings: dict[str, object]) -> dict[str, Any]:
    fields.refuse_unknown(settings, ["key", "email", "url", "type", "to", "topic"])
    cleaned = {
        "key": fields.token(settings, "key", 100),
        "email": fields.matching(settings, "email", 254, _MAIL, "is not the address of a bot"),
        "url": fields.server(settings, "url"),
        "type": fields.text(settings, "type", 20, TYPES[0]).strip(),
        "to": fields.text(settings, "to", 1_000).strip(),
        "topic": words.one_line(fields.text(settings, "topic", TOPIC_LIMIT, ""), TOPIC_LIMIT),
    }
    if cleaned["type"] not in TYPES:
        raise fields.invalid("type", f"is not one of {', '.join(TYPES)}")
    if not cleaned["to"]:
        raise fields.invalid("to", "is empty")
    if cleaned["type"] == "private" and not all(map(_MAIL.fullmatch, _people(cleaned["to"]))):
        raise fields.invalid("to", "is not a list of addresses, parted by commas")
    return cleaned


wants = everything


@in_turn
def send(settings: dict[str, Any], news: News, outlet: Outlet) -> None:
    url, headers = f"{settings['url']}/api/v1/messages", calls.basic(settings["email"], settings["key"])
    calls.send_form(outlet, service, url, message(settings, news), [news], headers)


def public(settings: dict[str, Any]) -> dict[str, Any]:
    return fields.covered(settings, secrets)


def message(settings: dict[str, Any], news: News) -> dict[str, str]:
    """The fields of the message. Without a topic of its own, a channel has one for each check."""
    content = texts.coded(news, CONTENT_LIMIT)
    if settings["type"] == "private":
        return {"type": "private", "to": json.dumps(_people(settings["to"])), "content": content}
    topic = settings["topic"] or words.label(news, TOPIC_LIMIT)
    return {"type": "stream", "to": settings["to"], "topic": topic, "content": content}


def _people(to: str) -> list[str]:
    return [one.strip() for one in to.split(",")]
