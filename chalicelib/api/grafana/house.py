"""What clients of Grafana ask before they ask for alerts: how the server is, and who they are.

A project is the one organisation that its keys open. Data sources and folders there are none to be listed.
"""

from __future__ import annotations

from typing import Any

from chalicelib.api.grafana import wire
from chalicelib.api.grafana.errors import VOICE
from chalicelib.gateway import Caller, Reply, Request, public, reads, resource
from chalicelib.monitor.managing import checks
from chalicelib.store.faults import StoreFault

# The last version that has these alerts; clients ask for it to know what they may call.
VERSION, COMMIT = "7.5.17", "tocsin"
ROLES = {"write": "Admin", "read": "Viewer"}


def _health(_request: Request) -> Reply:
    """Tell whether the tables can be reached."""
    try:
        checks.reachable()
    except StoreFault:
        return Reply(503, {"commit": COMMIT, "database": "failing", "version": VERSION})
    return Reply(body={"commit": COMMIT, "database": "ok", "version": VERSION})


def _settings(_request: Request, _caller: Caller) -> Reply:
    """Tell the version of Grafana whose alerting is spoken here."""
    build = {"version": VERSION, "commit": COMMIT, "buildstamp": 0, "edition": "Open Source", "env": "production"}
    return Reply(body={"buildInfo": build, "alertingEnabled": True, "unifiedAlertingEnabled": False, "datasources": {}})


def _organisation(_request: Request, caller: Caller) -> Reply:
    """Show the organisation, which is the project."""
    address = dict.fromkeys(("address1", "address2", "city", "zipCode", "state", "country"), "")
    return Reply(body={"id": wire.ORGANISATION, "name": caller.project.name, "address": address})


def _user(_request: Request, caller: Caller) -> Reply:
    """Show who is asking: the user beside the key, where there is one."""
    return Reply(
        body={
            "id": 1,
            "email": "",
            "name": caller.author or "API key",
            "login": caller.author or "api_key",
            "theme": "",
            "orgId": wire.ORGANISATION,
            "isGrafanaAdmin": caller.access == "write",
            "isDisabled": False,
            "isExternal": False,
            "authLabels": [],
        }
    )


def _organisations(_request: Request, caller: Caller) -> Reply:
    """List the organisations of who is asking: the one that is the project."""
    role = ROLES[caller.access]
    return Reply(body=[{"orgId": wire.ORGANISATION, "name": caller.project.name, "role": role}])


def _nothing(_request: Request, _caller: Caller) -> Reply:
    """List what there is none of here: keys are the administrator's, and data sources are not kept."""
    found: list[Any] = []
    return Reply(body=found)


_NONE = reads(_nothing, "Nothing")
RESOURCES = [
    resource("/api/health", VOICE, GET=public(_health, {200: "Health", 503: "Health"})),
    resource("/api/frontend/settings", VOICE, GET=reads(_settings, "FrontendSettings")),
    resource("/api/org", VOICE, GET=reads(_organisation, "Organisation")),
    resource("/api/user", VOICE, GET=reads(_user, "User")),
    resource("/api/user/orgs", VOICE, GET=reads(_organisations, "Organisations")),
    resource("/api/auth/keys", VOICE, GET=_NONE),
    resource("/api/datasources", VOICE, GET=_NONE),
]
