"""What the demo tells: its channels, and a story for each check. Only data; `demo` plays it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from chalicelib.core import schedule
from infra.local.environ import REGION, TOPIC

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


Beats = Callable[[datetime], Iterator[Beat]]


@dataclass(frozen=True)
class Story:
    """A check with these attributes, told to channels of these kinds, and what happened to it until `now`."""

    name: str
    values: dict[str, Any]
    told: Beats = lambda now: iter(())
    channels: tuple[str, ...] = ("email",)

    def beats(self, now: datetime) -> list[Beat]:
        return sorted((beat for beat in self.told(now) if beat.at < now), key=lambda beat: beat.at)

    def oldest(self, now: datetime) -> timedelta:
        return now - min((beat.at for beat in self.told(now)), default=now)


CHANNELS: list[tuple[str, str, dict[str, str]]] = [
    ("email", "Operations", {"address": "operations@example.org"}),
    ("sms", "On call", {"number": "+37120000000"}),
    ("sns", "Incident topic", {"topic": f"arn:aws:sns:{REGION}:123456789012:{TOPIC}"}),
    (
        "webhook",
        "Status board",
        {
            "url_down": "$ROOT/outbox/webhook/status-board",
            "body_down": '{"check": $NAME_JSON, "up": false}',
            "url_up": "$ROOT/outbox/webhook/status-board",
            "body_up": '{"check": $NAME_JSON, "up": true}',
        },
    ),
    ("slack", "Retired room", {"url": "https://hooks.slack.example/services/T0000/B0000/gone"}),
]


def _every(period: timedelta, count: int, body: str = "", *, ago: timedelta = timedelta(0), **about: Any) -> Beats:
    """`count` pings a period apart, the last one `ago`; of several lines in `body`, each ping sends the next."""
    bodies = body.split("|")

    def beats(now: datetime) -> Iterator[Beat]:
        for number in range(count):
            at = now - ago - period * number - timedelta(seconds=number * 7 % 11)
            yield Beat(at, body=bodies[number % len(bodies)], **about)

    return beats


def _runs(kind: schedule.Kind, expression: str, tz: str, days: int, lasts: timedelta, body: str) -> Beats:
    """A job that says when it starts and when it is done, each time its schedule fires, for so many days."""

    def beats(now: datetime) -> Iterator[Beat]:
        firing = schedule.next_firing(kind, expression, tz, now - DAY * days)
        while firing and firing < now:
            end = firing + lasts + timedelta(seconds=firing.day * 13)
            yield Beat(firing + timedelta(seconds=2), "start", host="198.51.100.20")
            yield Beat(end, body=body, method="POST", host="198.51.100.20")
            firing = schedule.next_firing(kind, expression, tz, firing)

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

STORIES: tuple[Story, ...] = (
    Story(
        "Database backup",
        _timed("cron", "30 3 * * *", "Europe/Riga", "prod db", "Dumps the shop's database and sends it to the vault."),
        _runs("cron", "30 3 * * *", "Europe/Riga", 9, timedelta(minutes=4), _DUMP),
        ("email", "webhook"),
    ),
    Story(
        "Weekly accounts",
        _timed("oncalendar", "Mon *-*-* 06:00", "Europe/London", "finance"),
        _runs("oncalendar", "Mon *-*-* 06:00", "Europe/London", 35, timedelta(minutes=12), "214 invoices sent\n"),
        ("email", "slack"),
    ),
    Story(
        "Disk space on web-1",
        _simple(10 * MINUTE, 10 * MINUTE, "prod web", "Is told of every ten minutes by df in the crontab."),
        _every(10 * MINUTE, 14, "/dev/sda1  81% /|/dev/sda1  80% /", ago=4 * MINUTE, method="POST"),
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
    ),
    Story(
        "Warehouse sync",
        _simple(HOUR, 20 * MINUTE, "prod warehouse"),
        _every(HOUR, 5, "synchronised 1204 items|synchronised 1198 items", ago=HOUR + 12 * MINUTE, ua=PYTHON),
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
    ),
    Story(
        "Old cron job on db-1",
        _simple(DAY, HOUR, "db", "Waits for the migration.", manual_resume=True),
        _all(_every(DAY, 3, ago=4 * DAY), _ago((3 * DAY + HOUR, {"kind": "pause"}), (DAY, {}))),
    ),
    Story("Certificate renewal", _simple(7 * DAY, DAY, "web tls", "Never pinged yet: it waits for its first run.")),
    Story(
        "Goes quiet soon",
        _simple(MINUTE, MINUTE, "demo", "Pinged when the demo began and never again: watch the outbox."),
        _every(MINUTE, 3, "still here", ago=timedelta(seconds=5)),
        ("email", "sms", "sns", "webhook"),
    ),
)
