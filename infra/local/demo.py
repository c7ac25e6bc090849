"""Demo data: checks in every state, with a past that the monitor itself has lived through.

Each check's story is played by the use cases that serve real requests, with services whose clock stands in the past and
is moved from one beat to the next; deadlines in between are swept, and news is told, at their own time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.channels import apprise
from chalicelib.channels.base import Outlet
from chalicelib.core.check import Check, Project, Signal
from chalicelib.monitor.clocks import deadlines
from chalicelib.monitor.intake import pings
from chalicelib.monitor.managing import channels
from chalicelib.monitor.managing import checks as manage
from chalicelib.monitor.memory import Memory
from chalicelib.monitor.services import Services
from chalicelib.monitor.telling import deliver
from chalicelib.store import checks, outbox
from infra.local.audience import CHANNELS, Collecting
from infra.local.outbox import Outbox
from infra.local.stories import EVERYBODY, STORIES, Beat, Story

Say = Callable[[str], None]

# The machinery takes a moment: a sweep decides so long after the deadline.
LAG = timedelta(milliseconds=300)
BEFORE = timedelta(hours=1)


class _Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def is_there(project: Project) -> bool:
    """Whether the project has been filled, by a run whose data are kept."""
    return any(check.name == STORIES[0].name for check in manage.of_project(project))


def fill(services: Services, project: Project, sent: Outbox, say: Say = lambda line: None) -> None:
    """Gives `project` channels of every kind and checks in every state, as if it had been in use for a while."""
    now = services.clock()
    clock = _Clock(now - max(story.oldest(now) for story in STORIES) - BEFORE)
    outlet = Outlet(sender=Collecting(sent))  # type: ignore[arg-type]
    past = replace(services, clock=clock, sleep=lambda _: None, outlet=outlet, memory=Memory())
    usual, sent.clock = sent.clock, clock
    codes = _make_channels(past, project)
    for number, story in enumerate(STORIES, start=1):
        say(f"The demo plays what happened before, {number} of {len(STORIES)}: {story.name}")
        clock.now = now - story.oldest(now) - BEFORE
        _Play(past, clock, _make_check(past, project, story, codes)).play(story.beats(now), until=now)
    sent.clock = usual


def _make_channels(services: Services, project: Project) -> dict[str, str]:
    """Code by kind."""
    root = services.settings.site_root
    made = {}
    for kind, name, settings in CHANNELS:
        if kind == apprise.name and not apprise.is_installed():
            continue
        local = {key: value.replace("$ROOT", root) for key, value in settings.items()}
        made[kind] = channels.create(services, project, kind, name, local, 0).code
    return made


def _make_check(services: Services, project: Project, story: Story, codes: dict[str, str]) -> Check:
    kinds = codes if EVERYBODY in story.channels else story.channels
    told = tuple(sorted(codes[kind] for kind in kinds))
    slug = manage.slugify(story.name)
    return manage.create(services, project, {"name": story.name, "slug": slug, "channels": told, **story.values})


def ping(services: Services, code: str, beat: Beat) -> None:
    signal = Signal(
        "success" if beat.kind == "pause" else beat.kind,
        beat.at,
        exitstatus=beat.exitstatus,
        remote_addr=beat.host,
        method=beat.method,
        ua=beat.ua,
        body=beat.body.encode(),
    )
    pings.receive(services, pings.Address(code=code), signal)


class _Play:
    """One check's story."""

    def __init__(self, services: Services, clock: _Clock, check: Check) -> None:
        self._services, self._clock, self._check = services, clock, check

    def play(self, beats: list[Beat], *, until: datetime) -> None:
        for beat in beats:
            self._pass(beat.at)
            self._do(beat)
            self._look()
        self._pass(until)

    def _pass(self, until: datetime) -> None:
        """Lets time pass; a deadline on the way is swept when it comes."""
        due = self._check.due
        if due and due + LAG <= until:
            self._clock.now = due + LAG
            deadlines.expire(self._services, self._check.project, self._check.code)
            self._look()
        self._clock.now = until

    def _do(self, beat: Beat) -> None:
        if beat.kind == "pause":
            manage.pause(self._services, self._check)
            return
        ping(self._services, self._check.code, beat)

    def _look(self) -> None:
        """Sees what has become of the check, and has its news told."""
        before, self._check = self._check, checks.get(self._check.project, self._check.code)
        if self._check.status == before.status:
            return
        until = self._clock.now + outbox.HEAD_START
        waiting = [nudge for shard in outbox.shards() for nudge, _ in outbox.due(shard, until, at_most=100)]
        deliver.deliver_all(self._services, waiting)
