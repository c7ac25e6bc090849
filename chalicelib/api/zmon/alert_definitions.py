"""Alert definitions: make, change, show, list, delete (ZMON REST API, Alert Definitions).

What is made or changed is answered as it was written, without what it inherits; what is shown and listed has that.
"""

from __future__ import annotations

from typing import Any

from chalicelib.api.zmon import bodies, fields, wire
from chalicelib.api.zmon.check_definitions import LISTS
from chalicelib.api.zmon.errors import VOICE
from chalicelib.core import alert_definitions
from chalicelib.core.errors import Invalid
from chalicelib.gateway import Caller, Reply, Request, reads, resource, writes
from chalicelib.monitor.managing import alerts, listeners, notifying
from chalicelib.store.documents import Document

ROOT = "/api/v1/alert-definitions"
NODE = "/rest/alertDefinitionNode"
CHILDREN = "/rest/alertDefinitionChildren"
NOTIFICATIONS = "/rest/alertNotifications"
PRIORITIES = (1, 2, 3)
# In the order of the published examples, with what is ours to say between them.
_BEFORE = (
    *("name", "description", "team", "responsible_team", "entities", "entities_exclude", "condition"),
    *("notifications", "check_definition_id", "status", "priority"),
)
_BEHIND = ("period", "template", "parent_id", "parameters", "tags")
FIELDS = (*_BEFORE, *_BEHIND)


def shown(caller: Caller, document: Document, data: dict[str, Any] | None = None) -> dict[str, Any]:
    """A definition as the dialect has it: as it was written, or with the data that it has with what it inherits. Who
    may only read sees no keys in its notifications."""
    found = dict(data or document.data)
    if caller.access != "write" and found.get("notifications"):
        found["notifications"] = [notifying.masked(text) for text in found["notifications"]]
    about = {"last_modified": wire.milliseconds(document.modified), "last_modified_by": document.author}
    before, behind = ({name: found.get(name) for name in names} for names in (_BEFORE, _BEHIND))
    return {"id": document.number, **before, **about, **behind}


def _create(request: Request, caller: Caller) -> Reply:
    """Make an alert definition; it is answered as it was written."""
    values = _values(bodies.read(request))
    return Reply(body=shown(caller, alerts.create(request.services, caller.project, values, caller.author)))


def _update(request: Request, caller: Caller) -> Reply:
    """Replace an alert definition; what is absent is inherited from now on. It is answered as it was written."""
    given, number = bodies.read(request), _number(request)
    fields.identifier(given, number)
    return Reply(
        body=shown(caller, alerts.change(request.services, caller.project, number, _values(given), caller.author))
    )


def _values(given: dict[str, Any]) -> dict[str, Any]:
    """What is kept of a definition; what is not known is passed over."""
    return {
        "name": fields.name(given, "name"),
        "description": fields.text(given, "description"),
        "team": fields.required(fields.name(given, "team"), "team"),
        "responsible_team": fields.required(fields.name(given, "responsible_team"), "responsible_team"),
        "entities": given.get("entities"),
        "entities_exclude": given.get("entities_exclude"),
        "condition": fields.text(given, "condition"),
        "notifications": fields.texts(given, "notifications"),
        "check_definition_id": fields.whole(given, "check_definition_id"),
        "status": fields.status(given),
        "priority": _priority(given),
        "period": fields.text(given, "period"),
        "template": fields.required(fields.truth(given, "template"), "template"),
        "parent_id": fields.whole(given, "parent_id"),
        "parameters": fields.parameters(given),
        "tags": fields.texts(given, "tags"),
    }


def _priority(given: dict[str, Any]) -> int | None:
    value = fields.whole(given, "priority")
    if value is not None and value not in PRIORITIES:
        raise Invalid("priority", "must be 1, 2 or 3")
    return value


def _number(request: Request) -> int:
    return wire.identifier("alert definition", request.parts["alert"])


def _get(request: Request, caller: Caller) -> Reply:
    """Show an alert definition with all that it inherits."""
    return Reply(body=shown(caller, *alerts.find(caller.project, _number(request))))


def _delete(request: Request, caller: Caller) -> Reply:
    """Delete an alert definition from which none inherits; it is answered as it was."""
    return Reply(body=shown(caller, alerts.delete(request.services, caller.project, _number(request))))


def _list_active(_request: Request, caller: Caller) -> Reply:
    """List the alert definitions that are active and no templates, with all that they inherit, by number."""
    tree = alerts.tree_of(caller.project.code)
    found = [
        shown(caller, one, merged) for one, merged in tree.all_merged() if alert_definitions.is_evaluated(one.data)
    ]
    return Reply(body={"snapshot_id": tree.edition, "alert_definitions": found})


def _node(request: Request, caller: Caller) -> Reply:
    """Show an alert definition as it was written."""
    return Reply(body=shown(caller, alerts.tree_of(caller.project.code).node(_asked(request))))


def _children(request: Request, caller: Caller) -> Reply:
    """List the definitions whose parent is this one, as they were written."""
    tree, number = alerts.tree_of(caller.project.code), _asked(request)
    return Reply(body=[shown(caller, one) for one in tree.nodes.values() if one.data.get("parent_id") == number])


def _notifications(request: Request, caller: Caller) -> Reply:
    """Tell how each notification of an alert definition is delivered, and what is wrong with it."""
    document, merged = alerts.find(caller.project, _asked(request))
    texts = merged["notifications"] or []
    found = listeners.fates(caller.project.code, document.code, texts)
    return Reply(body=[_fate(caller, text, *fate) for text, fate in zip(texts, found, strict=True)])


def _fate(caller: Caller, text: str, kind: str, trouble: str) -> dict[str, Any]:
    said = text if caller.access == "write" else notifying.masked(text)
    return {"notification": said, "delivered_as": kind or None, "trouble": trouble or None}


def _asked(request: Request) -> int:
    """The number in the query. Raises Invalid, Missing."""
    text = wire.word(request, "id")
    if not text:
        raise Invalid("id", "is missing: Parameter 'id' with type 'int' is missing")
    return wire.identifier("alert definition", text)


RESOURCES = [
    resource(ROOT, VOICE, POST=writes(_create, "AlertDefinition", body="AlertDefinitionFields")),
    resource(
        f"{ROOT}/{{alert}}",
        VOICE,
        GET=reads(_get, "AlertDefinition"),
        PUT=writes(_update, "AlertDefinition", body="AlertDefinitionFields"),
        DELETE=writes(_delete, "AlertDefinition"),
    ),
    resource(f"{LISTS}/all-active-alert-definitions", VOICE, GET=reads(_list_active, "AlertDefinitions")),
    resource(NODE, VOICE, GET=reads(_node, "AlertDefinition", query=("id",))),
    resource(NOTIFICATIONS, VOICE, GET=reads(_notifications, "AlertNotifications", query=("id",))),
    resource(CHILDREN, VOICE, GET=reads(_children, "AlertDefinitionNodes", query=("id",))),
]
