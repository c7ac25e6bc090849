"""What the demo tells of heartbeats: a past for each, which `demo` plays, and how it goes on, which `living` does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count, takewhile
from typing import Any, Literal

from chalicelib.core import schedule

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
CURL, PYTHON = "curl/8.5.0", "python-requests/2.32.3"


@dataclass(frozen=True, slots=True)
class Beat:
    """Something that happened to a check at one moment: a ping, or its owner's hand."""

    at: datetime
    kind: Literal["success", "start", "fail", "log", "pause"] = "success"
    body: str = ""
    exitstatus: int | None = None
    method: str = "GET"
    host: str = "203.0.113.7"
    ua: str = CURL


# What happened until a moment, and what happens from one on, in the order of time.
Beats = Callable[[datetime], Iterator[Beat]]
Live = Callable[[datetime], Iterator[Beat]]
EVERYBODY = "*"


@dataclass(frozen=True)
class Story:
    """A check with these attributes, told to channels of these kinds or EVERYBODY, what happened to it until `now`, and
    what happens to it since."""

    name: str
    values: dict[str, Any]
    told: Beats = lambda now: iter(())
    channels: tuple[str, ...] = ("email",)
    live: Live = lambda start: iter(())

    def beats(self, now: datetime) -> list[Beat]:
        return sorted((beat for beat in self.told(now) if beat.at < now), key=lambda beat: beat.at)

    def oldest(self, now: datetime) -> timedelta:
        return now - min((beat.at for beat in self.told(now)), default=now)


def _every(period: timedelta, count: int, body: str = "", *, ago: timedelta = timedelta(0), **about: Any) -> Beats:
    """`count` pings a period apart, the last one `ago`; of several lines in `body`, each ping sends the next."""
    bodies = body.split("|")

    def beats(now: datetime) -> Iterator[Beat]:
        for number in range(count):
            at = now - ago - period * number - timedelta(seconds=number * 7 % 11)
            yield Beat(at, body=bodies[number % len(bodies)], **about)

    return beats


def _fires(kind: schedule.Kind, expression: str, tz: str, lasts: timedelta, body: str) -> Live:
    """A job that says when it starts and when it is done, each time its schedule fires."""

    def beats(start: datetime) -> Iterator[Beat]:
        firing = schedule.next_firing(kind, expression, tz, start)
        while firing:
            end = firing + lasts + timedelta(seconds=firing.day * 13)
            yield Beat(firing + timedelta(seconds=2), "start", host="198.51.100.20")
            yield Beat(end, body=body, method="POST", host="198.51.100.20")
            firing = schedule.next_firing(kind, expression, tz, firing)

    return beats


def _since(live: Live, days: int) -> Beats:
    """What has happened like that for so many days."""
    return lambda now: takewhile(lambda beat: beat.at < now, live(now - DAY * days))


