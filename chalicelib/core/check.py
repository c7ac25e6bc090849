"""The nouns of the core: Check, Flip, Ping, Result, Channel, Project, Notification. Values with derived names, no
behaviour."""

from __future__ import annotations

import hashlib
import math
import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from chalicelib.core.away import Away
from chalicelib.core.breaches import NONE, Breaching
from chalicelib.core.silence import Silence, silenced_until
from chalicelib.core.specs import Spec

Status = Literal["new", "up", "down", "paused"]
PingKind = Literal["success", "start", "fail", "log", "ign"]
ScheduleKind = Literal["simple", "cron", "oncalendar"]
Access = Literal["write", "read", "ping"]

# The codes of instances begin so.
INSTANCE = "i#"

DAY = 86_400
DEFAULT_TIMEOUT = DAY
DEFAULT_GRACE = 3_600
PERIOD_MIN, PERIOD_MAX = 60, 30 * DAY
DEFAULT_SCHEDULE = "* * * * *"
DEFAULT_TZ = "UTC"

# A tick that orders two flips of one check which would otherwise share their moment.
TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Filters:
    """Keyword filters of a heartbeat: comma separated keywords per meaning, and where they are looked for."""

    start_kw: str = ""
    success_kw: str = ""
    failure_kw: str = ""
    subject: bool = False
    body: bool = False
    http_body: bool = False
    default_fail: bool = False


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Failures of a probe that are not confirmed yet: since when, why, seen from where, and how many in a row."""

    since: datetime
    reason: str
    locations: tuple[str, ...]
    failures: int = 1


@dataclass(frozen=True, slots=True)
class Check:
    """A thing with a status. Moments are aware UTC datetimes with microseconds, periods are whole seconds.

    `kind` names one of `core.kinds`: a heartbeat waits for pings; a probe looks at something every `period` seconds; a
    rule judges series as often. `nickname` is what it is called for short. `spec` is what a probe looks at or a rule
    judges, for its kind alone to read. `master` is the check without which this one cannot be reached. `remind` asks
    for reminders of an outage every so many seconds. Of a probe, `last_result` is the latest result in words and
    `suspicion` what is not confirmed yet; of a rule, `breaching` says how many series breach at present and what
    the first are called, and `met` holds the letters of those of several criteria that are met, in the order in which
    they came to be; `judged` is the moment that was judged when anything of these last changed. `error` says why the
    data of a rule, or of an entity of an alert, cannot be judged, empty if it can; `value` is the number that it turned
    on last. `quiet` marks an outage that nobody wants to be told of. Of a master that is down, `holds` are the checks
    whose news waits for it to come back.

    Of a heartbeat, a start from before `runs_from` opens no run, `runs_ended` are the runs that a success has ended
    since then, by id with its moment, and `recent` are the requests that were counted last, newest first.

    `page` counts how often the address of its page has been made new (see `core.pages`), with `page_off` it has none.

    `number` is the integer by which some dialects know it, which stays; 0 for none yet, and for instances.

    `edition` changes whenever the definition does, `version` whenever anything does: the first guards what a ping may
    assume about a check it saw earlier, the second guards every decision. `due` is the deadline the sweep acts on,
    None for none; with `away`, the deadline proper fell into a time in which nobody looked. `extra` is data of one
    dialect that no other reads.
    """

    project: str
    code: str
    created: datetime
    kind: str = "heartbeat"
    name: str = ""
    nickname: str = ""
    slug: str = ""
    tags: str = ""
    desc: str = ""
    schedule_kind: ScheduleKind = "simple"
    timeout: int = DEFAULT_TIMEOUT
    grace: int = DEFAULT_GRACE
    schedule: str = DEFAULT_SCHEDULE
    tz: str = DEFAULT_TZ
    manual_resume: bool = False
    methods: str = ""
    filters: Filters = Filters()
    channels: tuple[str, ...] = ()
    badge: str = ""
    page: int = 0
    page_off: bool = False
    period: int = 0
    spec: Spec | None = None
    master: str = ""
    remind: int = 0
    silences: tuple[Silence, ...] = ()
    suspicion: Suspicion | None = None
    last_result: str = ""
    breaching: Breaching = NONE
    met: str = ""
    judged: datetime | None = None
    error: str = ""
    value: float | None = None
    quiet: bool = False
    holds: tuple[str, ...] = ()
    status: Status = "new"
    since: datetime | None = None
    last_ping: datetime | None = None
    last_start: datetime | None = None
    last_start_rid: str | None = None
    last_duration: timedelta | None = None
    runs_from: datetime | None = None
    runs_ended: dict[str, datetime] = field(default_factory=dict)
    n_pings: int = 0
    recent: tuple[str, ...] = ()
    due: datetime | None = None
    away: Away | None = None
    number: int = 0
    edition: int = 0
    version: int = 0
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def parent(self) -> str:
        """The code of the check that this is an instance of; empty for a check."""
        return parent_of(self.code)

    @property
    def unique_key(self) -> str:
        """The stable public identifier that read-only keys see (Healthchecks Management API, Get a Single Check)."""
        return unique_key(self.code)


def parent_of(code: str) -> str:
    """The code of the check that an instance belongs to (see `core.instances`); empty for the code of a check."""
    return code.split("#", 2)[1] if code.startswith(INSTANCE) else ""


def entity_of(code: str) -> str:
    """The entity that an instance is about; empty for the code of a check."""
    return code.split("#", 2)[2] if code.startswith(INSTANCE) else ""


def unique_key(code: str) -> str:
    """The hash of a uuid's first half, as Healthchecks has it; of any other code the hash of the whole, for the first
    half of an instance's is that of all its sisters."""
    hashed = code.replace("-", "")[:16] if canonical_uuid(code) else code
    return hashlib.sha1(hashed.encode(), usedforsecurity=False).hexdigest()


