"""Telegram: a message of a bot to a person, a group or a channel.

A group that becomes a supergroup has another number from then on, which Telegram tells when it is next written to.

Reference: Telegram, Bot API, "sendMessage", "ResponseParameters" and "HTML style".
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from chalicelib.channels import bodies, calls, fields, markup, texts, words
from chalicelib.channels.base import Outlet, everything, in_turn
from chalicelib.core.errors import Moved
from chalicelib.core.kinds import Listed
from chalicelib.core.news import News

if TYPE_CHECKING:
    from chalicelib.channels.sender import Answer

name = "telegram"
service = "Telegram"
opens_incidents = False
secrets = ("token",)

ENDPOINT = "https://api.telegram.org"

# Telegram counts UTF-16 units, of the text without its markup.
TEXT_LIMIT = 4_096

_TOKEN = re.compile(r"[0-9]{3,20}:[A-Za-z0-9_-]{30,80}")
_CHAT = re.compile(r"-?[0-9]{1,20}|@[A-Za-z][A-Za-z0-9_]{3,31}")
_TOPIC = re.compile(r"[1-9][0-9]{0,18}")


def clean(settings: dict[str, object]) -> dict[str, Any]:
    fields.refuse_unknown(settings, ["token", "chat", "topic"])
    return {
        "token": fields.matching(settings, "token", 120, _TOKEN, "is not the token of a bot: a number, a colon, a key"),
        "chat": fields.matching(
            settings, "chat", 40, _CHAT, "is not the number of a chat, or the @name of a public one"
        ),
        "topic": fields.matching(settings, "topic", 20, _TOPIC, "is not the number of a topic", ""),
    }


wants = everything


@in_turn
def send(settings: dict[str, Any], news: News, outlet: Outlet) -> None:
    url = f"{ENDPOINT}/bot{settings['token']}/sendMessage"
    answer = calls.ask(outlet, url, json.dumps(message(settings, news)).encode(), [news])
    chat = _elsewhere(answer)
    if chat:
        raise Moved("the group has become a supergroup, which has another number", {"chat": chat})
    calls.taken(service, answer, [news])


def public(settings: dict[str, Any]) -> dict[str, Any]:
    return fields.covered(settings, secrets)


def message(settings: dict[str, Any], news: News) -> dict[str, Any]:
    """The message. Names in it are no links, and no page is shown in small beside it."""
    sent = {
        "chat_id": settings["chat"],
        "text": text(news),
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }
    return sent | {"message_thread_id": int(settings["topic"])} if settings["topic"] else sent


def text(news: News) -> str:
    """The news as the HTML that Telegram knows."""
    head = f"<b>{markup.html(texts.title(news))}</b>\n{texts.summary(news, texts.utf16, _shown)}"
    link = words.link(news)
    foot = f'<a href="{markup.html(link)}">Open the check</a>' if link else ""

    def build(facts: Listed) -> str:
        lines = "\n".join(f"<b>{title}</b>: {value}" for title, value in facts)
        return "\n\n".join(part for part in (head, lines, foot) if part)

    facts = texts.facts(news, texts.utf16, _shown, body=_block)
    return texts.most(facts, build, lambda whole: texts.utf16(whole) <= TEXT_LIMIT)


def _shown(text: str) -> str:
    return markup.html(markup.uncalled(text))


def _block(text: str) -> str:
    return f"<pre>{markup.html(text)}</pre>"


def _elsewhere(answer: Answer) -> str:
    """The number that the group has now, empty if it has not moved."""
    chat = str(bodies.at(bodies.document(answer.body), "parameters.migrate_to_chat_id"))
    return chat if answer.status == 400 and _CHAT.fullmatch(chat) else ""
