"""Google Chat: a card through an incoming webhook of a space. Its texts are HTML, in which they are escaped.

Reference: Google Chat, "Build a Google Chat app as a webhook", "spaces.messages.create" and "Cards v2".
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from chalicelib.channels import calls, fields, markup, texts, words
from chalicelib.channels.base import Outlet, everything, in_turn
from chalicelib.core.kinds import Listed
from chalicelib.core.news import News

name = "googlechat"
service = "Google Chat"
opens_incidents = False
secrets = ("url",)

# A message has 32,000 bytes at most.
BYTES = 28_000


clean = fields.webhook
wants = everything


@in_turn
def send(settings: dict[str, Any], news: News, outlet: Outlet) -> None:
    """A request under an id that Chat has seen answers the message that is there, and makes no other."""
    url, number = settings["url"], hashlib.sha256(news.id.encode("utf-8", "replace")).hexdigest()[:32]
    once = f"{url}{'&' if '?' in url else '?'}requestId={number}"
    calls.send_json(outlet, service, once, message(news), [news])


def public(settings: dict[str, Any]) -> dict[str, Any]:
    return fields.covered(settings, secrets)


def message(news: News) -> dict[str, Any]:
    return texts.most(texts.facts(news, shape=markup.html), lambda facts: _message(news, facts), _is_small)


def _message(news: News, facts: Listed) -> dict[str, Any]:
    title = texts.title(news)
    widgets: list[dict[str, Any]] = [{"textParagraph": {"text": texts.summary(news, shape=markup.html)}}]
    widgets += [{"decoratedText": {"topLabel": name, "text": value, "wrapText": True}} for name, value in facts]
    widgets += _buttons(words.link(news))
    header = {"title": title, "subtitle": words.one_line(news.site.name, 100)}
    card = {"cardId": "news", "card": {"header": header, "sections": [{"widgets": widgets}]}}
    return {"cardsV2": [card], "fallbackText": title}


def _is_small(message: dict[str, Any]) -> bool:
    return len(json.dumps(message)) <= BYTES


def _buttons(link: str) -> list[dict[str, Any]]:
    button = {"text": "Open the check", "onClick": {"openLink": {"url": link}}}
    return [{"buttonList": {"buttons": [button]}}] if link else []
