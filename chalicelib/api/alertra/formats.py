"""The three formats of the dialect: JSON, XML and CSV out, as `fmt` or else Accept asks (Alertra REST API)."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

from chalicelib.api.alertra.values import asked
from chalicelib.core.errors import Invalid
from chalicelib.gateway import Reply, Request

TYPES = {"json": "application/json", "xml": "application/xml; charset=utf-8", "csv": "text/csv; charset=utf-8"}
# The one element whose text may be meant as a number, a truth or a text: what an assertion compares with.
TYPED = "value"
_ACCEPTED = {"application/xml": "xml", "text/xml": "xml", "text/csv": "csv", "application/json": "json", "*/*": "json"}
_QUALITY = re.compile(r"q=([01](?:\.[0-9]{0,3})?)")
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
    name = _filename(request)
    if name:
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def require(request: Request) -> None:
    """Raises Invalid for a format or a file name that no answer could have."""
    format_of(request)
    _filename(request)


def _filename(request: Request) -> str:
    name = asked(request, "filename")
    if name and not _FILENAME.fullmatch(name):
        raise Invalid("filename", "must be a plain file name of letters, digits, dots, dashes and spaces")
    return name


def format_of(request: Request) -> str:
    """json, xml or csv. Raises Invalid for a `fmt` that is none of them."""
    wanted = asked(request, "fmt").lower()
    if wanted:
        if wanted not in TYPES:
            raise Invalid("fmt", f"is not one of {', '.join(TYPES)}")
        return wanted
    return _accepted(request.header("accept"))


def _accepted(accept: str) -> str:
    """The format that is wanted most; of several that are wanted as much, the one that is named first."""
    best, weight = "json", 0.0
    for part in accept.split(","):
        kind, *parameters = (text.strip().lower() for text in part.split(";"))
        wanted, quality = _ACCEPTED.get(kind), _quality(parameters)
        if wanted and quality > weight:
            best, weight = wanted, quality
    return best


def _quality(parameters: list[str]) -> float:
    match = _QUALITY.fullmatch(next((text for text in parameters if text.startswith("q=")), "q=1"))
    return float(match[1]) if match else 0.0


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
    if name == TYPED and not isinstance(value, str):
        return f'<{name} type="json">{escape(json.dumps(value))}</{name}>'
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
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else value


_RENDER = {"json": _json, "xml": _xml, "csv": _csv}