def _again(
    period: timedelta, body: str = "", *, after: timedelta, pauses: timedelta = timedelta(0), **about: Any
) -> Live:
    """Pings a period apart, the first `after` the start, each with the next line of `body`; every eighth is followed by
    a pause."""
    bodies = body.split("|")

    def beats(start: datetime) -> Iterator[Beat]:
        for number in count():
            at = start + after + period * number + pauses * (number // 8)
            yield Beat(at, body=bodies[number % len(bodies)], **about)

    return beats


def _ago(*beats: tuple[timedelta, dict[str, Any]]) -> Beats:
    """Single beats, each so long ago."""
    return lambda now: (Beat(now - ago, **about) for ago, about in beats)


def _all(*parts: Beats) -> Beats:
    return lambda now: (beat for part in parts for beat in part(now))


def _simple(timeout: timedelta, grace: timedelta, tags: str, desc: str = "", **more: Any) -> dict[str, Any]:
    seconds = {"timeout": int(timeout.total_seconds()), "grace": int(grace.total_seconds())}
    return {**seconds, "tags": tags, "desc": desc, **more}


def _timed(kind: schedule.Kind, expression: str, tz: str, tags: str, desc: str = "") -> dict[str, Any]:
    return {"schedule_kind": kind, "schedule": expression, "tz": tz, "grace": 3_600, "tags": tags, "desc": desc}


_DUMP = "pg_dump: dumping database shop\npg_dump: 41 tables, 3.2 GB\nuploaded to the vault in 212 s\n"
_TRACEBACK = (
    "Traceback (most recent call last):\n"
    '  File "/srv/import/prices.py", line 88, in <module>\n    main()\n'
    '  File "/srv/import/prices.py", line 61, in main\n    rows = list(csv.reader(download(SUPPLIER)))\n'
    "ConnectionRefusedError: [Errno 111] Connection refused\n"
)

_SPACE = "/dev/sda1  81% /|/dev/sda1  80% /"
_SYNC = "synchronised 1204 items|synchronised 1198 items"
_BACKUPS = _fires("cron", "30 3 * * *", "Europe/Riga", timedelta(minutes=4), _DUMP)
_ACCOUNTS = _fires("oncalendar", "Mon *-*-* 06:00", "Europe/London", timedelta(minutes=12), "214 invoices sent\n")

STORIES: tuple[Story, ...] = (
    Story(
        "Database backup",
        _timed("cron", "30 3 * * *", "Europe/Riga", "prod db", "Dumps the shop's database and sends it to the vault."),
        _since(_BACKUPS, 9),
        ("email", "webhook"),
        _BACKUPS,
    ),
    Story(
        "Weekly accounts",
        _timed("oncalendar", "Mon *-*-* 06:00", "Europe/London", "finance"),
        _since(_ACCOUNTS, 35),
        ("email", "slack"),
        _ACCOUNTS,
    ),
    Story(
        "Disk space on web-1",
        _simple(10 * MINUTE, 10 * MINUTE, "prod web", "Is told of every ten minutes by df in the crontab."),
        _every(10 * MINUTE, 14, _SPACE, ago=4 * MINUTE, method="POST"),
        live=_again(10 * MINUTE, _SPACE, after=6 * MINUTE, method="POST"),
    ),
    Story(
        "Mail gateway",
        _simple(15 * MINUTE, 5 * MINUTE, "prod mail"),
        _all(
            _every(15 * MINUTE, 6, "queue: 3", ago=timedelta(minutes=6)),
            _every(15 * MINUTE, 4, "queue: 118|queue: 96", ago=3 * HOUR),
            _ago((4 * HOUR, {"kind": "fail", "body": "queue: 2150, refusing connections"}), (5 * HOUR, {})),
        ),
        ("email", "sms", "sns", "webhook", "slack"),
        _again(15 * MINUTE, "queue: 3|queue: 5|queue: 2", after=9 * MINUTE),
    ),
    Story(
        "Warehouse sync",
        _simple(HOUR, 20 * MINUTE, "prod warehouse"),
        _every(HOUR, 5, _SYNC, ago=HOUR + 12 * MINUTE, ua=PYTHON),
        live=_again(HOUR + 15 * MINUTE, _SYNC, after=5 * MINUTE, ua=PYTHON),
    ),
    Story(
        "Nightly report",
        _simple(DAY, HOUR, "reports", "If it is missing: restart the worker on app-2, then call Anna."),
        _every(DAY, 5, "report sent to 12 readers", ago=DAY + 5 * HOUR),
        ("email", "sms"),
    ),
    Story(
        "Import of the price list",
        _simple(6 * HOUR, HOUR, "prod import"),
        _all(
            _ago((40 * MINUTE, {"kind": "fail", "exitstatus": 1, "body": _TRACEBACK, "method": "POST", "ua": PYTHON})),
            _every(6 * HOUR, 4, "8120 prices", ago=7 * HOUR, exitstatus=0, ua=PYTHON),
        ),
        ("email", "webhook", "sns"),
    ),
    Story(
        "Video transcoding",
        _simple(DAY, HOUR, "media"),
        _all(_ago((4 * MINUTE, {"kind": "start"})), _every(DAY, 2, "17 clips", ago=20 * HOUR)),
        live=_again(HOUR, "17 clips|9 clips", after=20 * MINUTE),
    ),
    Story(
        "Log shipper",
        _simple(HOUR, 10 * MINUTE, "prod logs"),
        _all(
            _every(HOUR, 4, ago=25 * MINUTE),
            _ago(
                (20 * MINUTE, {"kind": "log", "body": "rotated 3 files"}),
                (10 * MINUTE, {"kind": "log", "body": "buffer at 40%"}),
            ),
        ),
        live=_again(30 * MINUTE, "shipped 812 lines|shipped 790 lines", after=5 * MINUTE),
    ),
    Story(
        "Old cron job on db-1",
        _simple(DAY, HOUR, "db", "Waits for the migration.", manual_resume=True),
        _all(_every(DAY, 3, ago=4 * DAY), _ago((3 * DAY + HOUR, {"kind": "pause"}), (DAY, {}))),
    ),
    Story("Certificate renewal", _simple(7 * DAY, DAY, "web tls", "Never pinged yet: it waits for its first run.")),
    Story(
        "Goes quiet now and then",
        _simple(MINUTE, MINUTE, "demo", "Pinged for four minutes, then not for six, over and over: watch the outbox."),
        _every(MINUTE, 3, "still here", ago=timedelta(seconds=5)),
        (EVERYBODY,),
        _again(MINUTE / 2, "still here", after=timedelta(seconds=20), pauses=6 * MINUTE),
    ),
)
