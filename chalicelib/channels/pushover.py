"""Pushover: a message to a person or a group.

One of the highest priority, an emergency, is repeated until somebody acknowledges it. It bears a tag of its check, by
which those that still go on are cancelled when the check is up.

Reference: Pushover, "Message API" and "Receipts and Callbacks" (Canceling Emergency-Priority Retries).
"""

from __future__ import annotations

import re
from typing import Any

from chalicelib.channels import calls, fields, texts, words
from chalicelib.channels.base import Outlet, everything, in_turn
from chalicelib.core.news import News

name = "po"
service = "Pushover"
opens_incidents = False
secrets = ("token", "user")

ENDPOINT = "https://api.pushover.net"

# In characters.
MESSAGE_LIMIT, TITLE_LIMIT, URL_LIMIT = 1_024, 250, 512
EMERGENCY = 2
SHORTEST, LONGEST = 30, 10_800

_KEY = re.compile(r"[A-Za-z0-9]{30}")
_DEVICE = re.compile(r"[A-Za-z0-9_,-]{1,200}")


def clean(settings: dict[str, object]) -> dict[str, Any]:
    fields.refuse_unknown(settings, ["token", "user", "device", "priority", "priority_up", "retry", "expire"])
    return {
        "token": fields.matching(
            settings, "token", 40, _KEY, "is not the token of an application: 30 letters and digits"
        ),
        "user": fields.matching(settings, "user", 40, _KEY, "is not the key of a user or group: 30 letters and digits"),
        "device": fields.matching(settings, "device", 200, _DEVICE, "is not the name of a device", ""),
        "priority": fields.number(settings, "priority", -2, EMERGENCY, 0),
        "priority_up": fields.number(settings, "priority_up", -2, EMERGENCY - 1, 0),
        "retry": fields.number(settings, "retry", SHORTEST, LONGEST, 60),
        "expire": fields.number(settings, "expire", SHORTEST, LONGEST, 3_600),
    }


wants = everything


@in_turn
def send(settings: dict[str, Any], news: News, outlet: Outlet) -> None:
    """Cancels first, which may be done twice: were it to fail after the message, that would be told twice."""
    if news.event == "up" and settings["priority"] == EMERGENCY:
        url = f"{ENDPOINT}/1/receipts/cancel_by_tag/{news.check.unique_key}.json"
        calls.send_form(outlet, service, url, {"token": settings["token"]}, [news])
    calls.send_form(outlet, service, f"{ENDPOINT}/1/messages.json", message(settings, news), [news])


def public(settings: dict[str, Any]) -> dict[str, Any]:
    return fields.covered(settings, secrets)


def message(settings: dict[str, Any], news: News) -> dict[str, str]:
    """The fields of the message. A test is never an emergency."""
    form = {
        "token": settings["token"],
        "user": settings["user"],
        "title": words.shortened(texts.title(news), TITLE_LIMIT),
        "message": texts.plain(news, MESSAGE_LIMIT, titled=False, linked=False),
        "timestamp": str(int((news.now if news.reminder else news.flip.at).timestamp())),
        **_urgency(settings, news),
    }
    link = words.link(news)
    if link and len(link) <= URL_LIMIT:
        form |= {"url": link, "url_title": "Open the check"}
    return form | {"device": settings["device"]} if settings["device"] else form


def _urgency(settings: dict[str, Any], news: News) -> dict[str, str]:
    if news.event != "down":
        return {"priority": str(settings["priority_up"])}
    if settings["priority"] < EMERGENCY:
        return {"priority": str(settings["priority"])}
    times = {key: str(settings[key]) for key in ("retry", "expire")}
    return {"priority": str(EMERGENCY), "tags": news.check.unique_key, **times}
