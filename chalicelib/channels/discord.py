"""Discord: an embed through a webhook of a channel, or of a thread in it.

Reference: Discord, Developer Documentation, "Execute Webhook", "Embed Limits" and "Allowed Mentions Object".
"""

from __future__ import annotations

from typing import Any

from chalicelib.channels import calls, fields, markup, texts, words
from chalicelib.channels.base import Outlet, everything, in_turn
from chalicelib.core.kinds import Listed
from chalicelib.core.news import News

name = "discord"
service = "Discord"
opens_incidents = False
secrets = ("url",)

TITLE_LIMIT, FIELD_LIMIT, FOOTER_LIMIT, FIELDS, EMBED_LIMIT = 256, 1_024, 2_048, 25, 6_000

_COLOURS = {"bad": 0xD32F2F, "good": 0x388E3C, "neutral": 0x5B6B7F}


def clean(settings: dict[str, object]) -> dict[str, Any]:
    fields.refuse_unknown(settings, ["url"])
    url = fields.web_address(settings)
    if url.partition("?")[0].endswith(("/slack", "/github")):
        raise fields.invalid("url", "must not end with /slack or /github: those take messages of another form")
    return {"url": url}


wants = everything


@in_turn
def send(settings: dict[str, Any], news: News, outlet: Outlet) -> None:
    url = settings["url"]
    # Unless it is asked to wait, Discord answers success before it knows whether it takes the message.
    waiting = f"{url}{'&' if '?' in url else '?'}wait=true"
    calls.send_json(outlet, service, waiting, message(news), [news])


def public(settings: dict[str, Any]) -> dict[str, Any]:
    return fields.covered(settings, secrets)


def message(news: News) -> dict[str, Any]:
    """The message: whoever is named in it is not called."""
    facts = texts.facts(news, texts.utf16, markup.markdown, body=markup.fenced)[:FIELDS]
    embed = texts.most(facts, lambda some: _embed(news, some), lambda built: _length(built) <= EMBED_LIMIT)
    return {"embeds": [embed], "allowed_mentions": {"parse": []}}


def _embed(news: News, facts: Listed) -> dict[str, Any]:
    """A coloured bar, a title that leads to the check, the reason and the facts."""
    embed: dict[str, Any] = {
        "title": texts.fitting(texts.title(news), TITLE_LIMIT, texts.utf16, markup.markdown),
        "description": texts.summary(news, texts.utf16, markup.markdown),
        "color": _COLOURS[words.colour(news)],
        "fields": [{"name": title, "value": value, "inline": _is_short(value)} for title, value in facts],
        "footer": {"text": words.one_line(news.site.name, 100)},
        "timestamp": news.flip.at.isoformat(timespec="milliseconds"),
    }
    link = words.link(news)
    return embed | {"url": link} if link else embed


def _is_short(value: str) -> bool:
    return len(value) <= 40 and "\n" not in value


def _length(embed: dict[str, Any]) -> int:
    """What counts of an embed together with others of its message."""
    shown = [embed["title"], embed["description"], embed["footer"]["text"]]
    return sum(map(texts.utf16, [*shown, *(field[key] for field in embed["fields"] for key in ("name", "value"))]))
