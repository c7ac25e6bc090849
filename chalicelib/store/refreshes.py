"""A sign of life of a check that is up and stays up: one write, no read, whoever else writes meanwhile.

The call is written out by hand: it is the same for every ping, and to have it put together anew took longer than all
the rest of a ping.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chalicelib.core.check import Check
from chalicelib.core.moments import to_micros
from chalicelib.core.status import Change
from chalicelib.store import check_items
from chalicelib.store.faults import translated
from chalicelib.store.models import CheckItem

_SHIFT = ", ".join(
    f"{older} = if_not_exists({newer}, :none)"
    for newer, older in zip(check_items.RECENT, check_items.RECENT[1:], strict=False)
)
_SET = f"SET last_ping = :at, {check_items.RECENT[0]} = :request, {_SHIFT}"
_REST = "REMOVE last_duration, runs_ended{} ADD n_pings :one, version :one"
_UPDATE = f"{_SET}, due = :due {_REST.format('')}"
_UPDATE_WITHOUT_DUE = f"{_SET} {_REST.format(', due')}"
_CONDITION = " AND ".join(
    (
        "edition = :edition",
        "#status = :up",
        "attribute_not_exists(last_start)",
        "last_ping < :at",
        "(attribute_not_exists(due) OR due > :at)",
        f"NOT ({' OR '.join(f'{name} = :request' for name in check_items.RECENT)})",
    )
)


def keep(change: Change) -> Check:
    """Keeps the decision as long as the definition is the one that the deadline was computed from, the deadline has not
    passed, no run is under way and the request has not been counted.

    Answers the check as it is afterwards; raises Refused, with the item as it is, when the assumption does not hold.
    """
    connection = CheckItem._get_connection()
    after = change.after
    request: dict[str, Any] = {
        "TableName": connection.table_name,
        "Key": {"project": {"S": after.project}, "code": {"S": after.code}},
        "UpdateExpression": _UPDATE if after.due else _UPDATE_WITHOUT_DUE,
        "ConditionExpression": _CONDITION,
        "ExpressionAttributeNames": {"#status": "status"},
        "ExpressionAttributeValues": _values(change),
        "ReturnValues": "UPDATED_NEW",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    with translated():
        answer = connection.connection.dispatch("UpdateItem", request)
    # The rest of it is what the decision was made on, or what nobody decides anything on without reading it again.
    found = answer["Attributes"]
    recent = check_items.recent_of(found)
    return replace(after, n_pings=int(found["n_pings"]["N"]), version=int(found["version"]["N"]), recent=recent)


def _values(change: Change) -> dict[str, dict[str, str]]:
    after = change.after
    assert after.last_ping is not None
    counted = after.recent[0] if after.recent and after.recent != change.before.recent else ""
    values = {
        ":at": {"N": str(to_micros(after.last_ping))},
        ":request": {"S": counted},
        ":none": {"S": ""},
        ":one": {"N": "1"},
        ":edition": {"N": str(after.edition)},
        ":up": {"S": "up"},
    }
    if after.due:
        values[":due"] = {"N": str(to_micros(after.due))}
    return values
