"""How a dialect speaks: of what went wrong, of who may do what, and in the headers of every answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from chalicelib.core.check import Access
from chalicelib.core.errors import (
    Conflict,
    Forbidden,
    Invalid,
    LimitReached,
    Missing,
    TocsinError,
    TooOften,
    Undelivered,
)
from chalicelib.gateway.keys import Caller, Denied, admitted, author_of, opened, presented
from chalicelib.gateway.replies import Reply
from chalicelib.gateway.requests import Request


class TooLarge(TocsinError):
    """The body is longer than anything that can be meant."""


Statuses = Mapping[type[TocsinError], int]

STATUSES: Statuses = {
    Invalid: 400,
    Denied: 401,
    LimitReached: 403,
    Forbidden: 403,
    Missing: 404,
    Conflict: 409,
    TooLarge: 413,
    TooOften: 429,
    Undelivered: 502,
}


def allowed(methods: tuple[str, ...]) -> str:
    """The methods of a resource as a header lists them."""
    return ", ".join(dict.fromkeys((*methods, "OPTIONS")))


class Voice:
    """The voice of a dialect that has no shape of its own for errors: {"error": what, "field": which}.

    A dialect overrides what its published document says otherwise, seldom more than `broken`.
    """

    # The beginnings of the paths that are this dialect's: what is unknown below them is answered in this voice.
    prefixes: ClassVar[tuple[str, ...]] = ()
    # The header in which the dialect's own clients send the key, and what it is told who sent none.
    header: ClassVar[str] = "x-api-key"
    no_key: ClassVar[str] = "no API key was given: send it as X-Api-Key"
    # The headers of every answer, unless a handler has set them.
    headers: ClassVar[Mapping[str, str]] = {"Cache-Control": "no-store"}
    # The answers that say which methods there are.
    telling_methods: ClassVar[tuple[int, ...]] = (204, 405)
    # What an error is in the document of the API: an object of the dialect's, or a media type.
    error: ClassVar[str] = "Error"
    challenge: ClassVar[str] = 'Basic realm="api"'
    statuses: ClassVar[Statuses] = STATUSES

    def guard(self, request: Request, access: Access) -> Caller:
        """Who is asking. Raises Denied without a known key, Forbidden where the key opens less than `access`, TooOften
        where too many unknown keys came from."""
        texts = presented(request, self.header)
        if not texts:
            raise Denied(self.no_key)
        found = opened(request, texts)
        if found is None:
            raise Denied("the API key is not known")
        key, text = found
        return admitted(key, access, author_of(request, text))

    def wrong(self, _request: Request, error: TocsinError) -> Reply:
        """The answer to what a caller did wrong. Raises `error` itself if it has no status: then the fault is ours."""
        for kind in type(error).__mro__:
            if kind in self.statuses:
                field = error.field if isinstance(error, Invalid) else ""
                reply = self.broken(self.statuses[kind], self.words(error), field)
                if isinstance(error, TooOften) and error.after:
                    reply.headers["Retry-After"] = str(error.after)
                return reply
        raise error

    def words(self, error: TocsinError) -> str:
        """What the dialect says of an error."""
        match error:
            case LimitReached():
                return "the project holds as many checks as its limit allows"
            case Undelivered():
                return f"the channel did not take it: {error}"
        return str(error)

    def broken(self, status: int, message: str, field: str = "") -> Reply:
        """The answer to whatever went wrong, in the dialect's shape. It needs nothing, so that it can always be
        given."""
        about: dict[str, Any] = {"error": message}
        return Reply(status, about | ({"field": field} if field else {}))

    def finish(self, _request: Request, methods: tuple[str, ...], reply: Reply) -> Reply:
        """The reply with the headers that the dialect adds to it; `methods` are those that the resource has."""
        reply.headers = {**self.headers, **reply.headers}
        if reply.status in self.telling_methods:
            reply.headers["Allow"] = allowed(methods)
        if reply.status == 401 and self.challenge:
            reply.headers["WWW-Authenticate"] = self.challenge
        return reply
