"""Check definitions: put, show, list, delete (the calls of zmon-cli's `check-definitions`)."""

from __future__ import annotations

from typing import Any

from chalicelib.api.zmon import bodies, fields, wire
from chalicelib.api.zmon.errors import VOICE
from chalicelib.core.commands import ACTIVE
from chalicelib.core.errors import Conflict, Missing
from chalicelib.gateway import Caller, Reply, Request, reads, resource, writes
from chalicelib.monitor.managing import commands
from chalicelib.store.documents import Document

ROOT = "/api/v1/check-definitions"
LISTS = "/api/v1/checks"
RUNTIMES = ("PYTHON_2", "PYTHON_3")
DELETED, NOT_DELETED = "Deleted", "Id not found or not part of owning team"
# Prose of which nothing depends.
TEXTS = ("technical_details", "potential_analysis", "potential_impact", "potential_solution")


def shown(document: Document) -> dict[str, Any]:
    """A definition as the dialect has it."""
    about = {"last_modified": wire.milliseconds(document.modified), "last_modified_by": document.author}
    return {"id": document.number, **document.data, **about, "deleted": False}


def _put(request: Request, caller: Caller) -> Reply:
    """Make a check definition, or change the one of its `id`, else of its `source_url`, else of its name and team."""
    return _kept(request, caller, None)


def _put_at(request: Request, caller: Caller) -> Reply:
    """Change a check definition."""
    return _kept(request, caller, _number(request))


def _kept(request: Request, caller: Caller, path: int | None) -> Reply:
    given = bodies.read(request)
    number = fields.identifier(given, path)
    return Reply(body=shown(commands.put(request.services, caller.project, _values(given), caller.author, number)))


def _values(given: dict[str, Any]) -> dict[str, Any]:
    """What is kept of a definition; what is not known is passed over."""
    return {
        "name": fields.required(fields.name(given, "name"), "name"),
        "description": fields.required(fields.text(given, "description"), "description"),
        **{field: fields.text(given, field) for field in TEXTS},
        "owning_team": fields.required(fields.name(given, "owning_team"), "owning_team"),
        "entities": fields.required(given.get("entities"), "entities"),
        "interval": fields.required(fields.whole(given, "interval"), "interval"),
        "command": fields.required(fields.text(given, "command"), "command"),
        "status": fields.status(given),
        "source_url": fields.name(given, "source_url") or None,
        "runtime": fields.word(given, "runtime", RUNTIMES),
        "criticality": fields.name(given, "criticality"),
    }


def _number(request: Request) -> int:
    return wire.identifier("check definition", request.parts["check"])


def _get(request: Request, caller: Caller) -> Reply:
    """Show a check definition."""
    return Reply(body=shown(commands.find(caller.project, _number(request))))


def _delete(request: Request, caller: Caller) -> Reply:
    """Delete a check definition to which no alert definition refers."""
    try:
        commands.delete(request.services, caller.project, _number(request))
    except Missing:
        return VOICE.broken(404, NOT_DELETED)
    except Conflict as conflict:
        return VOICE.broken(404, f"{NOT_DELETED}: {conflict}")
    return wire.said(DELETED)


def _list_active(_request: Request, caller: Caller) -> Reply:
    """List the active check definitions, by number."""
    return _list(caller, {ACTIVE})


def _list_all(_request: Request, caller: Caller) -> Reply:
    """List all check definitions, by number."""
    return _list(caller, set(fields.STATUSES))


def _list(caller: Caller, statuses: set[str]) -> Reply:
    edition, found = commands.snapshot(caller.project)
    chosen = [shown(one) for one in found if one.data["status"] in statuses]
    return Reply(body={"snapshot_id": edition, "check_definitions": chosen})


RESOURCES = [
    resource(ROOT, VOICE, POST=writes(_put, "CheckDefinition", body="CheckDefinitionFields")),
    resource(
        f"{ROOT}/{{check}}",
        VOICE,
        GET=reads(_get, "CheckDefinition"),
        POST=writes(_put_at, "CheckDefinition", body="CheckDefinitionFields"),
        DELETE=writes(_delete, "text/plain"),
    ),
    resource(f"{LISTS}/all-active-check-definitions", VOICE, GET=reads(_list_active, "CheckDefinitions")),
    resource(f"{LISTS}/all-check-definitions", VOICE, GET=reads(_list_all, "CheckDefinitions")),
]
