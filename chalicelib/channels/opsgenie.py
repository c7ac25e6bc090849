"""Opsgenie: an alert is created with an alias, and closed by it.

Reference: Opsgenie, "Alert API" (Create Alert, Close Alert) and "Response". Opsgenie ends on 2027-04-05; Jira Service
Management takes the same requests at its own address, which is a region here (Jira Service Management, Operations,
"Migrate from Opsgenie").
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from chalicelib.channels import calls, fields, incidents, words
from chalicelib.channels import details as about
from chalicelib.channels.base import Outlet, everything, in_turn
from chalicelib.core import kinds
from chalicelib.core.news import News

name = "opsgenie"
service = "Opsgenie"
opens_incidents = True
secrets = ("api_key",)

ENDPOINTS = {
    "us": "https://api.opsgenie.com/v2/alerts",
    "eu": "https://api.eu.opsgenie.com/v2/alerts",
    "jsm": "https://api.atlassian.com/jsm/ops/integration/v2/alerts",
}

KEY_LIMIT = 100
MESSAGE_LIMIT, DESCRIPTION_LIMIT, DETAILS_LIMIT, ENTITY_LIMIT = 130, 15_000, 8_000, 512
TAGS, TAG_LIMIT = 20, 50


def clean(settings: dict[str, object]) -> dict[str, Any]:
    fields.refuse_unknown(settings, ["api_key", "region"])
    key = incidents.key(settings, "api_key", KEY_LIMIT)
    return {"api_key": key, **incidents.region(settings, ENDPOINTS)}


wants = everything


@in_turn
def send(settings: dict[str, Any], news: News, outlet: Outlet) -> None:
    url, document = ENDPOINTS[settings["region"]], alert(news)
    if news.event == "up":
        url, document = f"{url}/{quote(incidents.name(news), safe='')}/close?identifierType=alias", closing(news)
    authorization = {"Authorization": f"GenieKey {settings['api_key']}"}
    calls.send_json(outlet, service, url, document, [news], authorization)


def public(settings: dict[str, Any]) -> dict[str, Any]:
    return fields.covered(settings, secrets)


def alert(news: News) -> dict[str, Any]:
    """The alert to create. Its priority is the integration's own, but that of a test, which is the lowest."""
    created = {
        "message": incidents.text(news, MESSAGE_LIMIT),
        "alias": incidents.name(news),
        "description": _description(news),
        "tags": [words.one_line(tag, TAG_LIMIT) for tag in news.check.tags.split()[:TAGS]],
        "details": _details(news),
        "entity": words.one_line(kinds.of(news.check).target(news.check), ENTITY_LIMIT) or words.label(news),
        "source": words.one_line(news.site.name, 100),
    }
    return created | {"priority": "P5"} if news.event == "test" else created


def closing(news: News) -> dict[str, Any]:
    """What is noted when the alert is closed."""
    return {"source": words.one_line(news.site.name, 100), "note": incidents.text(news, 1_000)}


def _description(news: News) -> str:
    parts = (words.summary(news), words.harmless(news.check.desc).strip(), words.link(news))
    return words.shortened("\n\n".join(part for part in parts if part), DESCRIPTION_LIMIT)


def _details(news: News) -> dict[str, str]:
    """As many facts as an alert takes: their names and values are counted together."""
    details, left = {}, DETAILS_LIMIT
    for title, value in about.everything(news):
        length = len(title) + len(value)
        if length <= left and title != about.DESCRIPTION:
            details[title] = value
            left -= length
    return details
