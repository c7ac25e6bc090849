"""How news is put into words, the same in every channel."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from chalicelib.core import kinds
from chalicelib.core.check import Ping
from chalicelib.core.news import News
from chalicelib.core.phrases import harmless, moment, one_line, shortened, span

__all__ = [
    "between",
    "body_text",
    "harmless",
    "headline",
    "label",
    "lasted",
    "link",
    "local_moment",
    "moment",
    "one_line",
    "ping_words",
    "reason",
    "shortened",
    "span",
    "summary",
    "title",
]

_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
_SAYS = {"DOWN": "is DOWN.", "STILL DOWN": "is still DOWN.", "UP": "is UP.", "TEST": "sends a test."}
_KINDS = {"success": "OK", "start": "Started", "fail": "Failed", "log": "Log", "ign": "Ignored"}


def body_text(body: bytes, limit: int) -> str:
    """The beginning of a ping's body, for reading."""
    return shortened(harmless(body[: 4 * limit].decode("utf-8", "replace")).strip(), limit)


def headline(news: News) -> str:
    """DOWN, STILL DOWN, UP or TEST."""
    return "STILL DOWN" if news.event == "down" and news.reminder else news.event.upper()


def title(news: News) -> str:
    """The headline as a sentence: “Nightly backup” is DOWN."""
    return f"“{label(news)}” {_SAYS[headline(news)]}"


def label(news: News, limit: int = 100) -> str:
    """What its check is called, on one line that is never empty."""
    nameless = replace(news.check, name="", nickname="")
    return one_line(kinds.label(news.check), limit) or one_line(kinds.label(nameless), limit)


def link(news: News) -> str:
    """Where a person can look at the check; empty if there is no such page (a test, an installation without a root)."""
    return news.url if news.site.root and news.check.badge and news.event != "test" else ""


def between(start: datetime, end: datetime) -> timedelta:
    """From one moment to another as they are shown, to the second: the figures beside each other must agree."""
    return end.replace(microsecond=0) - start.replace(microsecond=0)


def lasted(downtime: timedelta) -> str:
    """How long an outage took. Seconds beside hours say nothing: a reminder is never sent at its very moment."""
    return span(downtime if downtime < _HOUR else downtime - downtime % _MINUTE)


def local_moment(at: datetime, zone: str) -> str:
    """The moment in UTC and, where the check lives elsewhere, by its own clock."""
    if zone == "UTC":
        return moment(at)
    try:
        local = at.astimezone(ZoneInfo(zone))
    except (ValueError, OSError, KeyError):
        # A zone that this machine does not know must not keep the news back.
        return moment(at)
    return f"{moment(at)} ({local:%Y-%m-%d %H:%M:%S} {zone})"


def summary(news: News) -> str:
    """What happened and why, in a sentence or two."""
    if news.event == "test":
        return "This is a test. If you can read it, the channel works."
    if news.event == "up":
        return f"It is back, after {lasted(news.downtime)} down." if news.downtime is not None else "It is back."
    if news.reminder and news.downtime is not None:
        return _lasting(news, news.downtime)
    return reason(news)


def _lasting(news: News, downtime: timedelta) -> str:
    why = reason(news)
    if kinds.of(news.check).quotes and why:
        return f"It has been down for {lasted(downtime)}: {why}"
    return f"It has been down for {lasted(downtime)}. {why}".rstrip()


def reason(news: News) -> str:
    """Why the check is down."""
    return kinds.of(news.check).reason(news)


def ping_words(ping: Ping) -> str:
    """The kind of a ping, with the exit status of a failure that has one."""
    words = _KINDS[ping.kind]
    return f"{words} (exit status {ping.exitstatus})" if ping.kind == "fail" and ping.exitstatus is not None else words
