"""Chores: what the `chores` queue carries. Each may be done twice without harm."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from chalicelib.monitor.clocks import daily, rollups, sweep
from chalicelib.monitor.intake import pings
from chalicelib.monitor.managing import channels, checks, series
from chalicelib.monitor.services import Services

Message = dict[str, Any]


def do(services: Services, message: Message) -> None:
    """Does one chore. Raises for what must be tried again: the queue hands it out anew."""
    _CHORES[message["do"]](services, message)


def _ping(services: Services, message: Message) -> None:
    pings.receive_kept(services, message)


def _record(_house: Services, message: Message) -> None:
    pings.record_kept(message)


def _expire(services: Services, message: Message) -> None:
    sweep.expire(services, message["project"], message["code"])


def _purge(services: Services, message: Message) -> None:
    checks.purge(services, message["owner"])


def _unassign(services: Services, message: Message) -> None:
    channels.unassign_all(services, message["project"], message["channel"])


def _sum_day(services: Services, message: Message) -> None:
    daily.sum_day(services, message["code"], date.fromisoformat(message["day"]))


def _roll_up(services: Services, message: Message) -> None:
    names = message["series"]
    rollups.roll(services, message["project"], [names] if isinstance(names, str) else names, message["hour"])


def _purge_series(services: Services, message: Message) -> None:
    series.purge(services, message["project"], message["series"])


_CHORES: dict[str, Callable[[Services, Message], None]] = {
    "ping": _ping,
    "record": _record,
    "expire": _expire,
    "purge": _purge,
    "unassign": _unassign,
    "sum_day": _sum_day,
    "roll_up": _roll_up,
    "purge_series": _purge_series,
}
