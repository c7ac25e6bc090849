"""Managing checks: create, find, change, pause, resume, delete; what holds whatever dialect asks for it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from chalicelib import log
from chalicelib.core import audience, status
from chalicelib.core.check import Check, Project
from chalicelib.core.errors import Forbidden, Missing
from chalicelib.core.kinds import heartbeat
from chalicelib.monitor import transitions
from chalicelib.monitor.clocks import tick
from chalicelib.monitor.messages import Chore, Purge, of_chore
from chalicelib.monitor.services import Services
from chalicelib.monitor.telling import parting
from chalicelib.store import (
    check_items,
    checks,
    definitions,
    directory,
    history,
    lines,
    numbers,
    outbox,
    partings,
    queues,
    subscriptions,
)
from chalicelib.store.connection import Also, nothing, together
from chalicelib.store.faults import StoreFault

# A ping may make its check beyond the limit, so that a fleet does not fall silent at it.
PING_CREATE_FACTOR = 2
PURGE_BATCH = 1_000
# Seconds after which a request has ended, whatever became of it.
OVER = 60


def slugify(name: str) -> str:
    """The slug of a name: ASCII letters, digits and dashes (Healthchecks' rule)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", plain)).strip("-_")


def limit_of(services: Services, project: Project) -> int:
    return project.limit or services.settings.check_limit


def create(services: Services, project: Project, values: dict[str, Any], also: Also = nothing) -> Check:
    """A new check of `project` with these attributes; `also` adds to the transaction. Raises LimitReached, Busy."""
    check = new(services, project.code, values)

    def attempt() -> Check:
        checks.create(check, limit_of(services, project), also=also)
        return check

    made = transitions.retrying(services, attempt)
    tick.join(services, made.project, check_items.member_of(made))
    return made


def find_or_create(
    services: Services, project: Project, wanted: dict[str, Any], values: Callable[[], dict[str, Any]]
) -> tuple[Check, bool]:
    """The project's oldest check that equals `wanted`, else a new one with these attributes, and whether it is new.
    However many ask at once, one makes it: whoever looked before it was there looks again. Raises LimitReached, Busy.
    """

    def attempt() -> tuple[Check, bool]:
        made = directory.project(project.code).made
        existing = matching(project, wanted)
        if existing:
            return existing, False
        check = new(services, project.code, values())
        checks.create(check, limit_of(services, project), made=made)
        return check, True

    return transitions.retrying(services, attempt)


def require_room(services: Services, project: Project) -> None:
    """Raises LimitReached when `project` can hold no further check."""
    directory.require_room(project.code, limit_of(services, project))


def create_by_ping(services: Services, project_code: str, slug: str) -> Check:
    """The check that the first ping to a slug makes: named like it, told to every channel. Raises Refused if second."""
    project = directory.project(project_code)
    told = audience.of_new(definitions.channels(project_code), audience.Wish.EVERYONE)
    values = {"name": slug, "slug": slug, "channels": told}
    check = new(services, project_code, values)
    checks.create(check, PING_CREATE_FACTOR * limit_of(services, project), alone=True)
    return check


def new(services: Services, project: str, values: dict[str, Any]) -> Check:
    """A check with these attributes, and a number, that is not kept yet."""
    number = numbers.take(project, numbers.CHECK)
    return Check(project, services.new_code(), services.clock(), badge=services.new_code(), number=number, **values)


def find(project: str, code: str, kind: str = heartbeat.name) -> Check:
    """The project's check of this kind. Raises Missing (no such check) or Forbidden (another project's)."""
    try:
        found = checks.get(project, code)
    except Missing:
        if directory.project_of(code) is None:
            raise
        raise Forbidden("check") from None
    return of_kind(found, kind)


def of_kind(check: Check, kind: str) -> Check:
    """The check, if it is of this kind. Raises Missing: to a dialect that does not know its kind it does not exist."""
    if check.kind != kind:
        raise Missing("check")
    return check


def find_by_unique_key(project: str, unique_key: str) -> Check:
    """Raises Missing, also for another project's check: its existence is nobody else's business."""
    found = directory.by_unique_key(unique_key)
    if found is None or found[0] != project:
        raise Missing("check")
    return of_kind(checks.get(project, found[1]), heartbeat.name)


def of_project(project: Project, kind: str = heartbeat.name) -> list[Check]:
    """The project's checks of this kind, oldest first."""
    return [check for check in checks.of_project(project.code) if check.kind == kind]


def reachable() -> None:
    """Raises StoreFault when the tables cannot be read."""
    directory.project_of("nothing")


def matching(project: Project, wanted: dict[str, Any]) -> Check | None:
    """The project's oldest check that equals `wanted` in every attribute named there."""
    found = (check for check in of_project(project) if _equals(check, wanted))
    return next(found, None)


def _equals(check: Check, wanted: dict[str, Any]) -> bool:
    return all(getattr(check, name) == value for name, value in wanted.items())


def change(services: Services, check: Check, values: dict[str, Any]) -> Check:
    """The check with a changed definition. Raises Missing, Busy."""
    after = transitions.apply(services, check.project, check.code, status.Redefined(services.clock(), values))
    if after.period != check.period:
        tick.join(services, after.project, check_items.member_of(after))
    return after


def pause(services: Services, check: Check) -> Check:
    return transitions.apply(services, check.project, check.code, status.Paused(services.clock()))


def resume(services: Services, check: Check) -> Check:
    """Raises Conflict when the check is not paused."""
    after = transitions.apply(services, check.project, check.code, status.Resumed(services.clock()))
    tick.join(services, after.project, check_items.member_of(after))
    return after


def renew_page(services: Services, check: Check) -> Check:
    """The check with another address for its page, which it has from now on if it had none. Raises Missing, Busy."""
    return transitions.apply(services, check.project, check.code, status.PageRenewed(services.clock()))


def close_page(services: Services, check: Check) -> Check:
    """The check without a page. The address that it had will never lead there again. Raises Missing, Busy."""
    return transitions.apply(services, check.project, check.code, status.PageClosed(services.clock()))


def delete(services: Services, check: Check, also: Also = nothing) -> Check:
    """Removes the check for good, its instances and its history with it; answers it as it was. `also` adds to the
    transaction, anew with each attempt. Raises Missing, Busy, StoreFault, and what `also` raises."""
    finish_later(Purge(check.code, check.project))

    def attempt() -> Check:
        # Before its instances are: one that is born meanwhile makes another version of it, which is not deleted.
        seen = checks.as_told(check.project, check.code)
        for instance in transitions.instances_of(seen):
            delete(services, instance)
        parted = parting.of_deletion(seen)
        checks.delete(seen, now, together(partings.adding(seen, parted, now), also))
        transitions.nudge_words(seen, parted)
        transitions.nudge([outbox.of(seen.project, code) for code in seen.holds])
        return seen

    now = services.clock()
    return transitions.retrying(services, attempt)


def finish_later(*chores: Chore) -> None:
    """Queues what is left to do after something that is about to be begun, for when the request that does it has ended,
    whatever became of it. Raises StoreFault: nothing must be begun then."""
    queues.send_all("chores", [of_chore(chore) for chore in chores], delay=OVER)


def finish_soon(chore: Chore) -> None:
    """Queues what a request could not do after all, for now: news may come before what was queued with `finish_later`.
    Where AWS refuses, that one does it."""
    try:
        queues.send("chores", of_chore(chore))
    except StoreFault as fault:
        log.warning("a chore is left to the one that was queued before", reason=str(fault))


def unlink(services: Services, check: Check, code: str) -> None:
    """Takes a channel or a master that was deleted off a check. One that is gone itself names nobody."""
    with suppress(Missing):
        transitions.apply(services, check.project, check.code, status.Unlinked(services.clock(), code))


def purge_deleted(project: str, owner: str) -> None:
    """Deletes what a check left: its history, and what it had watched. One that stands keeps it: its deletion has
    failed."""
    if project:
        if checks.get_many([(project, owner)], strongly=True):
            return
        subscriptions.remove(project, owner)
    purge(owner)


def purge(owner: str) -> None:
    """Deletes what a deleted owner left: its history, a batch at a time until nothing is left, and a channel's line."""
    while not history.purge(owner, at_most=PURGE_BATCH):
        continue
    lines.forget(owner)
