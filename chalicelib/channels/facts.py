"""A check as data for machines: the fields of the check object of Healthchecks' Management API, version 3."""

from __future__ import annotations

from typing import Any

from chalicelib.core import document, target
from chalicelib.core.news import News


def check_object(news: News) -> dict[str, Any]:
    """The check's fields; those of a probe or a rule are our own.

    Its addresses are left out, for a receiver could ping or change the check with them. `status` is what the news
    tells, whatever has happened since: down or up, and "test" for the test of a channel.
    """
    check = news.check
    identity = {"uuid": check.code, "channels": ",".join(sorted(check.channels))}
    if check.kind != "heartbeat":
        return _looked_at(news) | identity
    return document.described(check, news.event) | document.last_duration(check) | identity | document.rhythm(check)


def outage(news: News) -> str:
    """A name for the outage that the news is about: its beginning, which for "up" is the flip before. It holds no code,
    for whoever knows that can ping."""
    began = news.flip.before if news.event == "up" and news.flip.before else news.flip.at
    return f"{news.check.unique_key}.{began:%Y%m%dT%H%M%S%f}"


def _looked_at(news: News) -> dict[str, Any]:
    check = news.check
    return {
        "kind": check.kind,
        "name": check.name,
        "tags": check.tags,
        "desc": check.desc,
        "status": news.event,
        "target": target.of_check(check),
        "period": check.period,
        "reason": news.flip.reason,
        "since": document.second(news.flip.at),
        **news.flip.details,
    }
