"""How the services that tests play read what they are sent, and answer it."""

from __future__ import annotations

import base64
import json
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl

from tests.channels.servers import Received, Reply


def answer(status: int, document: Any = None, **headers: str) -> Reply:
    body = b"" if document is None else json.dumps(document).encode()
    return Reply(status, {name.replace("_", "-"): value for name, value in headers.items()}, body)


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def form(received: Received) -> dict[str, str]:
    assert received.headers["Content-Type"] == "application/x-www-form-urlencoded"
    return dict(parse_qsl(received.body.decode("ascii"), keep_blank_values=True, strict_parsing=True))


def document(received: Received) -> Any:
    assert received.headers["Content-Type"].endswith("json")
    return json.loads(received.body)


def is_basic(received: Received, user: str, password: str) -> bool:
    pair = base64.b64encode(f"{user}:{password}".encode()).decode()
    return received.headers.get("Authorization") == f"Basic {pair}"


class Tags(HTMLParser):
    """The text of HTML in which nothing but these tags stands, each of them closed."""

    def __init__(self, *known: str) -> None:
        super().__init__()
        self._known, self._open, self.is_sound, self.text = known, list[str](), True, ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.is_sound &= tag in self._known
        if tag != "br":
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.is_sound &= bool(self._open) and self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    @classmethod
    def read(cls, text: str, *known: str) -> Tags:
        reader = cls(*known)
        reader.feed(text)
        reader.close()
        reader.is_sound &= not reader._open
        return reader
