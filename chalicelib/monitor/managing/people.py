"""Groups of people and who of them is on duty; people have names and telephone numbers (ZMON, contact groups)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from chalicelib import log
from chalicelib.core.check import Project
from chalicelib.core.errors import Invalid
from chalicelib.monitor.managing import checks, papers
from chalicelib.monitor.managing.papers import Data
from chalicelib.monitor.messages import Regroup, of_chore
from chalicelib.monitor.services import Services
from chalicelib.store import documents, queues
from chalicelib.store.documents import Document
from chalicelib.store.faults import StoreFault

NAME_MAX = 200
Names = list[str]


def groups(project: Project) -> list[Document]:
    return documents.of_project(project.code, "group")


def join(services: Services, project: Project, group: str, person: str, author: str) -> bool:
    """Whether the person was no member yet. The first member makes the group. Raises Invalid, Busy."""
    return _edit_group(services, project, group, author, members=partial(_with, person))


def leave(services: Services, project: Project, group: str, person: str, author: str) -> bool:
    """Whether the person was a member. Nobody who is none is on duty. Raises Busy."""
    gone = partial(_without, person)
    return _edit_group(services, project, group, author, members=gone, active=gone)


def begin_duty(services: Services, project: Project, group: str, person: str, author: str) -> bool:
    """Whether the person was not on duty yet. Raises Invalid, Busy."""
    return _edit_group(services, project, group, author, members=partial(_with, person), active=partial(_with, person))


def end_duty(services: Services, project: Project, group: str, author: str) -> bool:
    """Whether anybody of the group was on duty. Raises Busy."""
    return _edit_group(services, project, group, author, active=lambda _names: [])


def add_phone(services: Services, project: Project, person: str, phone: str, author: str) -> bool:
    """Whether the person had not this number. Raises Invalid, Busy."""
    return _edit_person(services, project, person, author, lambda data: {"phones": _with(phone, data["phones"])})


def remove_phone(services: Services, project: Project, person: str, phone: str, author: str) -> bool:
    """Whether the person had this number. Raises Busy."""
    return _edit_person(services, project, person, author, lambda data: {"phones": _without(phone, data["phones"])})


def rename(services: Services, project: Project, person: str, name: str, author: str) -> bool:
    """Whether the person was called otherwise. Raises Invalid, Busy."""
    require_name("name", name)
    return _edit_person(services, project, person, author, lambda _data: {"name": name})


def require_name(field: str, text: str) -> None:
    """Raises Invalid for what nobody is called."""
    if not text.strip() or len(text) > NAME_MAX:
        raise Invalid(field, f"must have 1 to {NAME_MAX} characters")


def _with(one: str, names: Names) -> Names:
    require_name("name", one)
    return names if one in names else [*names, one]


def _without(one: str, names: Names) -> Names:
    return [name for name in names if name != one]


def _edit_group(
    services: Services, project: Project, group: str, author: str, **edits: Callable[[Names], Names]
) -> bool:
    empty: dict[str, Any] = {"members": [], "active": []}

    def changed(data: Data) -> Data:
        return {name: edit(data[name]) for name, edit in edits.items()}

    return _edit(services, project, "group", group, author, empty, changed)


def _edit_person(services: Services, project: Project, person: str, author: str, edit: Callable[[Data], Data]) -> bool:
    return _edit(services, project, "person", person, author, {"name": "", "phones": []}, edit)


def _edit(
    services: Services,
    project: Project,
    noun: Any,
    name: str,
    author: str,
    empty: dict[str, Any],
    edit: Callable[[Data], Data],
) -> bool:
    """Changes a document that is as good as there, and empty, when it is not; whether that made it another."""
    require_name(noun, name)
    seen = [empty]

    def edited(data: Data | None) -> Data:
        seen.append(dict(data or empty))
        return {**seen[-1], **edit(seen[-1])}

    before = papers.present(project, noun, name)
    if before is None and papers.same(edited(None), empty):
        return False
    checks.finish_later(Regroup(project.code))
    after = papers.change(services, project, noun, name, edited, author)
    turned = not papers.same(seen[-1], after.data)
    if turned:
        _regroup(project)
    return turned


def _regroup(project: Project) -> None:
    """Has alerts told to whoever is in their groups now."""
    try:
        queues.send("chores", of_chore(Regroup(project.code)))
    except StoreFault as fault:
        log.warning("alerts are told to another group a minute later", reason=str(fault))
