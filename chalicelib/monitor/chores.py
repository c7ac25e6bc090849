"""Chores: what the `chores` queue carries. Each may be done twice without harm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalicelib.monitor.clocks import daily, rollups
from chalicelib.monitor.intake import pings
from chalicelib.monitor.managing import channels, checks, series
from chalicelib.monitor.messages import Purge, PurgeSeries, RollUp, SumDay, Unassign, chore_of
from chalicelib.monitor.services import Services

Message = dict[str, Any]


def do(services: Services, message: Message) -> None:
    """Does one chore. Raises for what must be tried again: the queue hands it out anew."""
    match chore_of(message):
        case Purge(owner):
            checks.purge(services, owner)
        case Unassign(project, channel):
            channels.unassign_all(services, project, channel)
        case SumDay(code, day):
            daily.sum_day(services, code, day)
        case RollUp(project, names, hour):
            rollups.roll(services, project, names, hour)
        case PurgeSeries(project, name):
            series.purge(services, project, name)
        case None:
            _OF_OTHERS[message["do"]](services, message)


def _ping(services: Services, message: Message) -> None:
    pings.receive_kept(services, message)


def _record(_house: Services, message: Message) -> None:
    pings.record_kept(message)


# What is written and read by those whom it is about.
_OF_OTHERS: dict[str, Callable[[Services, Message], None]] = {
    "ping": _ping,
    "record": _record,
}
