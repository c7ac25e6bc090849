"""What the dialect writes, and what it reads out of queries: moments, filters, words and numbers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chalicelib.api.zmon import bodies
from chalicelib.core import downtimes
from chalicelib.core.check import Check
from chalicelib.core.commands import Value
from chalicelib.core.errors import Invalid, Missing
from chalicelib.core.moments import to_seconds
from chalicelib.core.silence import Silence
from chalicelib.core.specs import condition_of
from chalicelib.gateway import Reply, Request
from chalicelib.store.documents import Document

TEXT = "text/plain; charset=utf-8"
# The numbers of things have no more.
DIGITS = 10
# Who is said to have found a result: no worker has a name here.
WORKER = "tocsin"


def stamped(document: Document) -> dict[str, Any]:
    """An entity as it stands in lists: as it was put, and when that was (PostgreSQL's text of a moment)."""
    return {**document.data, "last_modified": moment(document.modified)}


def moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S.%f}"


def milliseconds(at: datetime) -> int:
    """A moment as definitions have it."""
    return int(at.timestamp() * 1000)


def downtime(number: int, entity: str, silence: Silence) -> dict[str, Any]:
    """What keeps back the news of an entity of an alert, by itself."""
    return {
        "id": downtimes.pair_id(silence.id, number, entity),
        "group_id": silence.id,
        "alert_id": number,
        "entity": entity,
        "comment": silence.reason,
        "start_time": to_seconds(silence.start),
        "end_time": to_seconds(silence.end) if silence.end else None,
        "created_by": silence.author,
    }


def in_downtime(alert: Check, entity: str, now: datetime) -> list[dict[str, Any]]:
    """The `downtimes` of an entity in the status of an alert: those that hold at this moment."""
    number = condition_of(alert).number
    return [downtime(number, entity, one) for one in downtimes.in_force(alert, entity, now)]


def said(text: str) -> Reply:
    """A plain text, as some calls are answered with."""
    return Reply(body=text, content_type=TEXT)


def done(*, was: bool) -> Reply:
    """1 for what has been done, 0 where there was nothing to do."""
    return said("1" if was else "0")


def query(request: Request) -> list[dict[str, Any]]:
    """What is asked of entities: one object, or a list of those of which one must hold; everything without any."""
    text = word(request, "query").strip()
    if not text:
        return [{}]
    try:
        found = bodies.parsed(text)
    except Invalid as error:
        raise Invalid("query", f"must be JSON: {error.message}") from None
    asked = found if isinstance(found, list) else [found]
    if not all(isinstance(one, dict) for one in asked):
        raise Invalid("query", "must be a JSON object or a list of those")
    return asked


def word(request: Request, name: str) -> str:
    """The parameter of the query, of several the last; empty for none."""
    return request.query.get(name, [""])[-1]


def number(request: Request, name: str, most: int) -> int | None:
    """A whole number from 1 on, None for none. Raises Invalid."""
    text = word(request, name)
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 12 and 1 <= int(text) <= most):
        raise Invalid(name, f"must be a whole number from 1 to {most}")
    return int(text)


def identifier(what: str, text: str) -> int:
    """The number by which a path names something. Raises Missing for what is none."""
    if not (text.isascii() and text.isdigit() and len(text) <= DIGITS):
        raise Missing(f"{what} {text}")
    return int(text)


def numbers(texts: list[str], most: int) -> list[int]:
    """The numbers in texts with commas between them, each once; what is no number stands for nothing. Raises Invalid
    for more than `most`."""
    words = [word.strip() for text in texts for word in text.split(",")]
    found = [int(word) for word in words if word.isascii() and word.isdigit() and len(word) <= DIGITS]
    found = [one for one in dict.fromkeys(found) if str(one) in words]
    if len(found) > most:
        raise Invalid("id", f"must not be more than {most} numbers")
    return found


def result(value: Value) -> dict[str, Any]:
    """What a command found for an entity. Moments are seconds since 1970, with `exc` the value is the text of an
    error."""
    found = {"ts": value.at.timestamp(), "td": value.took, "value": value.value, "worker": WORKER}
    return found | ({"exc": 1} if value.failed else {})
