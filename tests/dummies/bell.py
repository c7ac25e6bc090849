"""A kind of channel that a test adds: it rings a bell in a room, and says in its answers how it went."""

from __future__ import annotations

from typing import Any

from chalicelib.channels import fields
from chalicelib.channels.answers import refused
from chalicelib.channels.base import Outlet, everything, in_turn
from chalicelib.core.news import News

name = "bell"
service = "webhook"
opens_incidents = False
secrets = ()

URL = "https://bells.example.org/ring"


def clean(settings: dict[str, object]) -> dict[str, Any]:
    fields.refuse_unknown(settings, ["room"])
    return {"room": fields.text(settings, "room", 50)}


wants = everything


@in_turn
def send(settings: dict[str, Any], news: News, outlet: Outlet) -> None:
    answer = outlet.http.send("POST", URL, {"Idempotency-Key": news.id}, f"{settings['room']}: {news.event}".encode())
    if not answer.ok:
        raise refused(service, answer, news.now)


def public(settings: dict[str, Any]) -> dict[str, Any]:
    return dict(settings)
