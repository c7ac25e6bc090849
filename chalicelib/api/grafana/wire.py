"""Alerts as the dialect writes them (Grafana, Alerting HTTP API). The order of their fields is part of the contract:
scripts cut the list at its commas.

The alert of a panel has the place of its panel. Any other belongs to no dashboard: its numbers are 0, and its uid, slug
and uri are empty.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from chalicelib.core import pages
from chalicelib.core.boards import Listed
from chalicelib.core.check import Check
from chalicelib.core.panels import Reduced, finite
from chalicelib.core.specs import PanelSpec, Place, place_of
from chalicelib.gateway import Caller
from chalicelib.monitor.looking.panels import Trial
from chalicelib.monitor.views.overview import FIRING, Alert, Match, tags_in

FOLDER, ORGANISATION = 0, 1
# So many series are told of when an alert is tried.
LOGS_MAX = 1_000
NOWHERE = Place(0, "", "", "", (), 0)
NEVER = "0001-01-01T00:00:00Z"


def listed(alert: Alert, caller: Caller, root: str) -> dict[str, Any]:
    """An alert with every field of the published document, and those of later versions. The address of its page is
    told to those who may change it, as in every dialect: it opens the page without a key."""
    check, place = alert.check, place_of(alert.check) or NOWHERE
    url = (pages.url_of(root, caller.project, check) if caller.access == "write" else None) or ""
    return {
        "id": check.number,
        "dashboardId": place.dashboard,
        "dashboardUid": place.uid,
        "dashboardSlug": place.slug,
        "panelId": place.panel,
        "name": alert.name,
        "state": alert.state,
        "newStateDate": changed(check),
        "evalDate": moment(_judged(check)),
        "evalData": _data(alert),
        "executionError": alert.error,
        "url": url,
        "message": check.desc,
        "dashboardUri": f"{root}/dashboard/db/{place.slug}" if place.dashboard else "",
    }


def _judged(check: Check) -> datetime | None:
    """When it was judged or pinged last, or at least found to be as it is, as far as that is kept."""
    found = check.since if check.status in ("up", "down") else None
    return check.judged or check.last_ping or found


def placed(alert: Alert) -> dict[str, Any]:
    """An alert as the panels of a dashboard show it."""
    check, place = alert.check, place_of(alert.check) or NOWHERE
    return {
        "id": check.number,
        "dashboardId": place.dashboard,
        "panelId": place.panel,
        "state": alert.state,
        "newStateDate": changed(check),
    }


def capitalised(document: dict[str, Any]) -> dict[str, Any]:
    """The document with the names that Grafana's own structures have, for clients that were written for those."""
    return {name[:1].upper() + name[1:]: value for name, value in document.items()}


def _data(alert: Alert) -> dict[str, Any]:
    """What makes an alert fire, or will when it has lasted; nothing while it does not."""
    fires = alert.state in FIRING or alert.matches
    return {"evalMatches": [_match(one) for one in alert.matches]} if fires else {}


def _match(one: Match) -> dict[str, Any]:
    return {"metric": one.metric, "tags": dict(one.tags), "value": one.value}


def changed(check: Check) -> str:
    """When the state began."""
    return moment(check.since or check.created)


def moment(at: datetime | None) -> str:
    """A moment in the form of RFC 3339, whole seconds; that of Go's zero for none."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if at else NEVER


# Dashboards


def path(board: Listed) -> str:
    """Where Grafana would show a dashboard."""
    return f"/d/{board.uid}/{board.slug}"


def meta(*, may: bool) -> dict[str, Any]:
    """What is said beside any dashboard, to one who may change it or may not."""
    return {
        "type": "db",
        "canSave": may,
        "canEdit": may,
        "canAdmin": may,
        "canStar": False,
        "expires": NEVER,
        "hasAcl": False,
        "isFolder": False,
        "folderId": FOLDER,
        "folderTitle": "General",
        "folderUrl": "",
        "provisioned": False,
        "provisionedExternalId": "",
    }


def hit(board: Listed) -> dict[str, Any]:
    """A dashboard as a search finds it."""
    return {
        "id": board.number,
        "uid": board.uid,
        "title": board.title,
        "uri": f"db/{board.slug}",
        "url": path(board),
        "slug": "",
        "type": "dash-db",
        "tags": list(board.tags),
        "isStarred": False,
        "sortMeta": 0,
    }


def tried(spec: PanelSpec, trial: Trial, seconds: float) -> dict[str, Any]:
    """What the alert of a panel would be, and how that came to be."""
    verdict, time = trial.verdict, f"{1e3 * seconds:.3f}ms"
    if verdict is None:
        about = {"firing": False, "state": trial.outcome(spec), "conditionEvals": "", "timeMs": time}
        return {**about, "error": trial.error, "matches": [], "logs": []}
    every = [(place, one) for place, found in enumerate(verdict.found) for one in found.series]
    return {
        "firing": verdict.firing,
        "state": trial.outcome(spec),
        "conditionEvals": verdict.said,
        "timeMs": time,
        "matches": [_match(Match(one.name, finite(one.value), tags_in(one.name))) for _, one in every if one.met],
        "logs": [{"message": _log(place, one), "data": None} for place, one in every[:LOGS_MAX]],
    }


def _log(place: int, one: Reduced) -> str:
    value = "null" if one.value is None else f"{one.value:.3f}"
    return f"Condition[{place}]: Eval: {str(one.met).lower()}, Metric: {one.name}, Value: {value}"
