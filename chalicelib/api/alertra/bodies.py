"""Reading what a client sends: a JSON object, or the same as XML, whose root may be called anything."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from chalicelib.core.errors import Invalid
from chalicelib.gateway import FORM, Request, TooLarge

SIZE = 200_000
DEPTH = 10
# No field holds a number of so many digits, and Python refuses to read one of thousands.
DIGITS = 40


def read(request: Request) -> dict[str, Any]:
    """The object in the body, {} for none. Raises Invalid("body", ...) or TooLarge."""
    if len(request.body) > SIZE:
        raise TooLarge(f"the body is longer than {SIZE} bytes")
    if not request.body.strip():
        return {}
    kind = request.header("content-type").partition(";")[0].strip().lower()
    if kind in ("application/xml", "text/xml") or (kind != "application/json" and request.body.lstrip()[:1] == b"<"):
        return _Reader().read(request.body)
    return _json(request)


def _json(request: Request) -> dict[str, Any]:
    try:
        document = json.loads(request.body.decode(), parse_int=lambda digits: int(digits[:DIGITS]))
    except (ValueError, RecursionError):
        raise Invalid("body", FORM if request.is_form else "is not valid JSON") from None
    if not isinstance(document, dict):
        raise Invalid("body", "must be a JSON object")
    return document


class _Stop(Exception):
    """The document has what it must not have."""


@dataclass(slots=True)
class _Open:
    """An element whose end has not come: what has been read of it, and whether its text is JSON."""

    name: str
    is_json: bool
    children: dict[str, list[Any]] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)

    def value(self) -> Any:
        if self.children:
            return {name: values if len(values) > 1 else values[0] for name, values in self.children.items()}
        text = "".join(self.texts).strip()
        return json.loads(text) if self.is_json else text


class _Reader:
    """XML as objects: an element with elements is an object, several of one name are a list, else it is its text.

    A document type, and with it every entity of one's own, is refused: it serves attacks alone.
    """

    def __init__(self) -> None:
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._open: list[_Open] = []
        self._result: Any = None

    def read(self, body: bytes) -> dict[str, Any]:
        try:
            self._parser.Parse(body, True)
        except (expat.ExpatError, _Stop, ValueError, LookupError, RecursionError):
            raise Invalid("body", "is not valid XML") from None
        if self._result and not isinstance(self._result, dict):
            raise Invalid("body", "must hold its fields as elements within one that is around them all")
        return self._result or {}

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= DEPTH:
            raise _Stop
        name = attributes.get("name", name) if name == "Entry" else name
        self._open.append(_Open(name, attributes.get("type") == "json"))

    def _text(self, text: str) -> None:
        if self._open:
            self._open[-1].texts.append(text)

    def _end(self, _name: str) -> None:
        ended = self._open.pop()
        if self._open:
            self._open[-1].children.setdefault(ended.name, []).append(ended.value())
        else:
            self._result = ended.value()

    def _refuse(self, *_: Any) -> None:
        raise _Stop
