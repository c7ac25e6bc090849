"""Sensu Go: an event of a check, which Sensu's own handlers tell on.

Sensu knows a check by its name, which may hold no more than letters, digits, dots, _ and -, and must stay the same:
it is the public key of ours.

Reference: Sensu Go, "Events API" and "Events reference".
"""

from __future__ import annotations

import re
from typing import Any

from chalicelib.channels import calls, fields, texts, words
from chalicelib.channels.base import Outlet, everything, in_turn
from chalicelib.core.news import News

name = "sensugo"
service = "Sensu"
opens_incidents = False
secrets = ("key",)

OUTPUT_LIMIT = 8_000
# An event has to name a period; nothing follows from it.
INTERVAL = 86_400

_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")
_STATUS = {"down": 2, "up": 0, "test": 0}


def clean(settings: dict[str, object]) -> dict[str, Any]:
    fields.refuse_unknown(settings, ["key", "url", "namespace", "entity", "handlers"])
    wrong = "is not a name: letters, digits, dots, _ and -"
    handlers = [one.strip() for one in fields.text(settings, "handlers", 500, "default").split(",")]
    if not all(map(_NAME.fullmatch, handlers)):
        raise fields.invalid("handlers", "is not a list of names, parted by commas")
    return {
        "key": fields.token(settings, "key", 100),
        "url": fields.server(settings, "url"),
        "namespace": fields.matching(settings, "namespace", 110, _NAME, wrong, "default"),
        "entity": fields.matching(settings, "entity", 110, _NAME, wrong, "tocsin"),
        "handlers": ", ".join(handlers),
    }


wants = everything


@in_turn
def send(settings: dict[str, Any], news: News, outlet: Outlet) -> None:
    url = f"{settings['url']}/api/core/v2/namespaces/{settings['namespace']}/events"
    headers = {"Authorization": f"Key {settings['key']}"}
    calls.send_json(outlet, service, url, event(settings, news), [news], headers)


def public(settings: dict[str, Any]) -> dict[str, Any]:
    return fields.covered(settings, secrets)


def event(settings: dict[str, Any], news: News) -> dict[str, Any]:
    namespace = settings["namespace"]
    is_test = news.event == "test"
    annotations = {"name": words.label(news), "project": words.one_line(news.project, 100), "url": words.link(news)}
    check = {
        "metadata": {
            "name": "tocsin.test" if is_test else news.check.unique_key,
            "namespace": namespace,
            "annotations": {key: value for key, value in annotations.items() if value},
        },
        "output": texts.plain(news, OUTPUT_LIMIT),
        "status": _STATUS[news.event],
        "issued": int(news.now.timestamp()),
        "interval": INTERVAL,
        "handlers": settings["handlers"].split(", "),
    }
    entity = {"entity_class": "proxy", "metadata": {"name": settings["entity"], "namespace": namespace}}
    return {"entity": entity, "check": check}
