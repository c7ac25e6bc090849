"""Microsoft Teams: an Adaptive Card through a webhook of Workflows. (The connectors of Office 365 are gone.)

All text of others stands in TextRun, which reads no markup.

Reference: Microsoft Teams, "Create incoming webhooks with Workflows"; Adaptive Cards, Schema Explorer, 1.2.
"""

from __future__ import annotations

import json
from typing import Any

from chalicelib.channels import calls, fields, texts, words
from chalicelib.channels.base import Outlet, everything, in_turn
from chalicelib.core.kinds import Listed
from chalicelib.core.news import News

name = "msteamsw"
service = "Teams"
opens_incidents = False
secrets = ("url",)

# Teams takes 28 kB, and counts what it adds itself.
BYTES = 20_000
# A value of more lines is cut: each of them is an element of the card.
LINES = 20

_COLOURS = {"bad": "attention", "good": "good", "neutral": "default"}


clean = fields.webhook
wants = everything


@in_turn
def send(settings: dict[str, Any], news: News, outlet: Outlet) -> None:
    calls.send_json(outlet, service, settings["url"], message(news), [news])


def public(settings: dict[str, Any]) -> dict[str, Any]:
    return fields.covered(settings, secrets)


def message(news: News) -> dict[str, Any]:
    return texts.most(texts.facts(news), lambda facts: _message(news, facts), _is_small)


def _message(news: News, facts: Listed) -> dict[str, Any]:
    card = {"contentType": "application/vnd.microsoft.card.adaptive", "content": _card(news, facts)}
    return {"type": "message", "attachments": [card]}


def _is_small(message: dict[str, Any]) -> bool:
    return len(json.dumps(message)) <= BYTES


def _card(news: News, facts: Listed) -> dict[str, Any]:
    title = texts.title(news)
    head = {"size": "large", "weight": "bolder", "color": _COLOURS[words.colour(news)]}
    card: dict[str, Any] = {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": "1.2",
        "fallbackText": title,
        "msteams": {"width": "full"},
        "body": [_line(_run(title, **head)), _line(_run(texts.summary(news))), *_facts(facts)],
    }
    link = words.link(news)
    open_it = {"type": "Action.OpenUrl", "title": "Open the check", "url": link}
    return card | {"actions": [open_it]} if link else card


def _facts(facts: Listed) -> list[dict[str, Any]]:
    """A line for each fact; what has several lines stands below its name."""
    shown = []
    for title, value in facts:
        name, lines = _run(f"{title}: ", weight="bolder"), value.splitlines()[:LINES]
        if len(lines) == 1:
            shown.append(_line(name, _run(lines[0])))
        else:
            shown += [_line(name), *(_line(_run(line or " ", fontType="monospace"), spacing="none") for line in lines)]
    return shown


def _line(*runs: dict[str, Any], **more: str) -> dict[str, Any]:
    return {"type": "RichTextBlock", "inlines": list(runs), **more}


def _run(text: str, **more: str) -> dict[str, Any]:
    return {"type": "TextRun", "text": text, **more}
