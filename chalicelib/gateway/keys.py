"""Who is asking: every form in which a request may carry a key, and what a known key allows."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import Any

from chalicelib.core.check import Access, Key, Project
from chalicelib.core.errors import Forbidden, TocsinError
from chalicelib.gateway.requests import Request
from chalicelib.monitor import throttling
from chalicelib.store import directory

AUTHOR_MAX = 100


class Denied(TocsinError):
    """The API key is missing, unknown, or not enough for this call."""


@dataclass(frozen=True, slots=True)
class Caller:
    """An authorised caller: the project, the access that the key gives, and the name of the user (`author`). `body` is
    the body of the request in dialects that read it before they check the key."""

    project: Project
    access: Access
    author: str = ""
    body: dict[str, Any] = field(default_factory=dict)


def presented(request: Request, header: str = "") -> list[str]:
    """Everything in the request that may be a key, in every form that any dialect knows: its own header, `api_key` in
    the query, a bearer token, and user name and password, or what has no colon, of basic authentication."""
    texts = [request.header(header), *request.query.get("api_key", [])[-1:]]
    scheme, _, rest = request.header("authorization").strip().partition(" ")
    if scheme.lower() == "bearer":
        texts.append(rest.strip())
    return [text for text in (*texts, *_basic(request)) if text]


def _basic(request: Request) -> list[str]:
    """User name and password."""
    scheme, _, rest = request.header("authorization").strip().partition(" ")
    if scheme.lower() != "basic":
        return []
    try:
        user, _, password = base64.b64decode(rest.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return []
    return [user, password]


def opened(request: Request, texts: list[str]) -> tuple[Key, str] | None:
    """The first of the texts that the request presented which is a key, and the text; None if none is.

    Raises TooOften, in place of the answer None, when too many with unknown keys have come from where this one did.
    """
    return throttling.opened(request.services, request.source_ip, texts)


def author_of(request: Request, text: str) -> str:
    """The user's name beside the key, where that was the password of basic authentication."""
    user, password = (_basic(request) or ["", ""])[:2]
    return user[:AUTHOR_MAX] if text == password else ""


def admitted(key: Key, access: Access, author: str = "", body: dict[str, Any] | None = None) -> Caller:
    """The caller behind a known key. Raises Forbidden if the key allows less than `access`."""
    if key.access not in ("write", access):
        raise Forbidden("this API key may only read" if key.access == "read" else "this API key may only ping")
    return Caller(directory.project(key.project), key.access, author, body or {})
