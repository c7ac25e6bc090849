"""How news is put into words, the same in every channel."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from chalicelib.channels import missed
from chalicelib.core import kinds
from chalicelib.core.check import Ping
from chalicelib.core.news import News
from chalicelib.core.phrases import harmless, moment, one_line, shortened, span

__all__ = [
    "between",
    "body_text",
    "colour",
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
    "says",
    "shortened",
    "span",
    "summary",
    "title",
]

_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
_SAYS = {
    "DOWN": "is DOWN",
    "DOWN AGAIN": "is DOWN again",
    "STILL DOWN": "is still DOWN",
    "UP": "is UP",
    "PAUSED": "is paused",
    "NOT WATCHED": "is not watched any more",
    "TEST": "sends a test",
}
_KINDS = {"success": "OK", "start": "Started", "fail": "Failed", "log": "Log", "ign": "Ignored"}


def body_text(body: bytes, limit: int) -> str:
    """The beginning of a ping's body, for reading."""
    return shortened(harmless(body[: 4 * limit].decode("utf-8", "replace")).strip(), limit)


def headline(news: News) -> str:
    """DOWN, DOWN AGAIN, STILL DOWN, UP, PAUSED, NOT WATCHED or TEST."""
    if news.ended:
        return "NOT WATCHED"
    if news.event == "up" and news.flip.new == "paused":
        return "PAUSED"
    if news.event != "down":
        return news.event.upper()
    if news.reminder:
        return "STILL DOWN"
    return "DOWN AGAIN" if news.heard else "DOWN"


def says(news: News) -> str:
    """The headline as the end of a sentence: is DOWN."""
    return _SAYS[headline(news)]


def title(news: News) -> str:
    """The headline as a sentence: “Nightly backup” is DOWN."""
    return f"“{label(news)}” {says(news)}."


def colour(news: News) -> Literal["bad", "good", "neutral"]:
    """How the news looks: a check that nobody watches any more, or that is paused, is not well."""
    if news.event == "down":
        return "bad"
    return "good" if headline(news) == "UP" else "neutral"


def label(news: News, limit: int = 100) -> str:
    """What its check is called, on one line that is never empty."""
    nameless = replace(news.check, name="", nickname="")
    return one_line(kinds.label(news.check), limit) or one_line(kinds.label(nameless), limit)


def link(news: News) -> str:
    """Where a person can look at the check; empty if there is no such page: its owner has switched it off, the
    installation has no root, it is a test."""
    return news.url if news.event != "test" else ""


def between(start: datetime, end: datetime) -> timedelta:
    """From one moment to another as they are shown, to the second: the figures beside each other must agree."""
    return end.replace(microsecond=0) - start.replace(microsecond=0)


def lasted(downtime: timedelta) -> str:
    """How long an outage took, here and on its page. Seconds beside hours say nothing: a reminder is never sent at its
    very moment."""
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
    if news.event == "up" and "late" in news.flip.details:
        return reason(news)
    if news.event == "up":
        return _over(news)
    if news.reminder and news.downtime is not None:
        return _lasting(news, news.downtime)
    return f"{reason(news)} {missed.before(news)}".strip()


def _over(news: News) -> str:
    """The end of an outage."""
    if news.ended and news.over:
        last = news.over[-1]
        came_up = last.end is not None and last.end.new == "up"
        return missed.spans(news) if came_up else f"It was down since {moment(last.began)}."
    if news.downtime is None:
        return "It is back."
    if news.flip.new == "paused":
        return f"It had been down for {lasted(news.downtime)}."
    if news.over and (len(news.over) > 1 or not news.heard):
        return f"It is back. {missed.spans(news)}"
    return f"It is back, after {lasted(news.downtime)} down."


def _lasting(news: News, downtime: timedelta) -> str:
    why = reason(news)
    if kinds.of(news.check).quotes and why:
        return f"It has been down for {lasted(downtime)}: {why}"
    return f"It has been down for {lasted(downtime)}. {why}".rstrip()


def reason(news: News) -> str:
    """Why the check is down, or why it was not."""
    return kinds.of(news.check).reason(news)


def ping_words(ping: Ping) -> str:
    """The kind of a ping, with the exit status of a failure that has one."""
    words = _KINDS[ping.kind]
    return f"{words} (exit status {ping.exitstatus})" if ping.kind == "fail" and ping.exitstatus is not None else words
