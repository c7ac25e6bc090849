"""Who is asking: the key in its header, in the query, or in an Authorization header (Alertra REST API)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chalicelib import gateway
from chalicelib.api.alertra import formats
from chalicelib.api.alertra.errors import Denied
from chalicelib.core.check import Access, Project
from chalicelib.core.errors import Forbidden
from chalicelib.gateway import Handler, Reply, Request
from chalicelib.store import directory

HEADER = "Alertra-API-Key"


@dataclass(frozen=True, slots=True)
class Caller:
    """An authorised caller: its project, what its key opens, and the name it gave itself, if any."""

    project: Project
    access: Access
    author: str = ""


def needs(access: Access, handler: Callable[[Request, Caller], Reply]) -> Handler:
    """`handler` for callers whose key allows "read" or "write".

    How the answer is to look is settled before anything is done: a request that is refused changes nothing.
    """

    def checked(request: Request) -> Reply:
        known = caller(request, access)
        formats.require(request)
        return handler(request, known)

    return checked


def caller(request: Request, access: Access) -> Caller:
    """Raises Denied without a known key, Forbidden where the key opens less."""
    texts = gateway.presented(request, HEADER)
    if not texts:
        raise Denied("no API key was given: send it as Alertra-API-Key or api_key")
    key, author = gateway.opened(request, HEADER)
    if key is None:
        raise Denied("the API key is not known")
    if key.access not in ("write", access):
        raise Forbidden("this API key may only read" if key.access == "read" else "this API key may only ping")
    return Caller(directory.project(key.project), key.access, author)
