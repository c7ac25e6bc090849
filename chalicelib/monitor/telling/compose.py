"""Composes news: gathers what a message tells, once for all channels that are told of a check at the same time."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.channels import words
from chalicelib.core import kinds, pages
from chalicelib.core.check import Channel, Check, Flip, Ping, Project
from chalicelib.core.conversation import Tell
from chalicelib.core.news import News
from chalicelib.monitor.services import Services
from chalicelib.store import history
from chalicelib.store.connection import key_of

LAST_PINGS = 5


@dataclass(frozen=True, slots=True)
class Subject:
    """What the messages about a check have in common: its project's name and secret, the address of its page, its
    latest pings, newest first, and the body of the newest."""

    check: Check
    project: str
    page: str = ""
    secret: str = ""
    pings: tuple[Ping, ...] = ()
    body: bytes = b""


def subject(check: Check, project: Project | None) -> Subject:
    """The check without what came from it; its project may be gone."""
    if project is None:
        return Subject(check, "")
    return Subject(check, project.name, pages.address(project, check), project.secret)


def gather(check: Check, project: Project | None, now: datetime) -> Subject:
    """The check with what came from it last; only a heartbeat is pinged."""
    found = subject(check, project)
    if not kinds.of(check).pinged:
        return found
    pings = tuple(history.pings(check.code, LAST_PINGS, now))
    body = history.ping_body(check.code, pings[0].n, now) if pings and pings[0].has_body else None
    return replace(found, pings=pings, body=body or b"")


def compose(services: Services, subject: Subject, channel: Channel, tell: Tell, *, ended: bool = False) -> News:
    """The news that `tell` stands for, to one channel; `ended`: the last word about a check that is watched no more."""
    now, flip = services.clock(), tell.flip
    check = _called(subject.check, flip)
    return News(
        id=id_of(channel.code, check.code, flip.at, tell.event, tell.reminder),
        event=tell.event,
        check=check,
        flip=flip,
        project=subject.project,
        site=services.site,
        now=now,
        reminder=tell.reminder,
        downtime=_downtime(tell, now),
        pings=subject.pings,
        body=subject.body,
        incident=tell.incident,
        over=tell.over,
        heard=tell.heard,
        ended=ended,
        page=subject.page,
    )


def _called(check: Check, flip: Flip) -> Check:
    """A check under the name and with the description that its flip has for it: an alert is told as it was then."""
    told: dict[str, Any] = {key: str(flip.details[key]) for key in ("name", "desc") if flip.details.get(key)}
    return replace(check, **told) if told else check


def id_of(channel: str, check: str, flip: datetime, event: str, reminder: int = 0) -> str:
    """The name of a message: the same content has the same, and no code can be read from it. An outage and the end of
    its watch may fall into one microsecond, so its event is part of it."""
    name = f"{channel}#{check}#{key_of(flip)}#{reminder}#{event}"
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def _downtime(tell: Tell, now: datetime) -> timedelta | None:
    """How long the outage took, or has taken so far."""
    if tell.reminder:
        return words.between(tell.flip.at, now)
    ended = tell.over[-1].ended if tell.over else None
    return words.between(tell.began, ended or tell.flip.at) if tell.event == "up" else None


def test_news(services: Services, project: Project, channel: Channel) -> News:
    """What a channel is sent when its owner tries it: news about a check that does not exist, marked as a test."""
    now = services.clock()
    check = Check(project.code, services.new_code(), now, name=channel.name, status="down", since=now)
    flip = Flip(project.code, check.code, now, "up", "down", "timeout")
    return News(id_of(channel.code, check.code, now, "test"), "test", check, flip, project.name, services.site, now)
