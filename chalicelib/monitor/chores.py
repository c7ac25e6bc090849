"""Chores: what the `chores` queue carries. Each may be done twice without harm."""

from __future__ import annotations

from typing import Any

from chalicelib.monitor.clocks import daily, rollups
from chalicelib.monitor.intake import pings
from chalicelib.monitor.managing import alerts, channels, checks, downtimes, probes, projects, series
from chalicelib.monitor.messages import (
    ClearChannel,
    EmptyProject,
    FreeDependants,
    Inherit,
    Purge,
    PurgeSeries,
    RollUp,
    SettleDowntime,
    SumDay,
    chore_of,
)
from chalicelib.monitor.services import Services

Message = dict[str, Any]


def do(services: Services, message: Message) -> None:
    """Does one chore. Raises for what must be tried again: the queue hands it out anew."""
    match chore_of(message):
        case EmptyProject(project):
            projects.empty(services, project)
        case Purge(owner, project):
            checks.purge_deleted(project, owner)
        case ClearChannel(project, channel):
            channels.clear(services, project, channel)
        case FreeDependants(project, master):
            probes.free_dependants(services, project, master)
        case Inherit(project, number):
            alerts.inherit(services, project, number)
        case SumDay(code, day):
            daily.sum_day(services, code, day)
        case RollUp(project, names, hour):
            rollups.roll(services, project, names, hour)
        case PurgeSeries() as chore:
            series.purge(services, chore)
        case SettleDowntime(project, downtime):
            downtimes.settle(services, project, downtime)
        case None:
            _do_for_ping(services, message)


def _do_for_ping(services: Services, message: Message) -> None:
    """The chores of pings that DynamoDB could not take in: their messages are written and read by `intake.kept`."""
    match message["do"]:
        case "ping":
            pings.receive_kept(services, message)
        case "record":
            pings.record_kept(message)
        case other:
            raise KeyError(other)
