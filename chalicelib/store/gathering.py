"""What a deliverer reads of many nudges with one call: the items of the outbox, their checks and their projects."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from chalicelib.core import instances
from chalicelib.core.check import Check, Project, parent_of
from chalicelib.store import check_items, directory, outbox
from chalicelib.store.connection import shared
from chalicelib.store.faults import translated
from chalicelib.store.models import CheckItem, DirectoryItem, OutboxItem
from chalicelib.store.outbox import Entry, Nudge

# So many nudges fit one call, with a check, its parent and a project each.
AT_MOST = 25

Keys = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Gathered:
    """An item of the outbox with its check, None if that is gone or the item is about something else, and its project,
    None if that is gone."""

    entry: Entry
    check: Check | None
    project: Project | None


def gather(nudges: Iterable[Nudge]) -> list[Gathered]:
    """What there is of up to `AT_MOST` nudges, as it is at this moment. An item that is gone has been told."""
    wanted = list({(nudge.shard, nudge.subject): nudge for nudge in nudges}.values())
    known = [nudge for nudge in wanted if nudge.project]
    found = _gather(known)
    unknown = [nudge for nudge in wanted if not nudge.project]
    if unknown:
        found += _gather([entry.nudge for entry in _entries(_read({OutboxItem: _items(unknown)}))])
    return found


def _gather(nudges: list[Nudge]) -> list[Gathered]:
    if not nudges:
        return []
    about = [(nudge.project, nudge.subject) for nudge in nudges if outbox.is_check(nudge.subject)]
    parents = {(project, parent_of(code)) for project, code in about if parent_of(code)}
    items: dict[Any, Keys] = {
        OutboxItem: _items(nudges),
        CheckItem: [{"project": {"S": project}, "code": {"S": code}} for project, code in {*about, *parents}],
        DirectoryItem: [{"key": {"S": f"project#{project}"}} for project in {nudge.project for nudge in nudges}],
    }
    found = _read({model: keys for model, keys in items.items() if keys})
    by_code = {check.code: check for check in map(check_items.from_raw, found.get(CheckItem.Meta.table_name, []))}
    projects = {one.code: one for one in map(directory.project_in, found.get(DirectoryItem.Meta.table_name, []))}
    return [
        Gathered(entry, instances.told_among(by_code, entry.subject), projects.get(entry.project))
        for entry in _entries(found)
    ]


def _items(nudges: list[Nudge]) -> Keys:
    return [{"shard": {"S": nudge.shard}, "subject": {"S": nudge.subject}} for nudge in nudges]


def _entries(found: dict[str, list[dict[str, Any]]]) -> list[Entry]:
    return [outbox.from_raw(item) for item in found.get(OutboxItem.Meta.table_name, [])]


def _read(wanted: dict[Any, Keys]) -> dict[str, list[dict[str, Any]]]:
    """Items by their table, read strongly."""
    left = {model.Meta.table_name: {"Keys": keys, "ConsistentRead": True} for model, keys in wanted.items()}
    found: dict[str, list[dict[str, Any]]] = {}
    while left:
        with translated():
            answer = shared().dispatch("BatchGetItem", {"RequestItems": left})
        for table, items in answer["Responses"].items():
            found.setdefault(table, []).extend(items)
        left = answer.get("UnprocessedKeys", {})
    return found
