"""How the Hosted Graphite dialect answers what went wrong: the documented status with {"error", "field"}."""

from __future__ import annotations

from typing import Any

from chalicelib.core.errors import Conflict, Forbidden, Invalid, LimitReached, Missing, TocsinError, Undelivered
from chalicelib.gateway import Reply, Request


class Denied(TocsinError):
    """The API key is missing or unknown."""


class Gone(TocsinError):
    """What was to be deleted does not exist: the published document answers that with 400."""


class Voice:
    def wrong(self, _request: Request, error: TocsinError) -> Reply:
        status, message, field = _answer(error)
        about: dict[str, Any] = {"error": message} | ({"field": field} if field else {})
        return Reply(status, about)

    def broken(self, status: int, message: str) -> Reply:
        return Reply(status, {"error": message})

    def finish(self, _request: Request, methods: tuple[str, ...], reply: Reply) -> Reply:
        reply.headers = {"Cache-Control": "no-store", **reply.headers}
        if reply.status in (204, 405):
            reply.headers["Allow"] = ", ".join((*methods, "OPTIONS"))
        if reply.status == 401:
            reply.headers["WWW-Authenticate"] = 'Basic realm="api"'
        return reply


def _answer(error: TocsinError) -> tuple[int, str, str]:
    match error:
        case Invalid():
            return 400, str(error), error.field
        case Gone():
            return 400, str(error), ""
        case Denied():
            return 401, str(error), ""
        case LimitReached():
            return 403, "the project holds as many checks as its limit allows", ""
        case Forbidden():
            return 403, str(error), ""
        case Missing():
            return 404, str(error), ""
        case Conflict():
            return 409, str(error), ""
        case Undelivered():
            return 502, f"the channel did not take it: {error}", ""
    raise error
