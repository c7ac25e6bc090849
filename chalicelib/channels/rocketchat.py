"""Rocket.Chat: a message through an incoming webhook. Its dialects of Markdown know no common escape, so that texts of
others stand in code.

Reference: Rocket.Chat, "Incoming webhook integration".
"""

from __future__ import annotations

from typing import Any

from chalicelib.channels import calls, fields, texts
from chalicelib.channels.base import Outlet, everything, in_turn
from chalicelib.core.news import News

name = "rocketchat"
service = "Rocket.Chat"
opens_incidents = False
secrets = ("url",)

# In characters: as many as a server takes unless it is set to another number.
TEXT_LIMIT = 5_000


clean = fields.webhook
wants = everything


@in_turn
def send(settings: dict[str, Any], news: News, outlet: Outlet) -> None:
    calls.send_json(outlet, service, settings["url"], message(news), [news])


def public(settings: dict[str, Any]) -> dict[str, Any]:
    return fields.covered(settings, secrets)


def message(news: News) -> dict[str, Any]:
    """The message; no page is shown in small below it."""
    return {"text": texts.coded(news, TEXT_LIMIT), "parseUrls": False}
