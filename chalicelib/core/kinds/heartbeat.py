"""A heartbeat waits for pings: silence is news."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from chalicelib.core import document as documents
from chalicelib.core.check import Check
from chalicelib.core.kinds.base import Listed, Wheel
from chalicelib.core.news import News
from chalicelib.core.phrases import absence, moment, one_line, span
from chalicelib.core.specs import Spec

name = "heartbeat"
spec: type[Spec] | None = None
wheel: Wheel | None = None
pinged = True
quotes = False
unique_names = False
instanced = False
spaced = False
word = ""


def spread(check: Check) -> str:
    return ""


def target(check: Check) -> str:
    return ""


def place(check: Check) -> str:
    return ""


def public_target(check: Check) -> str:
    return ""


def graphed(check: Check, letter: str) -> str:
    return ""


def told_in(check: Check) -> str:
    return ""


def criteria(check: Check) -> str:
    if check.schedule_kind == "simple":
        return f"missing for {span(timedelta(seconds=check.timeout + check.grace), 4)}"
    return f"missing for {span(timedelta(seconds=check.grace), 4)} after {check.schedule} ({check.tz})"


def reason(news: News) -> str:
    if news.flip.reason == "fail":
        status = exit_status(news)
        return "It reported a failure." if status is None else f"It reported a failure (exit status {status})."
    if news.flip.reason == "timeout":
        return _silence(news)
    if "late" in news.flip.details:
        return f"A ping of {moment(datetime.fromisoformat(news.flip.details['late']))} arrived late: it was not down."
    return one_line(news.flip.reason, 300)


def exit_status(news: News) -> int | None:
    """The exit status that came with the failure, None if none did."""
    failures = (ping for ping in news.pings if ping.kind == "fail" and ping.at <= news.flip.at)
    failure = next(failures, None)
    return failure.exitstatus if failure else None


def _silence(news: News) -> str:
    check, grace = news.check, timedelta(seconds=news.check.grace)
    if check.last_start and check.last_start + grace == news.flip.at:
        return f"The run that began at {moment(check.last_start)} did not end within {span(grace, 4)}."
    if "away" in news.flip.details:
        return f"No sign of success came in time. {absence(*news.flip.details['away'])}"
    return "No sign of success came in time, and the grace time is over."


def details(news: News) -> Listed:
    check = news.check
    return [*rhythm(check), ("Total pings", f"{check.n_pings:,} since {check.created:%Y-%m-%d}")]


def rhythm(check: Check) -> Listed:
    """When signals are expected."""
    grace = ("Grace time", span(timedelta(seconds=check.grace), 4))
    if check.schedule_kind == "simple":
        return [("Period", span(timedelta(seconds=check.timeout), 4)), grace]
    return [("Schedule", one_line(check.schedule, 200)), ("Time zone", check.tz), grace]


def document(news: News) -> dict[str, Any]:
    """The check object of Healthchecks' Management API, version 3. Its status is the one that the news tells, whatever
    has happened since: down or up, and "test" for the test of a channel."""
    check = news.check
    return {
        **documents.described(check, news.event),
        **documents.last_duration(check),
        **documents.identity(check),
        **documents.rhythm(check),
    }