def canonical_uuid(text: str) -> bool:
    """Whether `text` is a UUID in its one canonical spelling: lower case, with dashes."""
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Flip:
    """One status change. `at` is when it became true (for a missed deadline: the deadline), not when it was noticed.

    `before` is the moment of the check's flip before this one: news of the two must not overtake each other.
    `details` holds facts by kind of check: the `locations` that saw a failure, the `metric` that breached and its
    `value`, the moment of a ping that arrived `late`, the `name` and the `desc` under which the check is told where
    these say what was found. A `quiet` flip stands in the history and is told to nobody; a
    `silenced` flip came during a silence.
    """

    project: str
    code: str
    at: datetime
    old: Status
    new: Status
    reason: str = ""
    before: datetime | None = None
    details: dict[str, Any] = field(default_factory=dict)
    quiet: bool = False
    silenced: bool = False

    @property
    def is_news(self) -> bool:
        """Whether somebody may have to be told because of it: of going down, of coming up unless that is the check's
        first sign of life (who heard "down" before a pause is owed it still), and of a pause that closes an incident.
        """
        if self.new == "up":
            return not self.quiet and self.before is not None
        return not self.quiet and (self.new == "down" or (self.new == "paused" and self.old == "down"))


def flipped(
    check: Check,
    new: Status,
    at: datetime,
    reason: str = "",
    details: dict[str, Any] | None = None,
    *,
    quiet: bool = False,
) -> tuple[Check, Flip]:
    """The check in its new status and the flip there. Flips of one check never share a moment."""
    if check.since and at <= check.since:
        at = check.since + TICK
    quiet = quiet or (new == "up" and check.quiet)
    silenced = silenced_until(check.silences, at) is not None
    flip = Flip(check.project, check.code, at, check.status, new, reason, check.since, details or {}, quiet, silenced)
    return replace(check, status=new, since=at, quiet=quiet and new == "down"), flip


@dataclass(frozen=True, slots=True)
class Signal:
    """A sign of life as it came in, before anything is decided. `at` is when it was received; `request` is the id of
    the request that carried it: a request that arrives twice counts once."""

    kind: PingKind
    at: datetime
    rid: str | None = None
    exitstatus: int | None = None
    scheme: str = "http"
    remote_addr: str = ""
    method: str = ""
    ua: str = ""
    body: bytes = b""
    request: str = ""


