"""The three formats of the dialect: JSON, XML and CSV out, as `fmt` or else Accept asks (Alertra REST API)."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

from chalicelib.core.errors import Invalid
from chalicelib.http import Reply, Request

TYPES = {"json": "application/json", "xml": "application/xml; charset=utf-8", "csv": "text/csv; charset=utf-8"}
_ACCEPTED = {"application/xml": "xml", "text/xml": "xml", "text/csv": "csv", "application/json": "json"}
_FILENAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]{0,99}")
_ELEMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
# What XML 1.0 cannot hold, not even escaped.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def reply(request: Request, body: Any, *, root: str, item: str = "", status: int = 200) -> Reply:
    """`body` in the format that was asked for: a list of `item`s within `root`, or one object that is the root."""
    wanted = format_of(request)
    answer = Reply(status, _RENDER[wanted](body, root, item), content_type=TYPES[wanted])
    name = request.query.get("filename")
    if name:
        if not _FILENAME.fullmatch(name[-1]):
            raise Invalid("filename", "must be a plain file name of letters, digits, dots, dashes and spaces")
        answer.headers["Content-Disposition"] = f'attachment; filename="{name[-1]}"'
    return answer


def format_of(request: Request) -> str:
    """json, xml or csv. Raises Invalid for a `fmt` that is none of them."""
    given = request.query.get("fmt")
    if given:
        wanted = given[-1].lower()
        if wanted not in TYPES:
            raise Invalid("fmt", f"is not one of {', '.join(TYPES)}")
        return wanted
    for part in request.header("accept").split(","):
        wanted = _ACCEPTED.get(part.partition(";")[0].strip().lower(), "")
        if wanted:
            return wanted
    return "json"


def rendered_error(request: Request, answer: Reply) -> Reply:
    """An error as XML where that was asked for; a table of one error would help nobody, so CSV gets JSON."""
    try:
        wanted = format_of(request)
    except Invalid:
        wanted = "json"
    body = answer.body["Error"] if isinstance(answer.body, dict) and "Error" in answer.body else None
    if wanted == "xml" and body:
        answer.body, answer.content_type = _xml(body, "Error", ""), TYPES["xml"]
    return answer


def _json(body: Any, _root: str, _item: str) -> str:
    return json.dumps(body)


def _xml(body: Any, root: str, item: str) -> str:
    inner = "".join(_element(item, one) for one in body) if isinstance(body, list) else _inner(body)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}>{inner}</{root}>\n'


def _inner(value: Any, name: str = "") -> str:
    if isinstance(value, dict):
        return "".join(_element(str(key), one) for key, one in value.items())
    if isinstance(value, list):
        return "".join(_element(name.removesuffix("s") or "Item", one) for one in value)
    if value is None:
        return ""
    text = json.dumps(value) if isinstance(value, bool | int | float) else str(value)
    return escape(_NOT_XML.sub("\ufffd", text))


def _element(name: str, value: Any) -> str:
    if _ELEMENT.fullmatch(name):
        return f"<{name}>{_inner(value, name)}</{name}>"
    quoted = escape(_NOT_XML.sub("\ufffd", name), {'"': "&quot;"})
    return f'<Entry name="{quoted}">{_inner(value)}</Entry>'


def _csv(body: Any, root: str, _item: str) -> str:
    rows = [dict(_flat(row)) for row in (body if isinstance(body, list) else [_unwrapped(body, root)])]
    columns = list(dict.fromkeys(column for row in rows for column in row))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([[row.get(column, "") for column in columns] for row in rows])
    return text.getvalue()


def _unwrapped(body: dict[str, Any], root: str) -> dict[str, Any]:
    inner = body.get(root)
    return inner if isinstance(inner, dict) else body


def _flat(row: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in row.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", _cell(value)


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        value = ";".join(json.dumps(one) if isinstance(one, dict | list) else str(one) for one in value)
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value


_RENDER = {"json": _json, "xml": _xml, "csv": _csv}
