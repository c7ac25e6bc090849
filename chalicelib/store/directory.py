"""The directory: what a key, a uuid, a slug or a badge address means, and the projects themselves."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib.core import kinds
from chalicelib.core.check import Access, Check, Key, Project
from chalicelib.core.errors import LimitReached, Missing
from chalicelib.store import numbers
from chalicelib.store.connection import shared
from chalicelib.store.faults import Refused, translated
from chalicelib.store.models import DirectoryItem

HOUR = timedelta(hours=1)


def _find(key: str, *, strongly: bool = False) -> DirectoryItem | None:
    with translated():
        try:
            return DirectoryItem.get(key, consistent_read=strongly)
        except DirectoryItem.DoesNotExist:
            return None


# Checks


def project_of(code: str) -> str | None:
    """The project that owns the check of this uuid."""
    item = _find(f"check#{code}", strongly=True)
    return item.project if item else None


def by_unique_key(unique_key: str) -> tuple[str, str] | None:
    """(project, code) of the check with this unique key."""
    item = _find(f"unique#{unique_key}", strongly=True)
    return (item.project, item.code) if item else None


def by_badge(badge: str) -> tuple[str, str | None] | None:
    """(project, code) behind a badge address; the code is None for a project's own badges."""
    item = _find(f"badge#{badge}")
    return (item.project, item.code) if item else None


def by_slug(project: str, slug: str) -> list[str]:
    """The codes of the project's checks with this slug."""
    item = _find(_slug_key(project, slug), strongly=True)
    return sorted(item.codes or ()) if item else []


def by_number(project: str, number: int) -> str | None:
    """The code of the project's check with this number."""
    item = _find(numbers.check_key(project, number), strongly=True)
    return item.code if item else None


def _slug_key(project: str, slug: str) -> str:
    return f"slug#{project}#{slug}"


def require_room(project: str, limit: int) -> None:
    """Raises LimitReached when the project holds as many checks as it may, Missing when there is no such project."""
    if _open(project).checks >= limit:
        raise LimitReached


def add_check(transaction: TransactWrite, check: Check, limit: int, *, alone: bool, made: int | None) -> None:
    condition = (DirectoryItem.made == made) if made else DirectoryItem.made.does_not_exist()
    count_checks(transaction, check.project, 1, limit, condition if made is not None else None)
    enter(transaction, check, alone=alone)


def count_checks(
    transaction: TransactWrite, project: str, count: int, limit: int, condition: Condition | None = None
) -> None:
    """Counts new checks of a project, which may hold so many."""
    item, room = DirectoryItem(_project_key(project)), (DirectoryItem.checks <= limit - count)
    room &= DirectoryItem.closed.does_not_exist()
    actions: list[Action] = [DirectoryItem.checks.add(count), DirectoryItem.made.add(count)]
    transaction.update(item, actions, condition=room if condition is None else room & condition)


def enter(transaction: TransactWrite, check: Check, *, alone: bool = False) -> None:
    """Keeps every way to a new check."""
    transaction.save(DirectoryItem(f"check#{check.code}", project=check.project))
    transaction.save(DirectoryItem(f"unique#{check.unique_key}", project=check.project, code=check.code))
    transaction.save(DirectoryItem(f"badge#{check.badge}", project=check.project, code=check.code))
    if check.number:
        numbers.add_check(transaction, check.project, check.code, check.number)
    _add_slug(transaction, check, check.slug, alone=alone)
    _take_name(transaction, check)


def remove_check(transaction: TransactWrite, check: Check) -> None:
    exists = DirectoryItem.key.exists()
    transaction.update(DirectoryItem(_project_key(check.project)), [DirectoryItem.checks.add(-1)], condition=exists)
    for key in (f"check#{check.code}", f"unique#{check.unique_key}", f"badge#{check.badge}"):
        transaction.delete(DirectoryItem(key))
    if check.number:
        transaction.delete(DirectoryItem(numbers.check_key(check.project, check.number)))
    _drop_slug(transaction, check)
    _free_name(transaction, check)


def move_slug(transaction: TransactWrite, check: Check, slug: str) -> None:
    _drop_slug(transaction, check)
    _add_slug(transaction, check, slug)


def move_name(transaction: TransactWrite, before: Check, after: Check) -> None:
    _free_name(transaction, before)
    _take_name(transaction, after)


def _take_name(transaction: TransactWrite, check: Check) -> None:
    if kinds.alone_as(check):
        item = DirectoryItem(_name_key(check), project=check.project, code=check.code)
        transaction.save(item, condition=DirectoryItem.key.does_not_exist())


def _free_name(transaction: TransactWrite, check: Check) -> None:
    if kinds.alone_as(check):
        transaction.delete(DirectoryItem(_name_key(check)))


