"""Who is asking: the key in its header, in the query, or in an Authorization header (Alertra REST API)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.api.alertra.errors import Denied
from chalicelib.core.check import Access, Key, Project
from chalicelib.core.errors import Forbidden
from chalicelib.http import Handler, Reply, Request
from chalicelib.monitor import projects
from chalicelib.store import directory


@dataclass(frozen=True, slots=True)
class Caller:
    """An authorised caller: its project, what its key opens, and the name it gave itself, if any."""

    project: Project
    access: Access
    author: str = ""


def needs(access: Access, handler: Callable[[Request, Caller], Reply]) -> Handler:
    """`handler` for callers whose key allows "read" or "write"."""

    def checked(request: Request) -> Reply:
        return handler(request, caller(request, access))

    return checked


def caller(request: Request, access: Access) -> Caller:
    """Raises Denied without a known key, Forbidden where the key opens less."""
    if not presented(request):
        raise Denied("no API key was given: send it as Alertra-API-Key or api_key")
    key, author = opened(request)
    if key is None:
        raise Denied("the API key is not known")
    if key.access not in ("write", access):
        raise Forbidden("this API key may only read" if key.access == "read" else "this API key may only ping")
    return Caller(directory.project(key.project), key.access, author)


def opened(request: Request) -> tuple[Key | None, str]:
    """The key that one of the presented texts is, and the user name that came beside it."""
    texts = presented(request)
    for text in texts:
        key = projects.opened_by(text)
        if key:
            return key, next((other for other in texts if other != text), "")[:100]
    return None, ""


def presented(request: Request) -> list[str]:
    """Everything in the request that may be a key: the first that opens anything counts."""
    texts = [request.header("alertra-api-key"), *request.query.get("api_key", [])[-1:]]
    scheme, _, rest = request.header("authorization").strip().partition(" ")
    if scheme.lower() == "bearer":
        texts.append(rest.strip())
    if scheme.lower() == "basic":
        texts += _basic(rest.strip())
    return [text for text in texts if text]


def _basic(encoded: str) -> list[str]:
    """User name and password; what has no colon is a key by itself."""
    try:
        decoded = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, ValueError):
        return []
    user, _, password = decoded.partition(":")
    return [user, password]
