"""What the page of a check shows, in words; the template only lays it out.

The page's address is passed around in mails, so that its reader may read and no more: no code of the check, no ping
address, no bodies, no addresses of the jobs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.channels import words
from chalicelib.core import kinds, runs, schedule, status, zones
from chalicelib.core.check import Check, Ping
from chalicelib.core.news import News, Site
from chalicelib.core.outages import Outage
from chalicelib.web import rhythm
from chalicelib.web.gathering import PINGS, Facts

UNNAMED = "Unnamed check"
NAME_MAX, DESCRIPTION_MAX, TAG_MAX, TAGS_MAX = 100, 5_000, 40, 50
FIRINGS = 3
STATES = {"new": "New", "up": "Up", "grace": "Late", "down": "Down", "paused": "Paused"}
KINDS = {"success": "Success", "start": "Start", "fail": "Failure", "log": "Log", "ign": "Ignored"}
REASONS = {"timeout": "No signal in time", "fail": "Failure reported"}


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment for people: in UTC, by the check's own clock where that is another, and how far away it is."""

    iso: str
    utc: str
    local: str
    away: str


def page(facts: Facts, site: Site) -> dict[str, Any]:
    """The values of the template."""
    check, state = facts.check, facts.state
    return {
        "site": words.one_line(site.name, NAME_MAX),
        "name": words.one_line(check.name, NAME_MAX) or UNNAMED,
        "tags": [words.one_line(tag, TAG_MAX) for tag in check.tags.split()[:TAGS_MAX]],
        "description": words.shortened(words.harmless(check.desc).strip(), DESCRIPTION_MAX),
        "state": state,
        "state_word": STATES[state],
        "lasted": words.lasted(words.between(facts.since, facts.now)),
        "since": moment(facts, facts.since),
        "summary": _summary(facts, site),
        "running": _running(facts),
        "rhythm": _rhythm(facts) if kinds.of(check).pinged else None,
        "looks": None if kinds.of(check).pinged else _looks(facts),
        "pings": _pings(facts),
        "outages": [_outage(facts, outage) for outage in facts.outages],
        "now": moment(facts, facts.now),
    }


def moment(facts: Facts, at: datetime) -> Moment:
    return Moment(at.isoformat(timespec="seconds"), words.moment(at), _local(at, facts.check.tz), _away(at, facts.now))


def _local(at: datetime, zone: str) -> str:
    if zone == "UTC":
        return ""
    try:
        local = at.astimezone(zones.zone(zone))
    except ValueError:
        # A zone that this machine does not know: the page stands all the same.
        return ""
    same_day = local.date() == at.date()
    return f"{local:%H:%M:%S} {zone}" if same_day else f"{local:%Y-%m-%d %H:%M:%S} {zone}"


def _away(at: datetime, now: datetime) -> str:
    if abs(now - at) < timedelta(seconds=1):
        return "just now"
    return f"{words.span(now - at)} ago" if at < now else f"in {words.span(at - now)}"


def _summary(facts: Facts, site: Site) -> tuple[str, Moment | None]:
    """Why the check is in its state, and the moment that matters next, if there is one."""
    check = facts.check
    looked_at = not kinds.of(check).pinged
    match facts.state:
        case "new" if looked_at:
            return "Waiting for the first look.", None
        case "paused" if looked_at:
            return "Nobody looks and nobody is alerted.", None
        case "up" if looked_at:
            return words.one_line(check.last_result, NAME_MAX), None
        case "new":
            return "Waiting for the first signal.", None
        case "paused" if check.manual_resume:
            return "Signals are ignored until it is resumed.", None
        case "paused":
            return "Nobody is alerted. The next signal takes it up again.", None
        case "down":
            return _why_down(facts, site), None
        case "grace":
            return "The expected signal has not come yet. Without one it goes down", _at(facts, status.deadline(check))
    expected = _at(facts, status.grace_start(check, with_started=False))
    return "The next signal is expected" if expected else "No further signal is expected.", expected


def _at(facts: Facts, at: datetime | None) -> Moment | None:
    return moment(facts, at) if at else None


def _why_down(facts: Facts, site: Site) -> str:
    """The reason in the words of the mails."""
    if not facts.outages or facts.outages[0].end:
        return ""
    flip = facts.outages[0].down
    return words.reason(News("", "down", facts.check, flip, "", site, facts.now, pings=tuple(facts.pings)))


def _running(facts: Facts) -> tuple[Moment, Moment] | None:
    """When the run under way began, and when it must have ended."""
    begun = facts.check.last_start
    if begun is None or facts.state == "down":
        return None
    return moment(facts, begun), moment(facts, begun + timedelta(seconds=facts.check.grace))


def _rhythm(facts: Facts) -> dict[str, Any]:
    check = facts.check
    return {
        "words": rhythm.in_words(check),
        "expression": "" if check.schedule_kind == "simple" else words.harmless(check.schedule),
        "zone": "" if check.schedule_kind == "simple" else check.tz,
        "grace": words.span(timedelta(seconds=check.grace), 4),
        "next": [moment(facts, at) for at in _firings(check, facts.now)],
        "pings": f"{check.n_pings:,}",
        "created": f"{check.created:%Y-%m-%d}",
    }


def _looks(facts: Facts) -> dict[str, str]:
    """What a check that waits for no pings looks at, or judges."""
    check, kind = facts.check, kinds.of(facts.check)
    return {
        "word": kind.word,
        "target": words.one_line(kind.public_target(check), NAME_MAX),
        "every": words.span(timedelta(seconds=check.period)),
        "created": f"{check.created:%Y-%m-%d}",
    }


def _firings(check: Check, now: datetime) -> list[datetime]:
    """The next times at which a schedule by the calendar expects a signal."""
    found: list[datetime] = []
    while check.schedule_kind != "simple" and len(found) < FIRINGS:
        latest = found[-1] if found else now
        at = schedule.next_firing(check.schedule_kind, check.schedule, check.tz, latest)
        if at is None:
            break
        found.append(at)
    return found


def _pings(facts: Facts) -> list[dict[str, Any]]:
    took = runs.durations(facts.pings)
    return [_ping(facts, ping, took.get(ping.n)) for ping in facts.pings[:PINGS]]


def _ping(facts: Facts, ping: Ping, took: timedelta | None) -> dict[str, Any]:
    return {
        "kind": ping.kind,
        "word": KINDS[ping.kind],
        "at": moment(facts, ping.at),
        "took": "" if took is None else duration(took),
        "exitstatus": "" if ping.exitstatus is None else str(ping.exitstatus),
    }


def duration(length: timedelta) -> str:
    """A run's length, short enough for a column: "340 ms", "3.2 s", "12 min 28 s", "2 h 5 min"."""
    seconds = length.total_seconds()
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, hours = divmod(int(seconds), 60), divmod(int(seconds) // 60, 60)
    return "{} h {} min".format(*hours) if hours[0] else "{} min {} s".format(*minutes)


def _outage(facts: Facts, outage: Outage) -> dict[str, Any]:
    end = outage.end
    return {
        "began": moment(facts, outage.down.at),
        "ended": _at(facts, end.at if end else None),
        "paused": bool(end and end.new == "paused"),
        "lasted": words.lasted(words.between(outage.down.at, end.at if end else facts.now)),
        "why": REASONS.get(outage.down.reason) or words.one_line(outage.down.reason, 100),
    }
