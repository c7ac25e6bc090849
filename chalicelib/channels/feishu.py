"""Feishu, or Lark: a rich text through a custom bot of a group, signed if the bot asks for that.

The elements of a rich text are shown as they are: only an element of its own calls somebody.

Reference: Feishu Open Platform, "Custom bot guide" and "Post".
"""

from __future__ import annotations

import base64
import hmac
from typing import Any

from chalicelib.channels import calls, fields, texts, words
from chalicelib.channels.base import Outlet, everything, in_turn
from chalicelib.core.news import News

name = "feishu"
service = "Feishu"
opens_incidents = False
secrets = ("url", "secret")

# In bytes; a request has 20,480 at most, in which a character may take six.
TEXT_LIMIT = 6_000


clean = fields.signed_webhook
wants = everything


@in_turn
def send(settings: dict[str, Any], news: News, outlet: Outlet) -> None:
    document = {**signature(settings["secret"], news), **message(news)}
    calls.send_json(outlet, service, settings["url"], document, [news])


def public(settings: dict[str, Any]) -> dict[str, Any]:
    return fields.covered(settings, secrets)


def message(news: News) -> dict[str, Any]:
    text = {"tag": "text", "text": texts.plain(news, TEXT_LIMIT, texts.utf8, titled=False, linked=False)}
    lines: list[list[dict[str, str]]] = [[text]]
    link = words.link(news)
    if link:
        lines.append([{"tag": "a", "text": "Open the check", "href": link}])
    return {"msg_type": "post", "content": {"post": {"en_us": {"title": texts.title(news), "content": lines}}}}


def signature(secret: str, news: News) -> dict[str, str]:
    """The moment of the call, signed: it holds for an hour. None for a bot without a secret."""
    if not secret:
        return {}
    timestamp = str(int(news.now.timestamp()))
    digest = hmac.digest(f"{timestamp}\n{secret}".encode(), b"", "sha256")
    return {"timestamp": timestamp, "sign": base64.b64encode(digest).decode("ascii")}
