"""Incoming webhooks as Slack has them, and as Mattermost and Discord (address + "/slack") understand them too.

Reference: Slack, "Sending messages using incoming webhooks" and "Legacy: secondary message attachments".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from chalicelib.channels import calls, details, fields, texts, words
from chalicelib.channels.base import Outlet, everything
from chalicelib.core.news import News

name = "slack"
service = "Slack"
opens_incidents = False
secrets = ("url",)

# Discord takes no longer value in a field.
VALUE_LIMIT = 1_024
# Discord takes no more embeds in one message.
ATTACHMENTS = 10

_COLOURS = {"bad": "danger", "good": "good", "neutral": "#5b6b7f"}
_MENTION = re.compile(r"@(?=(?:here|channel|everyone|all)\b)", re.IGNORECASE)


clean = fields.webhook
wants = everything


def send(settings: dict[str, Any], news: Sequence[News], outlet: Outlet) -> None:
    for start in range(0, len(news), ATTACHMENTS):
        _post(settings["url"], news[start : start + ATTACHMENTS], outlet)


def _post(url: str, news: Sequence[News], outlet: Outlet) -> None:
    calls.send_json(outlet, service, url, message(*news), news)


def public(settings: dict[str, Any]) -> dict[str, Any]:
    return fields.covered(settings, secrets)


def message(*news: News) -> dict[str, Any]:
    """The message, with an attachment for each of the news."""
    return {"username": words.one_line(news[0].site.name, 80), "attachments": [_attachment(one) for one in news]}


def _attachment(news: News) -> dict[str, Any]:
    """A coloured bar, a title that leads to the check, the reason and the facts."""
    title = words.title(news)
    attachment: dict[str, Any] = {
        "fallback": escaped(title),
        "color": _COLOURS[words.colour(news)],
        "title": escaped(title),
        "text": escaped(words.summary(news)),
        "fields": _fields(news),
        "mrkdwn_in": ["fields"],
        "footer": escaped(words.one_line(news.site.name, 100)),
        "ts": int(news.flip.at.timestamp()),
    }
    link = words.link(news)
    if link:
        attachment["title_link"] = link
    return attachment


def escaped(text: str) -> str:
    """Text that is shown as it is: no markup, no links, and nobody is called by an @channel in a check's name."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MENTION.sub("@\u200b", text)


def _fields(news: News) -> list[dict[str, Any]]:
    return [_field(title, value) for title, value in details.everything(news)]


def _field(title: str, value: str) -> dict[str, Any]:
    shape = _fenced if title == details.BODY else escaped
    return {
        "title": title,
        "value": texts.fitting(value, VALUE_LIMIT, shape=shape),
        "short": title not in (details.DESCRIPTION, details.BODY),
    }


def _fenced(text: str) -> str:
    """A block of code that its text cannot end."""
    inside = escaped(text).replace("```", "`\u200b`\u200b`")
    return f"```\n{inside}\n```"
