"""Chores: what the `chores` queue carries. Each may be done twice without harm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalicelib.monitor.clocks import daily, numbering, rollups
from chalicelib.monitor.intake import pings
from chalicelib.monitor.managing import alerts, channels, checks, downtimes, listeners, panels, probes, projects, series
from chalicelib.monitor.messages import (
    Chore,
    ClearChannel,
    DropChannels,
    EmptyProject,
    FollowBoard,
    FreeDependants,
    GiveNumbers,
    Inherit,
    Purge,
    PurgeSeries,
    Regroup,
    RollUp,
    SettleDowntime,
    SumDay,
    chore_of,
)
from chalicelib.monitor.services import Services

Message = dict[str, Any]


_DO: dict[type[Chore], Callable[[Services, Any], object]] = {
    EmptyProject: lambda services, chore: projects.empty(services, chore.project),
    Purge: lambda _services, chore: checks.purge_deleted(chore.project, chore.owner),
    ClearChannel: lambda services, chore: channels.clear(services, chore.project, chore.channel),
    FreeDependants: lambda services, chore: probes.free_dependants(services, chore.project, chore.master),
    Inherit: lambda services, chore: alerts.inherit(services, chore.project, chore.number),
    FollowBoard: lambda services, chore: panels.follow(services, chore.project, chore.number),
    Regroup: lambda services, chore: alerts.regroup(services, chore.project),
    DropChannels: listeners.drop,
    SettleDowntime: lambda services, chore: downtimes.settle(services, chore.project, chore.downtime),
    SumDay: lambda services, chore: daily.sum_day(services, chore.code, chore.day),
    RollUp: lambda services, chore: rollups.roll(services, chore.project, chore.series, chore.hour),
    PurgeSeries: series.purge,
    GiveNumbers: lambda _services, chore: numbering.give(chore),
}


def do(services: Services, message: Message) -> None:
    """Does one chore. Raises for what must be tried again: the queue hands it out anew."""
    chore = chore_of(message)
    if chore is None:
        _do_for_ping(services, message)
    else:
        _DO[type(chore)](services, chore)


def _do_for_ping(services: Services, message: Message) -> None:
    """The chores of pings that DynamoDB could not take in: their messages are written and read by `intake.kept`."""
    match message["do"]:
        case "ping":
            pings.receive_kept(services, message)
        case "record":
            pings.record_kept(message)
        case other:
            raise KeyError(other)