@dataclass(frozen=True, slots=True)
class Ping:
    """A recorded signal: `n` counts a check's pings from 1. `has_body` tells that a body is stored beside it."""

    n: int
    kind: PingKind
    at: datetime
    rid: str | None = None
    exitstatus: int | None = None
    scheme: str = "http"
    remote_addr: str = ""
    method: str = ""
    ua: str = ""
    has_body: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one look of a probe from one location. `id` is 48 hexadecimal digits that sort by time; phases are
    disjoint milliseconds; `code` is 1 for good, 2 for good with a warning, 0 for failed."""

    id: str
    at: datetime
    location: str
    code: int
    text: str
    performance: str = "Ok"
    block: float = 0.0
    dns: float = 0.0
    connect: float = 0.0
    ssl: float = 0.0
    ttfb: float = 0.0
    ttlb: float = 0.0
    size: int = 0

    @property
    def total(self) -> float:
        """Milliseconds from the first to the last moment of the work; waiting for a free place is not part of it."""
        return math.fsum((self.dns, self.connect, self.ssl, self.ttfb, self.ttlb))


@dataclass(frozen=True, slots=True)
class Bounce:
    """Why messages to a recipient came back, and whether it is `final`: nothing is sent to it any more."""

    why: str
    final: bool = False


@dataclass(frozen=True, slots=True)
class Channel:
    """Where news goes. `settings` belongs to the channel's kind and may hold secrets; `remind` is seconds between
    "still down" reminders, 0 for none; `error` is the last failure, empty after a success.

    `resolves` says whether recoveries are told. A `default` channel is told of every check of the project, whatever
    channels the check names. A `hidden` one belongs to one check and stands in no list. One for the `whole` is told of
    an alert that has instances, and not of each of these; any other of the instances alone. `number` is the integer by
    which a dialect knows the channel, 0 for none yet. `mended` is when there last was reason to think that it works
    again: it was changed, tested well, or told something after an error. Of its recipients some have `stopped` its
    mails and some are `waiting`: they have not confirmed yet that they want its news (see `core.recipients`). `extra`
    is data of one dialect that no other reads. `bounced` are the recipients from whom messages came back that had been
    accepted.
    """

    project: str
    code: str
    kind: str
    name: str
    created: datetime
    settings: dict[str, Any] = field(default_factory=dict)
    remind: int = 0
    error: str = ""
    resolves: bool = True
    default: bool = False
    hidden: bool = False
    whole: bool = False
    number: int = 0
    mended: datetime | None = None
    stopped: frozenset[str] = frozenset()
    waiting: frozenset[str] = frozenset()
    extra: dict[str, Any] = field(default_factory=dict)
    bounced: dict[str, Bounce] = field(default_factory=dict)

    @property
    def trouble(self) -> str:
        """What is wrong with it, in words for its owner: the last failure, and what came back; empty if nothing is."""
        return "; ".join(dict.fromkeys([self.error, *(bounce.why for bounce in self.bounced.values())])).strip("; ")


@dataclass(frozen=True, slots=True)
class Project:
    """A tenant. `checks` counts what it holds against `limit` (None: the installation's), `made` what it ever held;
    `badge` and `secret` make its badge addresses, `secret` those of its checks' pages; `keys` are the hashes of its
    keys. It is being deleted since it was `closed`. `deletions` changes whenever series of it are deleted."""

    code: str
    name: str
    created: datetime
    limit: int | None = None
    checks: int = 0
    made: int = 0
    badge: str = ""
    secret: str = ""
    keys: frozenset[str] = frozenset()
    closed: datetime | None = None
    deletions: int = 0


@dataclass(frozen=True, slots=True)
class Key:
    """A project's key as it is kept: its hash, what it opens, and a hint by which its owner recognises it."""

    hash: str
    project: str
    access: Access
    hint: str
    created: datetime


@dataclass(frozen=True, slots=True)
class Notification:
    """A message to one channel, as the delivery log shows it. `flip` is the moment of the newest flip that it tells of,
    `new` the status that it tells, or "ended" in the closing message of a check that is no longer watched. `state` is
    "sent", "retry" (it failed and will be tried again), "failed" (it was given up, or came back after more had been
    told), or "folded" (a later message told its content too). `attempt` names the try that it speaks of."""

    channel: str
    check: str
    flip: datetime
    new: str
    reminder: int = 0
    state: Literal["sent", "retry", "failed", "folded"] = "sent"
    attempts: int = 0
    attempt: str = ""
    error: str = ""
    at: datetime | None = None
    next_at: datetime | None = None
