"""The quick search: checks, alerts and dashboards by the beginning of their number or by a part of their name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from chalicelib.api.zmon import dashboards, wire
from chalicelib.api.zmon.errors import VOICE
from chalicelib.core import alert_definitions
from chalicelib.core.check import Project
from chalicelib.gateway import Caller, Reply, Request, reads, resource
from chalicelib.monitor.managing import dashboards as managed
from chalicelib.store import documents
from chalicelib.store.documents import Document

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
    known = {one.number: one for one in documents.of_project(project.code, "alert")}
    for number, one in known.items():
        name = alert_definitions.merged([each.data for each in _chain(one, known)])["name"]
        yield Found(one.name, name or "", (one.data["team"],), f"/api/v1/alert-definitions/{number}")


def _chain(one: Document, known: dict[int, Document]) -> Iterator[Document]:
    """A definition, its parent, the parent of that."""
    following: Document | None = one
    while following is not None:
        yield following
        following = known.get(following.data.get("parent_id"))  # type: ignore[arg-type]


def _checks(project: Project) -> Iterator[Found]:
    for one in documents.of_project(project.code, "command"):
        yield Found(one.name, one.data["name"], (one.data["owning_team"],), f"/api/v1/check-definitions/{one.name}")


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