def _name_key(check: Check) -> str:
    """Names are as long as their dialect allows, a key is not: it holds their hash."""
    hashed = hashlib.sha256(kinds.alone_as(check).encode()).hexdigest()
    return f"name#{check.project}#{check.kind}#{hashed}"


def name_taken(check: Check) -> bool:
    """Whether another check of the project has the name that this one alone may have."""
    item = _find(_name_key(check), strongly=True) if kinds.alone_as(check) else None
    return item is not None and item.code != check.code


def _add_slug(transaction: TransactWrite, check: Check, slug: str, *, alone: bool = False) -> None:
    if not slug:
        return
    actions: list[Action] = [DirectoryItem.codes.add({check.code}), DirectoryItem.project.set(check.project)]
    free = DirectoryItem.codes.does_not_exist() if alone else None
    transaction.update(DirectoryItem(_slug_key(check.project, slug)), actions, condition=free)


def _drop_slug(transaction: TransactWrite, check: Check) -> None:
    """The check has its slug no longer; what the slug means goes with the last that has it."""
    if not check.slug:
        return
    item, others = DirectoryItem(_slug_key(check.project, check.slug)), set(by_slug(check.project, check.slug))
    others.discard(check.code)
    if others:
        transaction.update(
            item, [DirectoryItem.codes.delete({check.code})], condition=DirectoryItem.codes.contains(min(others))
        )
    else:
        transaction.delete(item, condition=_has_alone(check.code))


def _has_alone(code: str) -> Condition:
    return DirectoryItem.codes.does_not_exist() | (DirectoryItem.codes == {code})


# Series

_WITH_SERIES = "series"


def note_series(project: str) -> None:
    """Notes that the project has series, for those who roll them up."""
    actions: list[Action] = [DirectoryItem.codes.add({project}), DirectoryItem.project.set(_WITH_SERIES)]
    with translated():
        DirectoryItem(_WITH_SERIES).update(actions)


def forget_series(project: str) -> None:
    """The project has no series any more."""
    try:
        with translated():
            actions: list[Action] = [DirectoryItem.codes.delete({project})]
            DirectoryItem(_WITH_SERIES).update(actions, condition=DirectoryItem.key.exists())
    except Refused:
        return  # no project ever had any


def with_series() -> list[str]:
    """The projects that have had series, but those that were deleted."""
    item = _find(_WITH_SERIES)
    return sorted(item.codes or ()) if item else []


# Projects and keys


def key(hashed: str, *, strongly: bool = False) -> Key | None:
    """The key with this hash; `strongly` sees one that was made or removed only now."""
    item = _find(f"key#{hashed}", strongly=strongly)
    return _key(item) if item else None


def key_and_slug(hashed: str, project: str, slug: str) -> tuple[Key | None, list[str]]:
    """The key with this hash and the codes of the project's checks with this slug, as they are at this moment, in one
    call."""
    wanted = [f"key#{hashed}", _slug_key(project, slug)]
    with translated():
        found = {item.key: item for item in DirectoryItem.batch_get(wanted, consistent_read=True)}
    key, named = (found.get(name) for name in wanted)
    return _key(key) if key else None, sorted(named.codes or ()) if named else []


def _key(item: DirectoryItem) -> Key:
    access = cast(Access, item.access)
    return Key(item.key.removeprefix("key#"), item.project, access, item.hint or "", item.created)


def deletions(code: str, *, strongly: bool = True) -> int:
    """How many deletions of series a project has seen begin or end; none where there is no such project."""
    item = _find(_project_key(code), strongly=strongly)
    return int(item.deletions or 0) if item else 0


def count_deletion(code: str) -> None:
    """A deletion of series begins or ends. For a project that is gone it is nobody's business."""
    try:
        with translated():
            condition = DirectoryItem.key.exists()
            DirectoryItem(_project_key(code)).update([DirectoryItem.deletions.add(1)], condition=condition)
    except Refused:
        return


def count_test(code: str, now: datetime, at_most: int) -> bool:
    """Counts a test of one of the project's channels: whether there were fewer than `at_most` in the hour that the
    first of them began."""
    item, ago = DirectoryItem(_project_key(code)), now - HOUR
    again = (DirectoryItem.tests_from > ago) & (DirectoryItem.tests < at_most)
    first = DirectoryItem.tests_from.does_not_exist() | (DirectoryItem.tests_from <= ago)
    ways: list[tuple[list[Action], Condition]] = [
        ([DirectoryItem.tests.add(1)], again),
        ([DirectoryItem.tests.set(1), DirectoryItem.tests_from.set(now)], DirectoryItem.key.exists() & first),
    ]
    for actions, condition in ways:
        try:
            with translated():
                item.update(actions, condition=condition)
            return True
        except Refused:
            continue
    return False


