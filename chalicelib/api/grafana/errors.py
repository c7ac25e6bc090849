"""How the Grafana dialect answers what went wrong: {"message": "..."}, with Grafana's own words where it has any.

What is wrong with a field of a body is answered with 422 and what is wrong with each of them, as Grafana 4 to 7 do.
"""

from __future__ import annotations

from typing import Any

from chalicelib import gateway
from chalicelib.core.check import Access
from chalicelib.core.errors import Forbidden, Invalid, TocsinError, Undelivered
from chalicelib.gateway import Caller, Denied, Reply, Request

NO_KEY = "Unauthorized"
BAD_KEY, BAD_PASSWORD = "Invalid API key", "Invalid username or password"
NOT_ALLOWED = "Permission denied"
NOT_FOUND = "Not found"
NOT_SENT = "Failed to send alert notifications"
_SAID = {"not found": NOT_FOUND}


class BadRequest(TocsinError):
    """The request cannot be read, or says what cannot be meant; the text says what."""


class _Worded(TocsinError):
    """The text is Grafana's; `status` is its word for what is wrong, empty where it has none."""

    def __init__(self, message: str, status: str = "") -> None:
        super().__init__(message)
        self.status = status


class NotFound(_Worded):
    """What is asked for is not there."""


class Precondition(_Worded):
    """Something stands against it that the caller has not seen."""


STATUSES: gateway.Statuses = {**gateway.STATUSES, Invalid: 422, BadRequest: 400, NotFound: 404, Precondition: 412}


class Voice(gateway.Voice):
    """The dialect's voice. The key is the bearer token, or user or password of basic authentication (Grafana's own form
    is the user `api_key`). It speaks below /api wherever no other dialect does."""

    prefixes = ("/api",)
    statuses = STATUSES

    def guard(self, request: Request, access: Access) -> Caller:
        """Who is asking."""
        if not gateway.presented(request, self.header):
            raise Denied(NO_KEY)
        try:
            return super().guard(request, access)
        except Denied:
            is_basic = request.header("authorization").strip().lower().startswith("basic")
            raise Denied(BAD_PASSWORD if is_basic else BAD_KEY) from None
        except Forbidden:
            raise Forbidden(NOT_ALLOWED) from None

    def wrong(self, request: Request, error: TocsinError) -> Reply:
        reply = super().wrong(request, error)
        if isinstance(error, Undelivered):
            reply.body |= {"error": error.message}
        if isinstance(error, _Worded) and error.status:
            reply.body |= {"status": error.status}
        return reply

    def words(self, error: TocsinError) -> str:
        return NOT_SENT if isinstance(error, Undelivered) else super().words(error)

    def broken(self, status: int, message: str, field: str = "") -> Reply:
        about: dict[str, Any] = {"message": _SAID.get(message, message)}
        if status == STATUSES[Invalid]:
            about["errors"] = [_fault(field, message)]
        return Reply(status, about)


def _fault(field: str, message: str) -> dict[str, Any]:
    required = message == f"{field} is required"
    return {
        "fieldNames": [field] if field else [],
        "classification": "RequiredError" if required else "ValueError",
        "message": "Required" if required else message,
    }


VOICE = Voice()
