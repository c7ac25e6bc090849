"""Composes news: gathers what a notification tells, once for all channels of a flip."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.channels import words
from chalicelib.core.check import Channel, Check, Flip, Project
from chalicelib.core.errors import Missing
from chalicelib.core.news import News
from chalicelib.monitor.services import Services
from chalicelib.store import directory, history
from chalicelib.store.outbox import Entry

LAST_PINGS = 5


def compose(services: Services, entry: Entry, check: Check) -> News:
    """The news of `entry`: the flip, how long it lasted, and the latest pings with the newest body."""
    now = services.clock()
    flip = entry.flip
    pings = tuple(history.pings(check.code, LAST_PINGS, now))
    body = history.ping_body(check.code, pings[0].n, now) if pings and pings[0].has_body else None
    return News(
        id=entry.id,
        event="up" if flip.new == "up" else "down",
        check=check,
        flip=flip,
        project=_project_name(check.project),
        site=services.site,
        now=now,
        reminder=entry.reminder,
        downtime=_downtime(entry, now - flip.at),
        pings=pings,
        body=body or b"",
    )


def _downtime(entry: Entry, so_far: timedelta) -> timedelta | None:
    if entry.reminder:
        return so_far
    if entry.flip.new == "up" and entry.flip.before:
        return words.between(entry.flip.before, entry.flip.at)
    return None


def _project_name(code: str) -> str:
    try:
        return directory.project(code).name
    except Missing:
        return ""


def test_news(services: Services, project: Project, channel: Channel) -> News:
    """What a channel is sent when its owner tries it: news about a check that does not exist, marked as a test."""
    now = services.clock()
    check = Check(project.code, services.new_code(), now, name=channel.name, status="down", since=now)
    flip = Flip(project.code, check.code, now, "up", "down", "timeout")
    return News(f"test#{check.code}", "test", check, flip, project.name, services.site, now)
