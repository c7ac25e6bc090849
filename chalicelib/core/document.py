"""A check as a document: what the Healthchecks Management API and the messages to machines say of it alike."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chalicelib.core.check import Check
from chalicelib.core.news import News
from chalicelib.core.status import grace_start


def described(check: Check, shown: str) -> dict[str, Any]:
    """The check's definition and state, without its addresses; `shown` is the status that is told.

    Source: Healthchecks Management API, Get a Single Check; its field order, today's further fields between.
    """
    filters = check.filters
    return {
        "name": check.name,
        "slug": check.slug,
        "tags": check.tags,
        "desc": check.desc,
        "grace": check.grace,
        "n_pings": check.n_pings,
        "status": shown,
        "started": check.last_start is not None,
        "last_ping": second(check.last_ping),
        "next_ping": second(None if shown == "down" else grace_start(check)),
        "manual_resume": check.manual_resume,
        "methods": check.methods,
        "subject": filters.success_kw if filters.subject else "",
        "subject_fail": filters.failure_kw if filters.subject else "",
        "start_kw": filters.start_kw,
        "success_kw": filters.success_kw,
        "failure_kw": filters.failure_kw,
        "filter_subject": filters.subject,
        "filter_body": filters.body,
        "filter_http_body": filters.http_body,
        "filter_default_fail": filters.default_fail,
    }


def looked_at(news: News, target: str) -> dict[str, Any]:
    """What machines are told of a check that waits for no pings: fields of our own, with the facts of the flip.
    `target` is what it looks at, without any secret."""
    check = news.check
    return {
        "kind": check.kind,
        "name": check.name,
        "tags": check.tags,
        "desc": check.desc,
        "status": news.event,
        "target": target,
        "period": check.period,
        "reason": news.flip.reason,
        "since": second(news.flip.at),
        **news.flip.details,
        **identity(check),
    }


def identity(check: Check) -> dict[str, Any]:
    """Which check it is, and whom it is told to."""
    return {"uuid": check.code, "channels": ",".join(sorted(check.channels))}


def last_duration(check: Check) -> dict[str, Any]:
    """How many seconds the last run took, where that is known."""
    return {"last_duration": int(check.last_duration.total_seconds())} if check.last_duration else {}


def rhythm(check: Check) -> dict[str, Any]:
    """The period of a simple check, the schedule and its zone of any other."""
    if check.schedule_kind == "simple":
        return {"timeout": check.timeout}
    return {"schedule": check.schedule, "tz": check.tz}


def second(at: datetime | None) -> str | None:
    """A moment to the second, as the API writes it: 2020-03-24T14:02:03+00:00."""
    return at.replace(microsecond=0).isoformat() if at else None
