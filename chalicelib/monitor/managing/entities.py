"""Managing entities: find, put, remove. A project's keys stand for all who use it, so that whoever may write may change
every entity of it; `team` and `created_by` are words of the document (ZMON REST API, Entities)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from chalicelib.core import entities
from chalicelib.core.check import Project
from chalicelib.core.entities import GLOBAL, THE_GLOBAL, Entity, Filters
from chalicelib.core.errors import Conflict, Forbidden, Missing
from chalicelib.monitor.managing import downtimes, papers
from chalicelib.monitor.services import Services
from chalicelib.store import documents
from chalicelib.store.documents import Document

# Agents of this type report by putting the same again and again: the moment of the last time is what they say.
SIGN_OF_LIFE = "local"


def put(services: Services, project: Project, given: Entity, author: str) -> Document:
    """Keeps an entity in place of the one of its id; the same again changes nothing. Raises Invalid, Forbidden for the
    type that is kept for ourselves, Conflict for another type than the entity has, Busy."""
    if given.get("type") == GLOBAL:
        raise Forbidden(f"Creating entity with type - {GLOBAL} is not allowed.")
    document = entities.check(given)

    def replaced(before: Entity | None) -> Entity:
        if before is not None and before["type"] != document["type"]:
            raise Conflict(
                f"Changing the 'type' of an entity is prohibited: {before['id']} is of type {before['type']}"
            )
        if before is None or not papers.same(before, document):
            downtimes.cover(services, project.code, document)
        return document

    return papers.change(
        services, project, "entity", document["id"], replaced, author, even_if_same=document["type"] == SIGN_OF_LIFE
    )


def remove(services: Services, project: Project, name: str) -> bool:
    """Removes an entity; whether there was one. Raises Busy."""
    return papers.remove(services, project, "entity", name)


def find(project: Project, name: str) -> Entity:
    """Raises Missing."""
    found = papers.present(project, "entity", name)
    if found is None:
        raise Missing(f"entity {name}")
    return found.data


def chosen(
    project: Project, fits: Callable[[Entity], bool], *, after: str = "", limit: int | None = None
) -> list[Document]:
    """The entities that fit, in the order of their ids: those behind `after`, at most so many. No more is read."""
    fitting = (one for one in documents.following(project.code, "entity", after) if fits(one.data))
    return list(islice(fitting, limit))


def matching(project: Project, every: list[Filters], exclude: Filters) -> Iterator[Entity]:
    """The entities, with the one that is always there, that each of some filters takes and the last does not: whoever
    has no filter takes all."""
    asked = [filters for filters in every if filters]
    for entity in (THE_GLOBAL, *(one.data for one in documents.of_project(project.code, "entity"))):
        if all(entities.matches(filters, entity) for filters in asked) and not entities.matches(exclude, entity):
            yield entity
