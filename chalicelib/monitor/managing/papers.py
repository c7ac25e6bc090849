"""Changing documents of which nothing else depends: entities, dashboards, groups of people. Whoever meets another
writer decides again on what that one has left."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.core.check import Project
from chalicelib.core.errors import Missing
from chalicelib.monitor import transitions
from chalicelib.monitor.services import Services
from chalicelib.store import documents
from chalicelib.store.documents import Document, Noun

Data = Mapping[str, Any]


def present(project: Project, noun: Noun, name: str) -> Document | None:
    """The document as it is at this moment, None if there is none."""
    try:
        return documents.get(project.code, noun, name)
    except Missing:
        return None


def change(
    services: Services,
    project: Project,
    noun: Noun,
    name: str,
    edit: Callable[[Data | None], Data],
    author: str,
    *,
    even_if_same: bool = False,
) -> Document:
    """Keeps what `edit` makes of a document, or of None where there is none; the same as before is no change, unless
    it is to be one. Raises Invalid for what is too large, Busy, and what `edit` raises."""

    def attempt() -> Document:
        before, now = present(project, noun, name), services.clock()
        data = dict(edit(before.data if before else None))
        if before and same(before.data, data) and not even_if_same:
            return before
        documents.require_small(noun, data)
        after = (
            before.changed(data, now, author) if before else Document(project.code, noun, name, data, now, now, author)
        )
        documents.put(after, before)
        return after

    return transitions.retrying(services, attempt)


def same(one: Data, other: Data) -> bool:
    """Whether both are the same JSON, in which 1 is neither 1.0 nor true."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def remove(services: Services, project: Project, noun: Noun, name: str) -> bool:
    """Removes a document; whether there was one. Raises Busy."""

    def attempt() -> bool:
        before = present(project, noun, name)
        if before:
            documents.delete(before)
        return before is not None

    return transitions.retrying(services, attempt)
