"""Makes what a source holds in a project: by the rules of our dialects, and nothing twice.

A heartbeat whose uuid is known is the one that it was; everything else is known by its kind and name, the second of a
name being another than the first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from chalicelib.api.alertra.validation import values as device_values
from chalicelib.api.healthchecks import wire
from chalicelib.api.healthchecks.validation import validate
from chalicelib.core import audience, kinds
from chalicelib.core.check import Check, Filters, Project
from chalicelib.core.errors import TocsinError
from chalicelib.core.kinds import heartbeat, probe
from chalicelib.core.unknown import Unknown
from chalicelib.monitor.managing import checks, probes
from chalicelib.monitor.services import Services
from chalicelib.store import checks as stored
from chalicelib.store import definitions, directory
from infra.moving.wanted import Found, Wanted

_KINDS = {"heartbeat": heartbeat.name, "device": probe.name}
Becomes = Literal["made", "there", "refused"]


@dataclass(frozen=True, slots=True)
class Made:
    """What became of one thing, or would: `why` says why it was refused."""

    wanted: Wanted
    becomes: Becomes
    why: str = ""
    check: Check | None = None


def make(services: Services, project: Project, found: Found, *, really: bool) -> list[Made]:
    """Makes what is not there. Without `really` nothing is made, and all else is as it would be."""
    there = Counter((check.kind, kinds.label(check)) for check in stored.of_project(project.code))
    return [_one(services, project, wanted, there, really=really) for wanted in found.wanted]


def _one(
    services: Services, project: Project, wanted: Wanted, there: Counter[tuple[str, str]], *, really: bool
) -> Made:
    try:
        values = _values(project, wanted)
        known = _known(project, wanted, there)
        if known or not really:
            return Made(wanted, "there" if known else "made")
        return Made(wanted, "made", check=_make(services, project, wanted, values))
    except TocsinError as error:
        return Made(wanted, "refused", str(error))


def _known(project: Project, wanted: Wanted, there: Counter[tuple[str, str]]) -> bool:
    """Whether it is in the project already. One of a name stands for one thing alone."""
    if wanted.code:
        owner = directory.project_of(wanted.code)
        if owner and owner != project.code:
            raise TocsinError("its uuid is that of a check of another project")
        return bool(owner)
    name = (_KINDS[wanted.kind], wanted.name)
    if not there[name]:
        return False
    there[name] -= 1
    return True


def _values(project: Project, wanted: Wanted) -> dict[str, Any]:
    """The attributes of the check, by the rules of its dialect. Raises Invalid."""
    if wanted.kind == "device":
        return _device_values(project, wanted)
    fields = validate(wanted.document)
    told = audience.everyone(definitions.channels(project.code)) if fields.pop("channels") == "*" else ()
    return {**wire.values(fields, 3 if "slug" in fields else 1, Filters()), "channels": told}


def _device_values(project: Project, wanted: Wanted) -> dict[str, Any]:
    """Without what a device of its method has not, which is said."""
    while True:
        try:
            return device_values(project.code, wanted.document)
        except Unknown as error:
            name = error.field.removeprefix("HostData.")
            if name not in wanted.document.get("HostData", {}):
                raise
            wanted.left.append(
                f"{name} {wanted.document['HostData'].pop(name)}: {wanted.document['Method']} has no such"
            )


def _make(services: Services, project: Project, wanted: Wanted, values: dict[str, Any]) -> Check:
    if wanted.kind == "device":
        made = probes.create(services, project, values)
    else:
        made = checks.create(_naming(services, wanted.code), project, values)
    return checks.pause(services, made) if wanted.paused else made


def _naming(services: Services, code: str) -> Services:
    """The services whose next new code is this one, so that pings go on finding their check."""
    codes: Iterator[str] = iter([code] if code else [])
    return replace(services, new_code=lambda: next(codes, None) or services.new_code())
