"""How the Alertra dialect answers what went wrong: {"Error": {"Code", "Message", "Field"}}, in XML where asked for."""

from __future__ import annotations

from typing import Any

from chalicelib.api.alertra import formats
from chalicelib.core.errors import Conflict, Forbidden, Invalid, LimitReached, Missing, TocsinError
from chalicelib.gateway import Reply, Request

CODES = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    409: "Conflict",
    413: "TooLarge",
    429: "TooManyRequests",
    500: "InternalError",
    503: "ServiceUnavailable",
}


class Denied(TocsinError):
    """The API key is missing or unknown."""


class TooLarge(TocsinError):
    """The body is longer than anything that can be meant."""


class Voice:
    """The dialect's voice. An error speaks the format that was asked for, as far as that can be told."""

    def wrong(self, _request: Request, error: TocsinError) -> Reply:
        status, message, field = _answer(error)
        return _error(status, message, field)

    def broken(self, status: int, message: str) -> Reply:
        return _error(status, message)

    def finish(self, request: Request, methods: tuple[str, ...], reply: Reply) -> Reply:
        reply.headers = {"Cache-Control": "no-store", **reply.headers}
        if reply.status in (204, 405):
            reply.headers["Allow"] = ", ".join((*methods, "OPTIONS"))
        if reply.status == 401:
            reply.headers["WWW-Authenticate"] = 'Basic realm="api"'
        return formats.rendered_error(request, reply) if isinstance(reply.body, dict) else reply


def _error(status: int, message: str, field: str = "") -> Reply:
    about: dict[str, Any] = {"Code": CODES.get(status, "Error"), "Message": message}
    return Reply(status, {"Error": about | ({"Field": field} if field else {})})


def _answer(error: TocsinError) -> tuple[int, str, str]:
    match error:
        case Invalid():
            return 400, str(error), error.field
        case Denied():
            return 401, str(error), ""
        case LimitReached():
            return 403, "the project holds as many checks as its limit allows", ""
        case Forbidden():
            return 403, str(error) or "access denied", ""
        case Missing():
            return 404, str(error), ""
        case Conflict():
            return 409, str(error), ""
        case TooLarge():
            return 413, str(error), ""
    raise error
