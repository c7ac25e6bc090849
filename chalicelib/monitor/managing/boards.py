"""Boards: the dashboards of Grafana's API (those of ZMON are `managing.dashboards`).

A board is two documents: what is listed of it, with the codes of its panels' checks, and the dashboard as it was sent,
with what those checks are to have. Both are kept in one transaction, against the edition of all boards, so that a uid
and a name are one board's. Its checks follow (`managing.panels`):

1. Queue the chore that makes the checks of the board what it says.
2. Keep the board. A new panel has the code of its check from then on; that of a panel that is gone is kept until its
   check is deleted.
3. Do what the chore is for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, partial

from chalicelib import log
from chalicelib.core import boards
from chalicelib.core.boards import Listed, Wanted
from chalicelib.core.check import Project
from chalicelib.core.errors import Busy, LimitReached, Missing
from chalicelib.monitor import transitions
from chalicelib.monitor.managing import checks, panels
from chalicelib.monitor.managing.panels import MODEL, NOUN
from chalicelib.monitor.messages import FollowBoard
from chalicelib.monitor.services import Services
from chalicelib.store import directory, documents, numbers
from chalicelib.store.documents import Document
from chalicelib.store.faults import StoreFault

UID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
UID_LENGTH = 9
# More checks than a request has time to delete go by the chore alone.
AT_ONCE = 100


def of_project(project: str) -> list[Listed]:
    """The boards of a project, by their numbers."""
    return [board for _, board in _every(project)]


def _every(project: str) -> list[tuple[Document, Listed]]:
    found = ((one, Listed.of(one.number, one.data)) for one in documents.of_project(project, NOUN))
    return [(document, board) for document, board in found if not board.deleted]


def by_uid(project: str, uid: str) -> Listed:
    """Raises Missing."""
    return boards.first(one for one in of_project(project) if one.uid == uid)


def by_slug(project: str, slug: str) -> Listed:
    """Raises Missing."""
    return boards.first(one for one in of_project(project) if one.slug == slug)


def model_of(project: str, board: Listed) -> Document:
    """The dashboard as it was sent, in `data`. Raises Missing."""
    found = documents.get(project, MODEL, board.number)
    return replace(found, data=found.data["model"])


def save(services: Services, project: Project, wanted: Wanted, author: str, *, overwrite: bool) -> Listed:
    """Keeps a dashboard, new or in the place of the one that it means, and has its alerts be what it says. Raises
    Missing, UidTaken, NameTaken, Changed, Invalid for what is too large, LimitReached, Busy."""
    new_number = cache(partial(numbers.take, project.code, NOUN))
    new_uid = cache(lambda: services.random_text(UID_LENGTH, UID_ALPHABET))
    new_code = cache(lambda _panel: services.new_code())
    follow_later = cache(lambda number: checks.finish_later(FollowBoard(project.code, number)))

    def attempt() -> Listed:
        edition = documents.edition(project.code, "boards")
        known = _every(project.code)
        before, uid = boards.meant([board for _, board in known], wanted, overwrite=overwrite)
        number = before.number if before else new_number()
        after = boards.next_of(before, wanted, number, uid or new_uid(), new_code)
        follow_later(number)
        document = next((one for one, board in known if board == before), None)
        _keep(services, project, after, _Place(document, wanted, author, edition))
        return after

    kept = transitions.retrying(services, attempt)
    _follow(services, project.code, kept)
    return kept


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a board is kept: in the place of a document, or of none, in this edition of all boards."""

    before: Document | None
    wanted: Wanted
    author: str
    edition: int


def _keep(services: Services, project: Project, after: Listed, at: _Place) -> None:
    """Keeps both documents of a board, if no board has changed since that edition and there is room for its checks.
    Raises Refused."""
    now, known = services.clock(), set(Listed.of(0, at.before.data).panels) if at.before else set()
    new = len(after.panels.keys() - known)
    most = checks.limit_of(services, project) - new
    if new and directory.project(project.code).checks > most:
        raise LimitReached
    listed = Document(project.code, NOUN, str(after.number), after.document(), now, now, at.author)
    if at.before:
        listed = at.before.changed(after.document(), now, at.author)
    model = {**at.wanted.model, "id": after.number, "uid": after.uid, "version": after.version}
    alerts = {str(one.panel): boards.values_of(after, one) for one in at.wanted.alerts}
    body = replace(listed, noun=MODEL, data={"model": model, "alerts": alerts})
    for one in (body, listed):
        documents.require_small("dashboard", one.data)
    documents.put(
        *(listed, at.before, lambda transaction: documents.lay(transaction, body)),
        edition=at.edition,
        checks_at_most=most if new else None,
    )


def delete(services: Services, project: str, board: Listed) -> None:
    """Removes a board, and its alerts. Raises Missing, Busy."""
    checks.finish_later(FollowBoard(project, board.number))

    def attempt() -> Listed:
        document = documents.get(project, NOUN, board.number)
        found = Listed.of(board.number, document.data)
        if found.deleted:
            raise Missing("dashboard")
        body, after = replace(document, noun=MODEL), found.without()
        panels.rewrite(services, document, after, lambda transaction: documents.drop(transaction, body))
        return after

    _follow(services, project, transitions.retrying(services, attempt))


def _follow(services: Services, project: str, board: Listed) -> None:
    try:
        if len(board.gone) <= AT_ONCE:
            panels.follow(services, project, board.number)
            return
    except (StoreFault, Busy) as fault:
        log.warning("the checks of a dashboard follow by a chore", number=board.number, reason=str(fault))
    checks.finish_soon(FollowBoard(project, board.number))
