"""Uptime and outages of a device, over any span (Alertra REST API, Get Uptime Statistics)."""

from __future__ import annotations

from chalicelib.api.alertra import formats, paging, wire
from chalicelib.api.alertra.devices import ROOT, named
from chalicelib.api.alertra.errors import VOICE
from chalicelib.core.check import Check
from chalicelib.core.kinds import probe
from chalicelib.gateway import Caller, Reply, Request, reads, resource
from chalicelib.monitor.managing import checks
from chalicelib.monitor.views import uptimes


def _uptime(request: Request, caller: Caller) -> Reply:
    """Tell for how long a device was up and down within a span, to the second."""
    device = named(request, caller)
    found = uptimes.of_check(request.services, device, *paging.span(request, device.created))
    document = {
        "UpSeconds": found.up,
        "DownSeconds": found.down,
        "MaintenanceSeconds": found.maintenance,
        "Outages": found.outages,
        "UnknownSeconds": found.unknown,
    }
    body = document if formats.format_of(request) == "xml" else {"Uptime": document}
    return formats.reply(request, body, root="Uptime")


def _outages(request: Request, caller: Caller) -> Reply:
    """List the outages of a device, newest first."""
    return _listed(request, [named(request, caller)])


def _all_outages(request: Request, caller: Caller) -> Reply:
    """List the outages of all devices, newest first."""
    return _listed(request, checks.of_project(caller.project, probe.name))


def _listed(request: Request, devices: list[Check]) -> Reply:
    """The outages of the devices, newest first."""
    asked = [(device, *paging.span(request, device.created)) for device in devices]
    found = paging.page(request, uptimes.outages_of_all(request.services, asked))
    return formats.reply(request, [wire.outage(*pair) for pair in found], root="Outages", item="Outage")


RESOURCES = [
    resource(f"{ROOT}/{{device}}/uptime", VOICE, GET=reads(_uptime, "Uptime", query=paging.SPAN)),
    resource(f"{ROOT}/{{device}}/outages", VOICE, GET=reads(_outages, "Outages", query=(*paging.PAGE, *paging.SPAN))),
    resource("/v1.1/outages", VOICE, GET=reads(_all_outages, "Outages", query=(*paging.PAGE, *paging.SPAN))),
]
