"""Alerts as the dialect writes them (Grafana, Alerting HTTP API). The order of their fields is part of the contract:
scripts cut the list at its commas.

There are no dashboards here: the project stands for one, whose only folder is the general one, and every alert is a
panel of it by its own number.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from chalicelib.core import pages
from chalicelib.core.check import Check
from chalicelib.gateway import Caller
from chalicelib.monitor.managing.checks import slugify
from chalicelib.monitor.views.overview import FIRING, Alert, Match

DASHBOARD, FOLDER, ORGANISATION = 1, 0, 1
NEVER = "0001-01-01T00:00:00Z"


def listed(alert: Alert, caller: Caller, root: str) -> dict[str, Any]:
    """An alert with every field of the published document, and those of later versions. The address of its page is
    told to those who may change it, as in every dialect: it opens the page without a key."""
    check, project = alert.check, caller.project
    url = (pages.url_of(root, project, check) if caller.access == "write" else None) or ""
    return {
        "id": check.number,
        "dashboardId": DASHBOARD,
        "dashboardUid": project.code,
        "dashboardSlug": slugify(project.name),
        "panelId": check.number,
        "name": alert.name,
        "state": alert.state,
        "newStateDate": changed(check),
        "evalDate": moment(check.judged or check.last_ping),
        "evalData": _data(alert),
        "executionError": alert.error,
        "url": url,
        "message": check.desc,
        "dashboardUri": url,
    }


def placed(alert: Alert) -> dict[str, Any]:
    """An alert as the panels of a dashboard show it."""
    check = alert.check
    return {
        "id": check.number,
        "dashboardId": DASHBOARD,
        "panelId": check.number,
        "state": alert.state,
        "newStateDate": changed(check),
    }


def capitalised(document: dict[str, Any]) -> dict[str, Any]:
    """The document with the names that Grafana's own structures have, for clients that were written for those."""
    return {name[:1].upper() + name[1:]: value for name, value in document.items()}


def _data(alert: Alert) -> dict[str, Any]:
    """What makes an alert fire; nothing while it does not."""
    return {"evalMatches": [_match(one) for one in alert.matches]} if alert.state in FIRING else {}


def _match(one: Match) -> dict[str, Any]:
    return {"metric": one.metric, "tags": dict(one.tags), "value": one.value}


def changed(check: Check) -> str:
    """When the state began."""
    return moment(check.since or check.created)


def moment(at: datetime | None) -> str:
    """A moment in the form of RFC 3339, whole seconds; that of Go's zero for none."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if at else NEVER
