"""Matrix: a message to a room. Its transaction is our id, so that the home server drops what it has had.

Reference: Matrix, Client-Server API, "Sending events to a room", "m.text" and "User and room mentions".
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from chalicelib.channels import calls, fields, markup, texts, words
from chalicelib.channels.base import Outlet, everything, in_turn
from chalicelib.core.kinds import Listed
from chalicelib.core.news import News

name = "matrix"
service = "Matrix"
opens_incidents = False
secrets = ("token",)

# An event has 65,536 bytes at most, as JSON, with both texts and what the server adds.
TEXT_LIMIT = 12_000

_ROOM = re.compile(r"![!-~]{1,254}")


def clean(settings: dict[str, object]) -> dict[str, Any]:
    fields.refuse_unknown(settings, ["token", "url", "room"])
    return {
        "token": fields.token(settings, "token"),
        "url": fields.server(settings, "url"),
        "room": fields.matching(settings, "room", 255, _ROOM, "is not the id of a room, which begins with !"),
    }


wants = everything


@in_turn
def send(settings: dict[str, Any], news: News, outlet: Outlet) -> None:
    room, transaction = (quote(part, safe="", errors="replace") for part in (settings["room"], news.id))
    url = f"{settings['url']}/_matrix/client/v3/rooms/{room}/send/m.room.message/{transaction}"
    calls.send_json(outlet, service, url, message(news), [news], calls.bearer(settings["token"]), "PUT")


def public(settings: dict[str, Any]) -> dict[str, Any]:
    return fields.covered(settings, secrets)


def message(news: News) -> dict[str, Any]:
    """The message as text and as HTML. It mentions nobody, whatever stands in it."""
    return {
        "msgtype": "m.text",
        "body": texts.plain(news, TEXT_LIMIT, texts.utf8),
        "format": "org.matrix.custom.html",
        "formatted_body": html(news),
        "m.mentions": {},
    }


def html(news: News) -> str:
    title = f"<strong>{markup.html(texts.title(news))}</strong>"
    link = words.link(news)
    foot = f'<a href="{markup.html(link)}">Open the check</a>' if link else ""

    def build(facts: Listed) -> str:
        lines = "<br>".join(f"<strong>{name}:</strong> {value}" for name, value in facts)
        parts = (f"{title}<br>{texts.summary(news, texts.utf8, _lines)}", lines, foot)
        return "".join(f"<p>{part}</p>" for part in parts if part)

    facts = texts.facts(news, texts.utf8, _lines)
    return texts.most(facts, build, lambda whole: texts.utf8(whole) <= TEXT_LIMIT)


def _lines(text: str) -> str:
    return markup.html(text).replace("\n", "<br>")
