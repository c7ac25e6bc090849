"""Entities: list, show, put, delete (ZMON REST API, Entities; the calls of zmon-cli's `entities`).

An entity comes back exactly as it was put. Agents compare the list with what they have, and put whatever differs.
"""

from __future__ import annotations

from typing import Any

from chalicelib.api.zmon import bodies, wire
from chalicelib.api.zmon.errors import VOICE
from chalicelib.core import entities as core
from chalicelib.core.entities import Entity, Filters
from chalicelib.core.errors import Invalid
from chalicelib.gateway import Caller, Reply, Request, reads, resource, writes
from chalicelib.monitor.managing import entities

ROOT = "/api/v1/entities"
LIMIT_MAX = 10_000
# The parameters by which a list is read page by page.
PAGE = ("limit", "after")


def _list(request: Request, caller: Caller) -> Reply:
    """List the entities that contain what the query asks for, in the order of their ids; all of them without any.

    With `limit` a page of them, whose last id is the `after` of the next one; a page that is not full is the last.
    """
    wanted, unwanted = wire.query(request), set(request.query.get("exclude", ()))

    def fits(entity: Entity) -> bool:
        return any(core.contains(entity, one) for one in wanted) and not _carries(entity, unwanted)

    limit = wire.number(request, "limit", LIMIT_MAX)
    found = entities.chosen(caller.project, fits, after=wire.word(request, "after"), limit=limit)
    return Reply(body=[wire.stamped(one) for one in found])


def _carries(entity: Entity, unwanted: set[str]) -> bool:
    """Whether an entity has one of these tags."""
    tags = entity.get("tags")
    carried = tags if isinstance(tags, (list, dict)) else [tags]
    return any(isinstance(tag, str) and tag in unwanted for tag in carried)


def _get(request: Request, caller: Caller) -> Reply:
    """Show an entity as it was put."""
    return Reply(body=entities.find(caller.project, request.parts["entity"]))


def _put(request: Request, caller: Caller) -> Reply:
    """Make an entity, or replace the one of its id as a whole. The same again changes nothing, not even the moment of
    the last change, unless it is of the type local."""
    entities.put(request.services, caller.project, bodies.read(request), caller.author)
    return Reply()


def _delete(request: Request, caller: Caller) -> Reply:
    """Delete an entity: 1, or 0 if there is none."""
    return wire.done(was=entities.remove(request.services, caller.project, request.parts["entity"]))


def _preview(request: Request, caller: Caller) -> Reply:
    """Tell which entities the filters of a definition take: each list that is included must, none that is excluded
    may. The filters are those of definitions, and not of the list of entities."""
    given = bodies.read(request)
    if not isinstance(given.get("local"), bool | None):
        raise Invalid("local", "must be true or false")
    include = _lists(given.get("include_filters"), "include_filters")
    exclude = _lists(given.get("exclude_filters"), "exclude_filters")
    taken = entities.matching(caller.project, include, tuple(one for filters in exclude for one in filters))
    found = [{"id": entity["id"], "type": entity["type"]} for entity in taken]
    return Reply(body={"count": len(found), "entities": found, "message": ""})


def _lists(value: Any, field: str) -> list[Filters]:
    """Lists of filters; a list of filters alone is one of them."""
    if value is None:
        return []
    given = [value] if isinstance(value, list) and value and isinstance(value[0], dict) else value
    if not isinstance(given, list) or not all(isinstance(one, list) for one in given):
        raise Invalid(field, "must be a list of lists of objects")
    return [core.read(one, field) for one in given]


_PUT = writes(_put, body="Entity")
RESOURCES = [
    resource(
        ROOT,
        VOICE,
        GET=reads(_list, "Entities", query=("query", "exclude", *PAGE)),
        PUT=_PUT,
        POST=_PUT,
    ),
    resource(
        f"{ROOT}/{{entity}}",
        VOICE,
        GET=reads(_get, "Entity"),
        DELETE=writes(_delete, "text/plain"),
    ),
    resource("/rest/entity-filters", VOICE, POST=reads(_preview, "Matching", body="EntityFilters")),
]
