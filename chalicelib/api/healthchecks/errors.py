"""How the Healthchecks dialect answers what went wrong: the documented status code with {"error": "..."}."""

from __future__ import annotations

from chalicelib.core.errors import Conflict, Forbidden, Invalid, LimitReached, Missing, TocsinError, Undelivered
from chalicelib.gateway import Reply, Request

CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "X-Api-Key",
    "Access-Control-Max-Age": "600",
}


class BadRequest(TocsinError):
    """What was sent cannot be used; the message is told as it is."""


class Denied(TocsinError):
    """The API key is missing, unknown, or not enough for this call."""


class Management:
    """The Management API's voice. CORS headers stand on every answer, so that pages of other sites can read errors."""

    def wrong(self, _request: Request, error: TocsinError) -> Reply:
        status, message = _answer(error)
        return self.broken(status, message)

    def broken(self, status: int, message: str) -> Reply:
        return Reply(status, {"error": message})

    def finish(self, _request: Request, methods: tuple[str, ...], reply: Reply) -> Reply:
        allowed = ", ".join((*methods, "OPTIONS"))
        reply.headers = {**CORS, "Access-Control-Allow-Methods": allowed, **reply.headers}
        if reply.status == 405:
            reply.headers["Allow"] = allowed
        return reply


def _answer(error: TocsinError) -> tuple[int, str]:
    match error:
        case Invalid():
            return 400, f"json validation error: {error}"
        case BadRequest():
            return 400, str(error)
        case Denied():
            return 401, str(error)
        case Forbidden():
            return 403, "access denied"
        case LimitReached():
            return 403, "the project's check limit has been reached"
        case Missing():
            return 404, str(error)
        case Conflict():
            return 409, str(error)
        case Undelivered():
            return 502, f"the channel did not take it: {error}"
    raise error


class Pinging:
    """The Pinging API's voice: short plain texts that a shell script can show."""

    def wrong(self, _request: Request, error: TocsinError) -> Reply:
        match error:
            case Missing():
                return self.broken(404, "not found")
            case Conflict():
                return self.broken(409, str(error))
            case Invalid():
                return self.broken(400, error.message)
        raise error

    def broken(self, status: int, message: str) -> Reply:
        return Reply(status, message, content_type="text/plain; charset=utf-8")

    def finish(self, _request: Request, _methods: tuple[str, ...], reply: Reply) -> Reply:
        reply.headers = {"Cache-Control": "max-age=0, no-cache, no-store, must-revalidate, private", **reply.headers}
        return reply
