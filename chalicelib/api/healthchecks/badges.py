"""The addresses of a project's badges (Healthchecks Management API, List Project's Badges)."""

from __future__ import annotations

from urllib.parse import quote

from chalicelib.api.healthchecks.errors import MANAGEMENT
from chalicelib.api.healthchecks.management import VERSIONS
from chalicelib.core.check import Project
from chalicelib.gateway import Caller, Reply, Request, reads, resource
from chalicelib.monitor.views import badges

FORMATS = ("svg", "json", "shields")
# A badge of two states shows a late check as up.
TWO_STATES = "-2"


def _list(request: Request, caller: Caller) -> Reply:
    """List the addresses of the project's badges: one for each tag, and one for all checks."""
    wanted = request.query.get("tag", [])
    tags = [tag for tag in badges.of_project(caller.project) if not wanted or tag in wanted]
    return Reply(body={"badges": {tag: _addresses(request.root, caller.project, tag) for tag in tags}})


def _addresses(root: str, project: Project, tag: str) -> dict[str, str]:
    """Each format twice: with two states, and with three under a name that ends in 3."""
    start = f"{root}/badge/{project.badge}/{badges.signature(project, tag)}"
    end = "" if tag == badges.EVERYTHING else "/" + quote(tag, safe="")
    found = {}
    for name in FORMATS:
        found[name] = f"{start}{TWO_STATES}{end}.{name}"
        found[f"{name}3"] = f"{start}{end}.{name}"
    return found


RESOURCES = [
    resource(f"/api/v{version}/badges", MANAGEMENT, GET=reads(_list, "Badges", query=("tag",))) for version in VERSIONS
]
