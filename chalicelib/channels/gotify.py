"""Gotify: a message of an application, on the owner's server.

Reference: Gotify, REST API, "Create a message", and "Message Extras".
"""

from __future__ import annotations

from typing import Any

from chalicelib.channels import calls, fields, texts, words
from chalicelib.channels.base import Outlet, everything, in_turn
from chalicelib.core.news import News

name = "gotify"
service = "Gotify"
opens_incidents = False
secrets = ("token",)

# Gotify names no limit; a phone shows no more.
MESSAGE_LIMIT = 8_000


def clean(settings: dict[str, object]) -> dict[str, Any]:
    fields.refuse_unknown(settings, ["token", "url", "priority", "priority_up"])
    return {
        "token": fields.token(settings, "token"),
        "url": fields.server(settings, "url"),
        "priority": fields.number(settings, "priority", 0, 10, 5),
        "priority_up": fields.number(settings, "priority_up", 0, 10, 5),
    }


wants = everything


@in_turn
def send(settings: dict[str, Any], news: News, outlet: Outlet) -> None:
    headers = {"X-Gotify-Key": settings["token"]}
    calls.send_json(outlet, service, f"{settings['url']}/message", message(settings, news), [news], headers)


def public(settings: dict[str, Any]) -> dict[str, Any]:
    return fields.covered(settings, secrets)


def message(settings: dict[str, Any], news: News) -> dict[str, Any]:
    """The message as plain text; a click on it leads to the check."""
    link = words.link(news)
    extras = {"client::notification": {"click": {"url": link}}} if link else {}
    return {
        "title": texts.title(news),
        "message": texts.plain(news, MESSAGE_LIMIT, titled=False),
        "priority": settings["priority" if news.event == "down" else "priority_up"],
        "extras": {"client::display": {"contentType": "text/plain"}, **extras},
    }
