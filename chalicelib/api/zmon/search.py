"""The quick search: checks, alerts and dashboards by the beginning of their number or by a part of their name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from chalicelib.api.zmon import alert_definitions, check_definitions, dashboards, wire
from chalicelib.api.zmon.errors import VOICE
from chalicelib.core.check import Project
from chalicelib.gateway import Caller, Reply, Request, reads, resource
from chalicelib.monitor.managing import alerts
from chalicelib.monitor.managing import dashboards as managed
from chalicelib.store import documents

LIMIT, LIMIT_MAX = 25, 1_000


class Found(NamedTuple):
    """Something that may be meant; `teams` are those whose it is, `path` where it is."""

    id: str
    title: str
    teams: tuple[str, ...]
    path: str

    def fits(self, text: str, teams: set[str]) -> bool:
        named = self.id.startswith(text) or text in self.title.lower()
        return named and (not teams or not teams.isdisjoint(self.teams))


def _search(request: Request, caller: Caller) -> Reply:
    """Search for checks, alerts and dashboards, of some teams where these are named."""
    text = wire.word(request, "query").strip().lower()
    teams = {team for team in wire.word(request, "teams").split(",") if team}
    limit = wire.number(request, "limit", LIMIT_MAX) or LIMIT
    project = caller.project

    def chosen(every: Iterable[Found]) -> list[dict[str, Any]]:
        fitting = [one for one in every if one.fits(text, teams)][:limit]
        return [_shown(one, request.root) for one in fitting]

    return Reply(
        body={
            "alerts": chosen(_alerts(project)),
            "checks": chosen(_checks(project)),
            "dashboards": chosen(_dashboards(project)),
            "grafana_dashboards": chosen(_of_grafana(project)),
        }
    )


def _shown(one: Found, root: str) -> dict[str, Any]:
    return {"id": one.id, "title": one.title, "team": ", ".join(one.teams), "url": f"{root}{one.path}"}


def _alerts(project: Project) -> Iterator[Found]:
    """Alerts have the name of their parent where they have none of their own."""
    for one, merged in alerts.tree_of(project.code).all_merged():
        path = f"{alert_definitions.ROOT}/{one.name}"
        yield Found(one.name, merged["name"] or "", (one.data["team"],), path)


def _checks(project: Project) -> Iterator[Found]:
    for one in documents.of_project(project.code, "command"):
        yield Found(one.name, one.data["name"], (one.data["owning_team"],), f"{check_definitions.ROOT}/{one.name}")


def _dashboards(project: Project) -> Iterator[Found]:
    for one in managed.of_project(project):
        yield Found(one.name, one.data["name"], tuple(one.data["alert_teams"]), f"{dashboards.ROOT}/{one.name}")


def _of_grafana(project: Project) -> Iterator[Found]:
    """Grafana's dashboards are no team's."""
    for one in managed.of_grafana(project):
        yield Found(one.name, one.data["dashboard"]["title"], (), f"{dashboards.GRAFANA}/{one.name}")


RESOURCES = [
    resource("/api/v1/quick-search", VOICE, GET=reads(_search, "SearchResult", query=("query", "limit", "teams"))),
]
