"""Chores: what the `chores` queue carries. Each may be done twice without harm."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from chalicelib.monitor.clocks import daily, rollups, sweep
from chalicelib.monitor.intake import pings
from chalicelib.monitor.managing import channels, checks, series
from chalicelib.monitor.services import House

Message = dict[str, Any]


def do(house: House, message: Message) -> None:
    """Does one chore. Raises for what must be tried again: the queue hands it out anew."""
    _CHORES[message["do"]](house, message)


def _ping(house: House, message: Message) -> None:
    pings.receive_kept(house, message)


def _record(_house: House, message: Message) -> None:
    pings.record_kept(message)


def _expire(house: House, message: Message) -> None:
    sweep.expire(house, message["project"], message["code"])


def _purge(house: House, message: Message) -> None:
    checks.purge(house, message["owner"])


def _unassign(house: House, message: Message) -> None:
    channels.unassign_all(house, message["project"], message["channel"])


def _sum_day(house: House, message: Message) -> None:
    daily.sum_day(house, message["code"], date.fromisoformat(message["day"]))


def _roll_up(house: House, message: Message) -> None:
    names = message["series"]
    rollups.roll(house, message["project"], [names] if isinstance(names, str) else names, message["hour"])


def _purge_series(house: House, message: Message) -> None:
    series.purge(house, message["project"], message["series"])


_CHORES: dict[str, Callable[[House, Message], None]] = {
    "ping": _ping,
    "record": _record,
    "expire": _expire,
    "purge": _purge,
    "unassign": _unassign,
    "sum_day": _sum_day,
    "roll_up": _roll_up,
    "purge_series": _purge_series,
}
