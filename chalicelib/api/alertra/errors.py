"""How the Alertra dialect answers what went wrong: {"Error": {"Code", "Message", "Field"}}, in XML where asked for."""

from __future__ import annotations

from typing import Any

from chalicelib import gateway
from chalicelib.api.alertra import formats
from chalicelib.core.check import Access
from chalicelib.core.errors import Forbidden, TocsinError
from chalicelib.gateway import Caller, Reply, Request

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


class Voice(gateway.Voice):
    """The dialect's voice. An error speaks the format that was asked for, as far as that can be told."""

    prefixes = ("/v1.1",)
    header = "Alertra-API-Key"
    no_key = "no API key was given: send it as Alertra-API-Key or api_key"

    def guard(self, request: Request, access: Access) -> Caller:
        """The caller. How the answer is to look is settled with it: a request that is refused changes nothing."""
        known = super().guard(request, access)
        formats.require(request)
        return known

    def words(self, error: TocsinError) -> str:
        if isinstance(error, Forbidden):
            return str(error) or "access denied"
        return super().words(error)

    def broken(self, status: int, message: str, field: str = "") -> Reply:
        about: dict[str, Any] = {"Code": CODES.get(status, "Error"), "Message": message}
        return Reply(status, {"Error": about | ({"Field": field} if field else {})})

    def finish(self, request: Request, methods: tuple[str, ...], reply: Reply) -> Reply:
        reply = super().finish(request, methods, reply)
        return formats.rendered_error(request, reply) if isinstance(reply.body, dict) else reply


VOICE = Voice()
