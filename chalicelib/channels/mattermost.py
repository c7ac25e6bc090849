"""Mattermost: an attachment through an incoming webhook. Its texts are Markdown, in which they are escaped.

Reference: Mattermost, "Incoming webhooks" and "Message attachments".
"""

from __future__ import annotations

from typing import Any

from chalicelib.channels import calls, fields, markup, texts, words
from chalicelib.channels.base import Outlet, everything, in_turn
from chalicelib.core.news import News

name = "mattermost"
service = "Mattermost"
opens_incidents = False
secrets = ("url",)

_COLOURS = {"bad": "#d32f2f", "good": "#388e3c", "neutral": "#5b6b7f"}


clean = fields.webhook
wants = everything


@in_turn
def send(settings: dict[str, Any], news: News, outlet: Outlet) -> None:
    calls.send_json(outlet, service, settings["url"], message(news), [news])


def public(settings: dict[str, Any]) -> dict[str, Any]:
    return fields.covered(settings, secrets)


def message(news: News) -> dict[str, Any]:
    """The message: all of its texts together are below the 16,383 characters that a post has."""
    attachment = {
        "fallback": texts.title(news),
        "color": _COLOURS[words.colour(news)],
        "text": f"{_headline(news)}\n{texts.summary(news, shape=markup.markdown)}",
        "fields": [
            {"title": title, "value": value, "short": len(value) <= 40}
            for title, value in texts.facts(news, shape=markup.markdown, body=markup.fenced)
        ],
        "footer": words.one_line(news.site.name, 100),
    }
    return {"attachments": [attachment]}


def _headline(news: News) -> str:
    title, link = markup.markdown(texts.title(news)), words.link(news)
    return f"**[{title}]({link})**" if link else f"**{title}**"
