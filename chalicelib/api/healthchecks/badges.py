"""The addresses of a project's badges (Healthchecks Management API, List Project's Badges)."""

from __future__ import annotations

from urllib.parse import quote

import chalice

from chalicelib import gateway
from chalicelib.api.healthchecks.access import Caller, needs
from chalicelib.api.healthchecks.errors import Management
from chalicelib.api.healthchecks.management import VERSIONS
from chalicelib.core.check import Project
from chalicelib.gateway import Reply, Request
from chalicelib.monitor.views import badges

FORMATS = ("svg", "json", "shields")
# A badge of two states shows a late check as up.
TWO_STATES = "-2"

blueprint = chalice.Blueprint(__name__)


def _list(request: Request, caller: Caller) -> Reply:
    tags = badges.of_project(caller.project)
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


for _version in VERSIONS:
    gateway.resource(blueprint, f"/api/v{_version}/badges", Management(), {"GET": needs("read", _list)})
