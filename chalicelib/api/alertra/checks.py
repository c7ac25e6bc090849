"""What the dialect calls checks: the single results of a device, newest first, and the sums of its days.

(Alertra REST API, Get Check Data. The sums are our extension.)
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from chalicelib.api.alertra import formats, paging, wire
from chalicelib.api.alertra.devices import ROOT, named
from chalicelib.api.alertra.errors import VOICE
from chalicelib.core.errors import Missing
from chalicelib.gateway import Caller, Reply, Request, reads, resource
from chalicelib.monitor.clocks import daily
from chalicelib.store import results

DEFAULT, MOST = 25, 100
DAYS = timedelta(days=30)
PHASES = {
    "block": "BlockTime",
    "dns": "DNSTime",
    "connect": "ConnectTime",
    "ssl": "SSLTime",
    "ttfb": "TTFB",
    "ttlb": "TTLB",
    "total": "RequestTime",
}


def _list(request: Request, caller: Caller) -> Reply:
    """List the single results of a device, newest first. (This API calls them checks.)"""
    device = named(request, caller)
    # A result of this very moment is one already.
    start, end = paging.span(request, device.created - timedelta(minutes=1))
    now = request.services.clock()
    offset, limit = paging.limits(request, DEFAULT, MOST)
    end = end + timedelta(minutes=1) if end == now else end
    found = results.newest(device.code, limit or DEFAULT, now, offset=offset, start=start, end=end)
    return formats.reply(request, [wire.result(one) for one in found], root="Checks", item="Check")


def _get(request: Request, caller: Caller) -> Reply:
    """Show a single result."""
    device = named(request, caller)
    found = results.get(device.code, request.parts["check"].lower(), request.services.clock())
    if found is None:
        raise Missing("check")
    return formats.reply(request, wire.result(found), root="Check")


def _daily(request: Request, caller: Caller) -> Reply:
    """List how many looks there were each day and how long their phases took, newest day first (our extension)."""
    device = named(request, caller)
    start, end = paging.span(request, max(device.created, request.services.clock() - DAYS))
    found = daily.of_check(request.services, device, start.date(), end.date())
    body = [_sum(*entry) for entry in paging.page(request, found)]
    return formats.reply(request, body, root="Days", item="Day")


def _sum(day: Any, place: str, document: dict[str, Any]) -> dict[str, Any]:
    figures = zip(("Mean", "P50", "P95", "P99"), range(4), strict=True)
    phases = document["phases"]
    return {
        "Day": day.isoformat(),
        "Location": place,
        "Count": document["count"],
        "Failures": document["failures"],
        **{
            figure: {theirs: phases[ours][number] for ours, theirs in PHASES.items() if ours in phases}
            for figure, number in figures
        },
    }


_ONE = f"{ROOT}/{{device}}"
RESOURCES = [
    resource(f"{_ONE}/checks", VOICE, GET=reads(_list, "Results", query=(*paging.PAGE, *paging.SPAN))),
    resource(f"{_ONE}/checks/{{check}}", VOICE, GET=reads(_get, "Result")),
    resource(f"{_ONE}/daily", VOICE, GET=reads(_daily, "Days", query=(*paging.PAGE, *paging.SPAN))),
]
