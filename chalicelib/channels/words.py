"""How news is put into words, the same in every channel."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from chalicelib.core import rules
from chalicelib.core.check import Check, Ping
from chalicelib.core.news import News

_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))
_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
# Controls, directional overrides and lone surrogates: what is not there to be looked at.
_HARMFUL = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_BREAKS = re.compile("[\t-\r\x1c-\x1e\x85\u2028\u2029]+")
_SAYS = {"DOWN": "is DOWN.", "STILL DOWN": "is still DOWN.", "UP": "is UP.", "TEST": "sends a test."}
_KINDS = {"success": "OK", "start": "Started", "fail": "Failed", "log": "Log", "ign": "Ignored"}


def harmless(text: str) -> str:
    """`text` with its lines and tabs, but nothing else in it that is more than a character to look at."""
    return _HARMFUL.sub("\ufffd", text.replace("\r\n", "\n"))


def one_line(text: str, limit: int) -> str:
    """`text` on one line that cannot end early (a subject, a title), cut to `limit` characters."""
    return shortened(harmless(_BREAKS.sub(" ", text)).strip(), limit)


def shortened(text: str, limit: int, end: str = "…") -> str:
    return text if len(text) <= limit else text[: limit - len(end)].rstrip() + end


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
    return one_line(news.check.label, limit) or news.check.code


def link(news: News) -> str:
    """Where a person can look at the check; empty if there is no such page (a test, an installation without a root)."""
    return news.url if news.site.root and news.check.badge and news.event != "test" else ""


def span(length: timedelta, units: int = 2) -> str:
    """A length of time in its largest units: "1 hour, 5 minutes"."""
    left, parts = int(length.total_seconds()), []
    for name, seconds in _UNITS:
        count, left = divmod(left, seconds)
        if count:
            parts.append(f"{count} {name}{'s' if count > 1 else ''}")
    return ", ".join(parts[:units]) or "less than a second"


def between(start: datetime, end: datetime) -> timedelta:
    """From one moment to another as they are shown, to the second: the figures beside each other must agree."""
    return end.replace(microsecond=0) - start.replace(microsecond=0)


def lasted(downtime: timedelta) -> str:
    """How long an outage took. Seconds beside hours say nothing: a reminder is never sent at its very moment."""
    return span(downtime if downtime < _HOUR else downtime - downtime % _MINUTE)


def every(seconds: int) -> str:
    """A period: "every minute", "every 5 minutes"."""
    told = span(timedelta(seconds=seconds), 4)
    return f"every {told if ',' in told else told.removeprefix('1 ')}"


def criteria(check: Check) -> str:
    """When a rule fires: "above 5 for 2 minutes"; of a composite the expression, and what its letters stand for."""
    parts = rules.parts(check.watch) if check.watch.get("criteria") else []
    if not parts:
        return ""
    if len(parts) == 1:
        return _criterion(parts[0])
    letters = ", ".join(f"{part.letter}: {part.target} {_criterion(part)}" for part in parts)
    return f"{check.watch['expression']} ({letters})"


def _criterion(part: rules.Part) -> str:
    minutes = timedelta(minutes=part.criterion.period)
    return rules.bounds(part.criterion) + (f" for {span(minutes, 3)}" if minutes else "")


def moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


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


def rhythm(check: Check) -> list[tuple[str, str]]:
    """When signals are expected, as labels and values."""
    grace = ("Grace time", span(timedelta(seconds=check.grace), 4))
    if check.schedule_kind == "simple":
        return [("Period", span(timedelta(seconds=check.timeout), 4)), grace]
    return [("Schedule", one_line(check.schedule, 200)), ("Time zone", check.tz), grace]


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
    """The reason of a heartbeat is a sentence; that of a probe or a rule is quoted as it was found."""
    why = reason(news)
    if news.check.kind == "heartbeat" or not why:
        return f"It has been down for {lasted(downtime)}. {why}".rstrip()
    return f"It has been down for {lasted(downtime)}: {why}"


def reason(news: News) -> str:
    """Why the check is down."""
    if news.check.kind != "heartbeat":
        return one_line(news.flip.reason, 300)
    if news.flip.reason == "fail":
        status = exit_status(news)
        return "It reported a failure." if status is None else f"It reported a failure (exit status {status})."
    if news.flip.reason == "timeout":
        return _silence(news)
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
    return "No sign of success came in time, and the grace time is over."


def ping_words(ping: Ping) -> str:
    """The kind of a ping, with the exit status of a failure that has one."""
    words = _KINDS[ping.kind]
    return f"{words} (exit status {ping.exitstatus})" if ping.kind == "fail" and ping.exitstatus is not None else words
