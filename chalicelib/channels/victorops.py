"""VictorOps, now Splunk On-Call: a CRITICAL message opens an incident, a RECOVERY of the same entity closes it.

Reference: Splunk On-Call, "REST Endpoint integration" and "Incident fields glossary".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.channels import bodies, calls, details, fields, incidents, words
from chalicelib.channels.answers import meaning, undelivered
from chalicelib.channels.base import Outlet, everything, in_turn
from chalicelib.core.news import News

if TYPE_CHECKING:
    from chalicelib.channels.sender import Answer

name = "victorops"
service = "VictorOps"
opens_incidents = True
secrets = ("url",)

MESSAGE_LIMIT = 10_000

# A test stands in the timeline and calls nobody.
_TYPES = {"down": "CRITICAL", "up": "RECOVERY", "test": "INFO"}


def clean(settings: dict[str, object]) -> dict[str, Any]:
    fields.refuse_unknown(settings, ["url"])
    if "$" in fields.text(settings, "url", fields.URL_LIMIT):
        raise fields.invalid("url", "must end with a routing key in place of $routing_key")
    return {"url": fields.web_address(settings)}


wants = everything


@in_turn
def send(settings: dict[str, Any], news: News, outlet: Outlet) -> None:
    answer = calls.send_json(outlet, service, settings["url"], message(news), [news])
    if _is_failure(answer):
        raise undelivered(f"answered {answer.status}, but took nothing", meaning(service, str(answer.status)))


def public(settings: dict[str, Any]) -> dict[str, Any]:
    return fields.covered(settings, secrets)


def message(news: News) -> dict[str, Any]:
    """The message; `entity_id` is what the service knows the incident by, and the rest is for people."""
    told = {
        "message_type": _TYPES[news.event],
        "entity_id": incidents.name(news),
        "entity_display_name": words.title(news),
        "state_message": _state(news),
        "state_start_time": int(news.flip.at.timestamp()),
        "monitoring_tool": words.one_line(news.site.name, 100),
    }
    link = words.link(news)
    return told | {"vo_annotate.u.Open the check": link} if link else told


def _state(news: News) -> str:
    lines = [f"{title}: {value}" for title, value in details.everything(news)]
    return words.shortened("\n".join([words.summary(news), *lines]), MESSAGE_LIMIT)


def _is_failure(answer: Answer) -> bool:
    """Whether a success is none: the service has been seen to say so in the body."""
    return bool(bodies.at(bodies.document(answer.body), "result") == "failure")
