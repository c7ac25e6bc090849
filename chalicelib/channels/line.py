"""LINE: a message of an official account to a user, a group or a room. (LINE Notify has ended.)

LINE executes requests with one retry key once; to all later ones it answers 409, which says that it has the message.

Reference: LINE Developers, Messaging API, "Send push message" and "Retry failed API requests".
"""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

from chalicelib.channels import calls, fields, texts
from chalicelib.channels.base import Outlet, everything, in_turn
from chalicelib.core.news import News

name = "line"
service = "LINE"
opens_incidents = False
secrets = ("token",)

ENDPOINT = "https://api.line.me"

# In UTF-16 units.
TEXT_LIMIT = 5_000

_RECIPIENT = re.compile(r"[UCR][0-9a-f]{32}")
# Retry keys are UUIDs; those of other programs are made in other names.
_KEYS = uuid.UUID("8d3bd1f2-2b0e-5a43-9a7e-0f7c1f2f6a55")


def clean(settings: dict[str, object]) -> dict[str, Any]:
    fields.refuse_unknown(settings, ["token", "to"])
    return {
        "token": fields.token(settings, "token"),
        "to": fields.matching(settings, "to", 40, _RECIPIENT, "is not the id of a user, a group or a room"),
    }


wants = everything


@in_turn
def send(settings: dict[str, Any], news: News, outlet: Outlet) -> None:
    key = uuid.uuid5(_KEYS, news.id.encode("utf-8", "replace").decode())
    headers = {**calls.bearer(settings["token"]), "X-Line-Retry-Key": str(key)}
    message = {"type": "text", "text": texts.plain(news, TEXT_LIMIT, texts.utf16)}
    body = json.dumps({"to": settings["to"], "messages": [message]}).encode()
    answer = calls.ask(outlet, f"{ENDPOINT}/v2/bot/message/push", body, [news], headers)
    if answer.status != 409:
        calls.taken(service, answer, [news])


def public(settings: dict[str, Any]) -> dict[str, Any]:
    return fields.covered(settings, secrets)
