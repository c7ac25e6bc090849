"""A project as a scraper of metrics sees it: its checks as one list, and for each of its channels what was told."""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from chalicelib.core import status
from chalicelib.core.check import Channel, Check, Project
from chalicelib.core.status import Shown
from chalicelib.store import checks, definitions, tallies
from chalicelib.store.tallies import Tally

# So many channels are read at the same time.
WORKERS = 16


@dataclass(frozen=True, slots=True)
class Seen:
    """A check with the status that it shows, and whether a run of it is under way."""

    check: Check
    shown: Shown
    is_started: bool


@dataclass(frozen=True, slots=True)
class Told:
    """A channel and what it was told."""

    channel: Channel
    tally: Tally


def of_checks(project: Project, tags: Collection[str], now: datetime) -> list[Seen]:
    """The checks that carry all of these tags, oldest first: one reading for all of them."""
    found = checks.of_project(project.code)
    return [_seen(check, now) for check in found if not tags or set(tags).issubset(check.tags.split())]


def _seen(check: Check, now: datetime) -> Seen:
    shown = status.shown(check, now, with_started=False)
    is_started = check.last_start is not None and status.shown(check, now, with_started=True) == "started"
    return Seen(check, shown, is_started)


def of_channels(project: Project, now: datetime) -> list[Told]:
    """The channels that belong to no single check, oldest first, each read by itself."""
    found = [channel for channel in definitions.channels(project.code) if not channel.hidden]
    read: Callable[[str], Tally] = partial(tallies.of_channel, now=now)
    with ThreadPoolExecutor(WORKERS) as pool:
        told = pool.map(read, (channel.code for channel in found))
        return [Told(channel, tally) for channel, tally in zip(found, told, strict=True)]
