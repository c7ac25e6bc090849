"""PagerDuty: an event to trigger an incident, and one with the same key to resolve it.

Reference: PagerDuty, Events API v2, "Send an Event".
"""

from __future__ import annotations

import re
from typing import Any

from chalicelib.channels import calls, details, fields, incidents, words
from chalicelib.channels.base import Outlet, everything, in_turn
from chalicelib.core import kinds
from chalicelib.core.news import News

name = "pagerduty"
service = "PagerDuty"
opens_incidents = True
secrets = ("routing_key",)

ENDPOINTS = {
    "us": "https://events.pagerduty.com/v2/enqueue",
    "eu": "https://events.eu.pagerduty.com/v2/enqueue",
}

SUMMARY_LIMIT, SOURCE_LIMIT = 1_024, 255

_ROUTING_KEY = re.compile(r"[A-Za-z0-9]{32}")


def clean(settings: dict[str, object]) -> dict[str, Any]:
    fields.refuse_unknown(settings, ["routing_key", "region"])
    key = fields.text(settings, "routing_key", 100).strip()
    if not _ROUTING_KEY.fullmatch(key):
        raise fields.invalid("routing_key", "is not an integration key: 32 letters and digits")
    return {"routing_key": key, **incidents.region(settings, ENDPOINTS)}


wants = everything


@in_turn
def send(settings: dict[str, Any], news: News, outlet: Outlet) -> None:
    document = {"routing_key": settings["routing_key"], **event(news)}
    calls.send_json(outlet, service, ENDPOINTS[settings["region"]], document, [news])


def public(settings: dict[str, Any]) -> dict[str, Any]:
    return fields.covered(settings, secrets)


def event(news: News) -> dict[str, Any]:
    """The event without the key that says whose it is."""
    if news.event == "up":
        return {"event_action": "resolve", "dedup_key": incidents.name(news)}
    triggered: dict[str, Any] = {
        "event_action": "trigger",
        "dedup_key": incidents.name(news),
        "client": words.one_line(news.site.name, 100),
        "payload": _payload(news),
    }
    link = words.link(news)
    if link:
        triggered |= {"client_url": link, "links": [{"href": link, "text": "Open the check"}]}
    return triggered


def _payload(news: News) -> dict[str, Any]:
    looked_at = words.one_line(kinds.of(news.check).target(news.check), SOURCE_LIMIT)
    return {
        "summary": incidents.text(news, SUMMARY_LIMIT),
        "source": looked_at or words.label(news),
        "severity": "info" if news.event == "test" else "critical",
        "timestamp": news.flip.at.isoformat(timespec="milliseconds"),
        "class": news.check.kind,
        "custom_details": dict(details.everything(news)),
    }
