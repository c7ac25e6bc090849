"""How the Healthchecks dialect answers what went wrong: the documented status code with {"error": "..."}."""

from __future__ import annotations

from chalicelib import gateway
from chalicelib.api.healthchecks import bodies
from chalicelib.core.check import Access
from chalicelib.core.errors import Forbidden, Invalid, LimitReached, Missing, TocsinError
from chalicelib.gateway import Caller, Denied, Reply, Request

KEY_LENGTH = 32
STATUSES: gateway.Statuses = {**gateway.STATUSES, bodies.BadRequest: 400}
UNCACHED = {"Cache-Control": "max-age=0, no-cache, no-store, must-revalidate, private"}
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "X-Api-Key",
    "Access-Control-Max-Age": "600",
}


class Management(gateway.Voice):
    """The Management API's voice. CORS headers stand on every answer, so that pages of other sites can read errors."""

    prefixes = ("/api/v1", "/api/v2", "/api/v3")
    headers = CORS
    telling_methods = (405,)
    challenge = ""
    statuses = STATUSES

    def guard(self, request: Request, access: Access) -> Caller:
        """The caller behind the key in the header or in the body, which is read first."""
        body = bodies.read(request) if request.method == "POST" else {}
        presented = request.headers.get("x-api-key", body.get("api_key", ""))
        if not isinstance(presented, str) or len(presented) != KEY_LENGTH:
            raise Denied("missing api key")
        found = gateway.opened(request, [presented])
        if found is None or found[0].access not in ("write", access):
            raise Denied("wrong api key")
        return gateway.admitted(found[0], access, body=body)

    def words(self, error: TocsinError) -> str:
        match error:
            case Invalid():
                return f"json validation error: {error}"
            case Forbidden():
                return "access denied"
            case LimitReached():
                return "the project's check limit has been reached"
        return super().words(error)

    def broken(self, status: int, message: str, _field: str = "") -> Reply:
        return Reply(status, {"error": message})

    def finish(self, request: Request, methods: tuple[str, ...], reply: Reply) -> Reply:
        reply.headers = {"Access-Control-Allow-Methods": gateway.allowed(methods), **reply.headers}
        return super().finish(request, methods, reply)


class Pinging(gateway.Voice):
    """The Pinging API's voice: short plain texts that a shell script can show."""

    prefixes = ("/ping",)
    error = "text/plain"
    headers = UNCACHED

    def words(self, error: TocsinError) -> str:
        match error:
            case Missing():
                return "not found"
            case Invalid():
                return error.message
        return super().words(error)

    def broken(self, status: int, message: str, _field: str = "") -> Reply:
        return Reply(status, message, content_type="text/plain; charset=utf-8")


MANAGEMENT = Management()
PINGING = Pinging()
