"""Badges: the status of one check, or of all checks with a tag, behind an address that opens nothing else.

The address of a tag's badge bears a signature, so that whoever has one badge cannot guess those of other tags.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from chalicelib.core import status
from chalicelib.core.check import Check, Project
from chalicelib.core.errors import Missing
from chalicelib.monitor.services import Services
from chalicelib.store import checks, directory

Colour = Literal["up", "late", "down"]

EVERYTHING = "*"
UNNAMED = "unnamed check"
SIGNATURE = 8


@dataclass(frozen=True, slots=True)
class Badge:
    """What a badge shows: of `total` checks so many are in their grace time and so many are down."""

    label: str
    status: Colour
    total: int
    grace: int
    down: int


def check_behind(badge: str) -> Check:
    """The check whose badge address this is. Raises Missing."""
    project, code = _behind(badge)
    if code is None:
        raise Missing("badge")
    return checks.get(project, code)


def _behind(badge: str) -> tuple[str, str | None]:
    """The project, and the check unless it is a badge of the project itself. Raises Missing."""
    found = directory.by_badge(badge)
    if found is None:
        raise Missing("badge")
    return found


def of_check(services: Services, badge: str, *, late: bool) -> Badge:
    """The badge of one check; without `late`, a check in its grace time still counts as up. Raises Missing.

    An unnamed check is not called by its code: whoever knows that can ping.
    """
    check = check_behind(badge)
    return _summed(services, check.name.strip() or UNNAMED, [check], late=late)


def of_tag(services: Services, badge: str, signature: str, tag: str, *, late: bool) -> Badge:
    """The badge of a project's checks with this tag, "*" for all. Raises Missing, for a wrong signature too."""
    project = _project_behind(badge)
    if not hmac.compare_digest(_signed(project, tag), signature.encode("utf-8", "surrogatepass")):
        raise Missing("badge")
    found = [check for check in checks.of_project(project.code) if tag in (EVERYTHING, *check.tags.split())]
    label = services.settings.site_name if tag == EVERYTHING else tag
    return _summed(services, label, found, late=late)


def _project_behind(badge: str) -> Project:
    project, code = _behind(badge)
    if code is not None:
        raise Missing("badge")
    return directory.project(project)


def _summed(services: Services, label: str, found: Iterable[Check], *, late: bool) -> Badge:
    """Down if any is down, else late if any is; new, paused and started checks count as up."""
    now = services.clock()
    shown = [status.shown(check, now, with_started=False) for check in found]
    grace, down = shown.count("grace"), shown.count("down")
    colour: Colour = "up"
    if down:
        colour = "down"
    elif grace and late:
        colour = "late"
    return Badge(label, colour, len(shown), grace, down)


def of_project(project: Project) -> list[str]:
    """The tags that have a badge: "*" first, then those of the project's checks in alphabetical order."""
    tags = {tag for check in checks.of_project(project.code) for tag in check.tags.split()}
    return [EVERYTHING, *sorted(tags - {EVERYTHING})]


def signature(project: Project, tag: str) -> str:
    """What the address of this tag's badge must bear."""
    return _signed(project, tag).decode()


def _signed(project: Project, tag: str) -> bytes:
    digest = hmac.digest(project.secret.encode(), tag.encode("utf-8", "surrogatepass"), hashlib.sha256)
    return base64.urlsafe_b64encode(digest)[:SIGNATURE]
