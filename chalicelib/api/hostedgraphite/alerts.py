"""Alerts: create, search, show, change, delete (Hosted Graphite Alerts API)."""

from __future__ import annotations

from typing import Any

from chalicelib.api.hostedgraphite import bodies, validation, wire
from chalicelib.api.hostedgraphite.errors import VOICE, Gone
from chalicelib.core import pages
from chalicelib.core.check import Channel, Check, canonical_uuid
from chalicelib.core.errors import Forbidden, Missing
from chalicelib.core.kinds import rule
from chalicelib.gateway import Caller, Reply, Request, reads, resource, writes
from chalicelib.monitor.looking import firing
from chalicelib.monitor.managing import channels, checks, rules

ROOT = "/v2/alerts"


def named(request: Request, caller: Caller) -> Check:
    """The alert of the address. Raises Missing, also for another project's."""
    code = request.parts["alert"]
    try:
        if canonical_uuid(code):
            return checks.find(caller.project.code, code, rule.name)
    except (Forbidden, Missing):
        pass
    raise Missing("alert")


def _search(request: Request, caller: Caller) -> Reply:
    """Search alerts by name, id or a search string; all of them without any, page by page."""
    found, following = wire.paged(request, selected(request, caller))
    warned = _warned(request, found)
    documents = [one | warned.get(one["id"], {}) for one in _documents(request, found)]
    return Reply(body={"alerts": documents, "next_page": following})


def selected(request: Request, caller: Caller) -> list[Check]:
    """The alerts of any of the names or ids, and of those the ones that the search string fits; all without either."""
    found = rules.of_project(caller.project)
    names, ids = set(wire.every(request, "name")), set(wire.every(request, "id"))
    if names or ids:
        found = [alert for alert in found if alert.name in names or alert.code in ids]
    for text in wire.every(request, "search"):
        found = rules.matching(found, text, known_channels(caller))
    return found


def known_channels(caller: Caller) -> dict[str, Channel]:
    return {channel.code: channel for channel in channels.of_project(caller.project.code)}


def _create(request: Request, caller: Caller) -> Reply:
    """Make an alert."""
    alert = rules.create(request.services, caller.project, validation.values(caller.project.code, bodies.read(request)))
    return Reply(
        201, {"id": alert.code, "url": f"{ROOT}/{alert.code}", **_warned(request, [alert]).get(alert.code, {})}
    )


def _get(request: Request, caller: Caller) -> Reply:
    """Show an alert."""
    return _shown(request, named(request, caller))


def _update(request: Request, caller: Caller) -> Reply:
    """Change an alert. What is not named stays as it is."""
    alert = named(request, caller)
    values = validation.values(caller.project.code, bodies.read(request), alert)
    return _shown(request, rules.change(request.services, alert, values))


def _shown(request: Request, alert: Check) -> Reply:
    return Reply(body=_documents(request, [alert])[0])


def _documents(request: Request, found: list[Check]) -> list[dict[str, Any]]:
    now, triggered = request.services.clock(), rules.triggered(found)
    return [wire.alert(one, triggered[one.code], now) for one in found]


def _warned(request: Request, found: list[Check]) -> dict[str, dict[str, list[str]]]:
    """The warnings of those alerts that cannot fire as things are, as a field of their own: without any it is not
    there, as published."""
    return {code: {"warnings": said} for code, said in firing.warnings(found, request.services.clock()).items()}


def _delete(request: Request, caller: Caller) -> Reply:
    """Delete an alert. One that does not exist is answered with 400, as published."""
    try:
        alert = named(request, caller)
    except Missing:
        raise Gone("alert does not exist") from None
    rules.delete(request.services, alert)
    return Reply(body={})


def _page(request: Request, caller: Caller) -> Reply:
    """Show where the page of the alert is."""
    return _of_page(request, caller, named(request, caller))


def _renew_page(request: Request, caller: Caller) -> Reply:
    """Give the page another address, and switch it on: the one before leads nowhere any more."""
    return _of_page(request, caller, checks.renew_page(request.services, named(request, caller)))


def _close_page(request: Request, caller: Caller) -> Reply:
    """Switch the page off: its address leads nowhere any more."""
    return _of_page(request, caller, checks.close_page(request.services, named(request, caller)))


def _of_page(request: Request, caller: Caller, alert: Check) -> Reply:
    return Reply(body={"page_url": pages.url_of(request.root, caller.project, alert)})


RESOURCES = [
    resource(
        ROOT,
        VOICE,
        GET=reads(_search, "Alerts", query=("name", "id", "search", *wire.PAGE)),
        POST=writes(_create, {201: "Made"}, body="NewAlert"),
    ),
    resource(
        f"{ROOT}/{{alert}}",
        VOICE,
        GET=reads(_get, "Alert"),
        PUT=writes(_update, "Alert", body="AlertFields"),
        DELETE=writes(_delete, "Nothing"),
    ),
    resource(
        f"{ROOT}/{{alert}}/page",
        VOICE,
        GET=writes(_page, "Page"),
        POST=writes(_renew_page, "Page"),
        DELETE=writes(_close_page, "Page"),
    ),
]
