"""Dashboards, from which alerts come (Grafana 5 to 7, Dashboard HTTP API and Folder/Dashboard Search HTTP API).

They are kept as they are sent and not drawn; the alerts of their panels are judged. There is one folder, the general
one, of the id 0.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from chalicelib.api.grafana import bodies, panels, wire
from chalicelib.api.grafana.errors import VOICE, BadRequest, NotFound, Precondition
from chalicelib.core.boards import Changed, Listed, NameTaken, UidTaken, Wanted
from chalicelib.core.errors import Invalid, Missing
from chalicelib.gateway import Caller, Reply, Request, reads, resource, writes
from chalicelib.monitor.looking import panels as looking
from chalicelib.monitor.managing import boards, channels
from chalicelib.monitor.managing.checks import slugify
from chalicelib.store.documents import LIMIT

ROOT = "/api/dashboards"
# A dashboard may be sent with more space between its parts than it is kept with.
BODY_MAX = 4 * LIMIT
TITLE_MAX, TAG_MAX, TAGS_MAX = 189, 50, 100
SEARCH_MAX, SEARCH_LIMIT = 5_000, 1_000
TYPE, FOLDER_TYPE = "dash-db", "dash-folder"
QUERY = ("query", "tag", "type", "dashboardIds", "dashboardUIDs", "folderIds", "starred", "limit", "page", "sort")
NOT_FOUND = "Dashboard not found"
_UID = re.compile(r"[A-Za-z0-9_-]+")

Body = dict[str, Any]


def _save(request: Request, caller: Caller) -> Reply:
    """Keep a dashboard: a new one, or one in the place of that of its id or uid; with `overwrite` also of another
    version or of its name. Its alerts come to be what it says."""
    given = _body(request)
    _require_general_folder(given)
    wanted = _wanted(_model(given), caller)
    overwrite = bodies.flag(given, "overwrite", default=False)
    try:
        kept = boards.save(request.services, caller.project, wanted, caller.author, overwrite=overwrite)
    except Missing:
        raise NotFound(NOT_FOUND, "not-found") from None
    except NameTaken as error:
        raise Precondition(str(error), "name-exists") from None
    except Changed as error:
        raise Precondition(str(error), "version-mismatch") from None
    except UidTaken as error:
        raise BadRequest(str(error)) from None
    about = {"id": kept.number, "uid": kept.uid, "url": wire.path(kept), "status": "success"}
    return Reply(body={**about, "version": kept.version, "slug": kept.slug})


def _body(request: Request) -> Body:
    if len(request.body) > BODY_MAX:
        raise Invalid("dashboard", f"must not take more than {LIMIT} bytes of JSON")
    return bodies.read(request, BODY_MAX)


def _model(given: Body) -> Body:
    found = given.get("dashboard")
    if not isinstance(found, dict):
        raise Invalid("Dashboard", "is required" if found is None else "must be an object")
    return found


def _require_general_folder(given: Body) -> None:
    if given.get("folderId") not in (None, 0) or given.get("folderUid") not in (None, "", "general"):
        raise BadRequest("Folder not found")
    if given.get("isFolder") not in (None, False):
        raise BadRequest("Dashboard cannot be changed to a folder")


def _wanted(model: Body, caller: Caller) -> Wanted:
    """What a dashboard says of itself, with its alerts. Raises BadRequest, Invalid."""
    title, uid = model.get("title"), model.get("uid")
    if not isinstance(title, str) or not title.strip():
        raise BadRequest("Dashboard title cannot be empty")
    if len(title) > TITLE_MAX or panels.is_odd(title):
        raise BadRequest(f"Dashboard title must be a text of at most {TITLE_MAX} characters")
    if uid not in (None, ""):
        _require_uid(uid)
    title, tags = title.strip(), model.get("tags")
    known = channels.of_project(caller.project.code)
    return Wanted(
        *(
            model,
            title,
            slugify(title),
            _tags(tags),
            _number(model.get("id")),
            uid or "",
            _number(model.get("version")),
        ),
        panels.alerts(model, known),
    )


def _require_uid(uid: object) -> None:
    if not isinstance(uid, str) or not _UID.fullmatch(uid):
        raise BadRequest("uid contains illegal characters")
    if len(uid) > bodies.UID_MAX:
        raise BadRequest(f"uid to long. max {bodies.UID_MAX} characters")


def _tags(value: object) -> tuple[str, ...]:
    """The tags by which it is found; what is none is kept with the rest. Raises BadRequest."""
    found = tuple(dict.fromkeys(one for one in value if isinstance(one, str))) if isinstance(value, list) else ()
    if len(found) > TAGS_MAX or any(len(tag) > TAG_MAX or panels.is_odd(tag) for tag in found):
        raise BadRequest(f"Dashboard tags must be at most {TAGS_MAX} texts of at most {TAG_MAX} characters")
    return found


def _number(value: object) -> int:
    """An id or a version; 0 for what is none."""
    is_number = isinstance(value, int) and not isinstance(value, bool) and 0 < value < panels.ID_MAX
    return int(value) if is_number else 0  # type: ignore[call-overload]


def _named(request: Request, caller: Caller) -> Listed:
    """The dashboard of the uid or the slug in the path. Raises NotFound."""
    by_slug = "slug" in request.parts
    find: Callable[[str, str], Listed] = boards.by_slug if by_slug else boards.by_uid
    try:
        return find(caller.project.code, request.parts["slug" if by_slug else "dashboard"])
    except Missing:
        raise NotFound(NOT_FOUND) from None


def _get(request: Request, caller: Caller) -> Reply:
    """Show a dashboard as it was sent, with its id, its uid and its version."""
    board = _named(request, caller)
    try:
        found = boards.model_of(caller.project.code, board)
    except Missing:
        raise NotFound(NOT_FOUND) from None
    may = caller.access == "write"
    meta = {
        **wire.meta(may=may),
        "slug": board.slug,
        "url": wire.path(board),
        "created": wire.moment(found.created),
        "updated": wire.moment(found.modified),
        "updatedBy": found.author or "Anonymous",
        "createdBy": found.author or "Anonymous",
        "version": found.data["version"],
    }
    return Reply(body={"meta": meta, "dashboard": found.data})


def _delete(request: Request, caller: Caller) -> Reply:
    """Delete a dashboard, and its alerts with it."""
    board = _named(request, caller)
    try:
        boards.delete(request.services, caller.project.code, board)
    except Missing:
        raise NotFound(NOT_FOUND) from None
    return Reply(body={"title": board.title, "message": f"Dashboard {board.title} deleted", "id": board.number})


def _home(_request: Request, caller: Caller) -> Reply:
    """Show the dashboard with which Grafana begins: an empty one."""
    model = {"title": "Home", "editable": False, "panels": [], "schemaVersion": 16, "tags": [], "version": 0}
    moments = dict.fromkeys(("created", "updated"), wire.NEVER)
    rest = {"slug": "", "url": "", **moments, "updatedBy": "", "createdBy": "", "version": 0, "isHome": True}
    return Reply(body={"meta": {**wire.meta(may=False), **rest}, "dashboard": model})


def _tag_list(_request: Request, caller: Caller) -> Reply:
    """List the tags of dashboards, each with how many have it."""
    counted = Counter(tag for board in boards.of_project(caller.project.code) for tag in board.tags)
    return Reply(body=[{"term": tag, "count": count} for tag, count in sorted(counted.items())])


def _search(request: Request, caller: Caller) -> Reply:
    """Find dashboards, by title: with all of the tags, and one of the values of every other parameter."""
    limit = _first(request, "limit", SEARCH_LIMIT)
    page, size = max(_first(request, "page", 1), 1), min(limit or SEARCH_LIMIT, SEARCH_MAX)
    is_reversed = request.query.get("sort") == ["alpha-desc"]
    found = sorted(_found(request, caller), key=lambda one: (one.title.casefold(), one.number), reverse=is_reversed)
    return Reply(body=[wire.hit(one) for one in found[(page - 1) * size : page * size]])


def _first(request: Request, name: str, default: int) -> int:
    return next(iter(bodies.numbers(request, name)), default)


def _found(request: Request, caller: Caller) -> list[Listed]:
    types, folders = bodies.words(request, "type"), bodies.numbers(request, "folderIds")
    if (types and TYPE not in types) or (folders and wire.FOLDER not in folders):
        return []
    if request.query.get("starred", [""])[0] == "true":
        return []
    numbers, uids = bodies.numbers(request, "dashboardIds"), bodies.words(request, "dashboardUIDs")
    texts, tags = [text.casefold() for text in bodies.words(request, "query")], set(bodies.words(request, "tag"))
    return [
        one
        for one in boards.of_project(caller.project.code)
        if (not numbers or one.number in numbers)
        and (not uids or one.uid in uids)
        and (not texts or any(text in one.title.casefold() for text in texts))
        and tags.issubset(one.tags)
    ]


def _test(request: Request, caller: Caller) -> Reply:
    """Judge the alert of a panel as it would be; nothing is kept."""
    given = _body(request)
    model, number = _model(given), given.get("panelId")
    if isinstance(number, bool) or not isinstance(number, int):
        raise Invalid("PanelId", "is required" if number is None else "must be a whole number")
    asked = [one for one in panels.panels(model) if one.get("id") == number and panels.has_alert(one)]
    if not asked:
        raise BadRequest(f"Could not find alert with panel id {number}")
    spec = panels.alert(asked[0], channels.of_project(caller.project.code)).spec
    clock = request.services.clock
    began = clock()
    trial = looking.attempt(caller.project.code, spec, began)
    return Reply(body=wire.tried(spec, trial, (clock() - began).total_seconds()))


_ONE: dict[str, Any] = {"GET": reads(_get, "Dashboard"), "DELETE": writes(_delete, "DashboardDeleted")}
RESOURCES = [
    resource(f"{ROOT}/db", VOICE, POST=writes(_save, "DashboardSaved", body="DashboardFields")),
    resource(f"{ROOT}/db/{{slug}}", VOICE, **_ONE),
    resource(f"{ROOT}/uid/{{dashboard}}", VOICE, **_ONE),
    resource(f"{ROOT}/home", VOICE, GET=reads(_home, "Dashboard")),
    resource(f"{ROOT}/tags", VOICE, GET=reads(_tag_list, "DashboardTags")),
    resource("/api/search", VOICE, GET=reads(_search, "Hits", query=QUERY)),
    resource("/api/alerts/test", VOICE, POST=writes(_test, "Tried", body="TryFields")),
]
