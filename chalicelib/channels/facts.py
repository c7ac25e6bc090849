"""A check as data for machines: the fields of the check object of Healthchecks' Management API, version 3."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chalicelib.core.check import Check
from chalicelib.core.news import News
from chalicelib.core.status import grace_start


def check_object(news: News) -> dict[str, Any]:
    """The check's fields; its addresses are left out, for a receiver could ping or change the check with them.

    `status` is what the news tells, whatever has happened since: down or up, and "test" for the test of a channel.
    """
    check, filters = news.check, news.check.filters
    fields: dict[str, Any] = {
        "name": check.name,
        "slug": check.slug,
        "tags": check.tags,
        "desc": check.desc,
        "grace": check.grace,
        "n_pings": check.n_pings,
        "status": news.event,
        "started": check.last_start is not None,
        "last_ping": second(check.last_ping),
        "next_ping": second(None if news.event == "down" else grace_start(check)),
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
    if check.last_duration:
        fields["last_duration"] = int(check.last_duration.total_seconds())
    return fields | {"uuid": check.code, "channels": ",".join(sorted(check.channels))} | _rhythm(check)


def _rhythm(check: Check) -> dict[str, Any]:
    if check.schedule_kind == "simple":
        return {"timeout": check.timeout}
    return {"schedule": check.schedule, "tz": check.tz}


def second(at: datetime | None) -> str | None:
    """A moment to the second, as the API writes it: 2020-03-24T14:02:03+00:00."""
    return at.replace(microsecond=0).isoformat() if at else None
