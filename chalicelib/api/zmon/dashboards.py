"""Dashboards (the calls of zmon-cli's `dashboard`), and those of Grafana that ZMON passes on (`grafana`)."""

from __future__ import annotations

import re
from typing import Any

from chalicelib.api.zmon import bodies, wire
from chalicelib.api.zmon.errors import VOICE
from chalicelib.core.errors import Invalid
from chalicelib.gateway import Caller, Reply, Request, reads, resource, writes
from chalicelib.monitor.managing import dashboards
from chalicelib.store.documents import Document

ROOT = "/api/v1/dashboard"
GRAFANA = "/api/v1/visualization/dashboards"
NAME_MAX, NAMES_MAX = 256, 200
VIEWS = ("FULL", "COMPACT")
LISTS = ("alert_teams", "shared_teams", "tags")
FIELDS = ("name", "view_mode", *LISTS, "widget_configuration")
_UID = re.compile(r"[A-Za-z0-9_-]{1,40}")


def _get(request: Request, caller: Caller) -> Reply:
    """Show a dashboard."""
    found = dashboards.find(caller.project, _number(request))
    about = {"last_modified": wire.milliseconds(found.modified), "last_modified_by": found.author}
    return Reply(body={"id": found.number, **found.data, **about})


def _create(request: Request, caller: Caller) -> Reply:
    """Make a dashboard; its number."""
    made = dashboards.create(request.services, caller.project, _values(bodies.read(request)), caller.author)
    return Reply.json(made.number)


def _update(request: Request, caller: Caller) -> Reply:
    """Replace a dashboard; its number."""
    values = _values(bodies.read(request))
    changed = dashboards.replace(request.services, caller.project, _number(request), values, caller.author)
    return Reply.json(changed.number)


def _number(request: Request) -> int:
    return wire.identifier("dashboard", request.parts["dashboard"])


def _values(given: dict[str, Any]) -> dict[str, Any]:
    """What is kept of a dashboard; what is not known is passed over. Raises Invalid."""
    found: dict[str, Any] = {"name": _text("name", given.get("name"))}
    view = given.get("view_mode") or VIEWS[0]
    if view not in VIEWS:
        raise Invalid("view_mode", f"must be one of {', '.join(VIEWS)}")
    lists = {name: _texts(name, given.get(name)) for name in LISTS}
    return {**found, "view_mode": view, **lists, "widget_configuration": _widgets(given.get("widget_configuration"))}


def _text(field: str, value: Any) -> str:
    if value is None or value == "":
        raise Invalid(field, "is mandatory")
    if not isinstance(value, str) or not value.strip() or len(value) > NAME_MAX:
        raise Invalid(field, f"must be a text of 1 to {NAME_MAX} characters")
    return value


def _texts(field: str, value: Any) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > NAMES_MAX or not all(isinstance(one, str) for one in value):
        raise Invalid(field, f"must be a list of at most {NAMES_MAX} texts")
    return value


def _widgets(value: Any) -> list[Any]:
    """The widgets, which may come as a text of JSON, as the web interface sends them."""
    found = bodies.parsed(value) if isinstance(value, str) and value else value or []
    if not isinstance(found, list):
        raise Invalid("widget_configuration", "must be a list")
    return found


def _get_grafana(request: Request, caller: Caller) -> Reply:
    """Show a dashboard of Grafana as it was put."""
    data = dashboards.find_grafana(caller.project, request.parts["uid"]).data
    meta = {"folderId": data["folder"], "version": data["version"]}
    return Reply(body={"dashboard": data["dashboard"], "meta": meta})


def _put_grafana(request: Request, caller: Caller) -> Reply:
    """Keep a dashboard of Grafana. The body may be a text of JSON that holds the object, as zmon-cli sends it."""
    given = bodies.value(request)
    given = bodies.parsed(given) if isinstance(given, str) else given
    dashboard = given.get("dashboard") if isinstance(given, dict) else None
    if not isinstance(dashboard, dict):
        raise Invalid("dashboard", "must be an object")
    uid = _uid(dashboard)
    data = {"dashboard": dashboard, "folder": _folder(given.get("folderId"))}
    overwrite = given.get("overwrite") is True
    kept = dashboards.put_grafana(request.services, caller.project, uid, data, caller.author, overwrite=overwrite)
    return Reply(body=_done(kept))


def _uid(dashboard: dict[str, Any]) -> str:
    uid = dashboard.get("uid")
    if not isinstance(uid, str) or not _UID.fullmatch(uid):
        raise Invalid("dashboard.uid", "must be 1 to 40 letters, figures, _ and -")
    _text("dashboard.title", dashboard.get("title"))
    return uid


def _folder(value: Any) -> int:
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**53:
        raise Invalid("folderId", "must be a whole number")
    return value


def _done(kept: Document) -> dict[str, Any]:
    """What Grafana says to whoever has put a dashboard."""
    uid = kept.name
    return {"status": "success", "uid": uid, "version": kept.data["version"], "url": f"{GRAFANA}/{uid}"}


RESOURCES = [
    resource(ROOT, VOICE, POST=writes(_create, "Number", body="DashboardFields")),
    resource(
        f"{ROOT}/{{dashboard}}",
        VOICE,
        GET=reads(_get, "Dashboard"),
        POST=writes(_update, "Number", body="DashboardFields"),
    ),
    resource(GRAFANA, VOICE, POST=writes(_put_grafana, "GrafanaKept", body="GrafanaFields")),
    resource(f"{GRAFANA}/{{uid}}", VOICE, GET=reads(_get_grafana, "Grafana")),
]