def project(code: str) -> Project:
    """Raises Missing, also for one that is being deleted."""
    return _open(code)


def _open(code: str) -> Project:
    found = closing(code)
    if found.closed:
        raise Missing("project")
    return found


def closing(code: str) -> Project:
    """A project, also one that is being deleted. Raises Missing."""
    item = _find(_project_key(code), strongly=True)
    if item is None:
        raise Missing("project")
    return _project(item)


def _project_key(code: str) -> str:
    return f"project#{code}"


def projects() -> list[Project]:
    """Every project but those that are being deleted, oldest first. Reads the whole directory: for the administrator's
    command only."""
    condition = DirectoryItem.key.startswith("project#") & DirectoryItem.closed.does_not_exist()
    with translated():
        found = [_project(item) for item in DirectoryItem.scan(condition)]
    return sorted(found, key=lambda project: (project.created, project.code))


def _project(item: DirectoryItem) -> Project:
    return Project(
        code=item.project,
        name=item.name or "",
        created=item.created,
        limit=int(item.limit) if item.limit else None,
        checks=int(item.checks or 0),
        made=int(item.made or 0),
        badge=item.badge or "",
        secret=item.secret or "",
        keys=frozenset(item.keys or ()),
        closed=item.closed,
        deletions=int(item.deletions or 0),
    )


def project_in(item: dict[str, Any]) -> Project:
    """The project in an item as DynamoDB sends it."""
    return _project(DirectoryItem.from_raw_data(item))


def create_project(project: Project, keys: list[Key]) -> None:
    """Keeps a new project with its keys, all or nothing. Raises Refused when its code is taken."""
    project = replace(project, keys=frozenset(key.hash for key in keys))
    with translated(), TransactWrite(connection=shared()) as transaction:
        transaction.save(_project_item(project), condition=DirectoryItem.key.does_not_exist())
        transaction.save(DirectoryItem(f"badge#{project.badge}", project=project.code))
        for key in keys:
            transaction.save(_key_item(key))


def _project_item(project: Project) -> DirectoryItem:
    return DirectoryItem(
        _project_key(project.code),
        project=project.code,
        name=project.name,
        created=project.created,
        limit=project.limit,
        checks=project.checks,
        badge=project.badge,
        secret=project.secret,
        keys=set(project.keys) or None,
    )


def _key_item(key: Key) -> DirectoryItem:
    return DirectoryItem(f"key#{key.hash}", project=key.project, access=key.access, hint=key.hint, created=key.created)


def replace_keys(project: Project, new: list[Key], old: list[Key]) -> Project:
    """Adds `new` keys and removes `old` ones in one transaction: at no moment neither works. Answers the project with
    the keys that it has now.

    Raises Refused when the project's keys are no longer those that `project` names.
    """
    item = DirectoryItem(_project_key(project.code))
    kept = project.keys - {key.hash for key in old} | {key.hash for key in new}
    unchanged = (DirectoryItem.keys == set(project.keys)) & DirectoryItem.closed.does_not_exist()
    with translated(), TransactWrite(connection=shared()) as transaction:
        for key in new:
            transaction.save(_key_item(key))
        for key in old:
            transaction.delete(DirectoryItem(f"key#{key.hash}"))
        transaction.update(item, [DirectoryItem.keys.set(set(kept))], condition=unchanged)
    return replace(project, keys=kept)


def close_project(project: Project, now: datetime) -> None:
    """Ends the project's keys and lets nothing be made in it any more, all at one moment. Raises Refused when its keys
    have become others."""
    unchanged = DirectoryItem.keys == set(project.keys) if project.keys else DirectoryItem.keys.does_not_exist()
    actions: list[Action] = [DirectoryItem.closed.set(now), DirectoryItem.keys.remove()]
    with translated(), TransactWrite(connection=shared()) as transaction:
        transaction.update(DirectoryItem(_project_key(project.code)), actions, condition=unchanged)
        for hashed in project.keys:
            transaction.delete(DirectoryItem(f"key#{hashed}"))


def require_open(transaction: TransactWrite, project: str, checks_at_most: int | None = None) -> None:
    """Makes a transaction depend on the project's not being deleted, and on its holding no more than so many checks."""
    is_open = DirectoryItem.key.exists() & DirectoryItem.closed.does_not_exist()
    if checks_at_most is not None:
        is_open &= DirectoryItem.checks <= checks_at_most
    transaction.condition_check(DirectoryItem, _project_key(project), condition=is_open)


def delete_project(project: Project) -> None:
    """Removes the project itself; what it held has been removed before."""
    with translated(), DirectoryItem.batch_write() as batch:
        batch.delete(DirectoryItem(_project_key(project.code)))
        batch.delete(DirectoryItem(f"badge#{project.badge}"))
