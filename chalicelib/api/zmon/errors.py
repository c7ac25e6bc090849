"""How the ZMON dialect answers what went wrong: {"message": "..."}, with the words of the published document (ZMON REST
API, Authentication & Authorization) where it has them."""

from __future__ import annotations

from dataclasses import replace

from chalicelib import gateway
from chalicelib.core.check import Access
from chalicelib.core.errors import Forbidden
from chalicelib.gateway import Caller, Denied, Reply, Request

NO_KEY = "Full authentication is required to access this resource"
BAD_KEY = "Bad credentials"
NOT_ALLOWED = "Access is denied"
# The author of what is written with a key beside which no user is named.
API_KEY = "API key"


class Voice(gateway.Voice):
    """The dialect's voice. The key is the bearer token, or the password beside a user, who then is the author."""

    prefixes = (
        *("/api/v1/entities", "/api/v1/check-definitions", "/api/v1/alert-definitions", "/api/v1/downtimes"),
        *("/api/v1/checks/all-active-check-definitions", "/api/v1/checks/all-active-alert-definitions"),
        *("/api/v1/checks/all-check-definitions",),
        *("/api/v1/status", "/api/v1/dashboard", "/api/v1/groups", "/api/v1/quick-search", "/api/v1/onetime-tokens"),
        *("/api/v1/visualization", "/rest"),
    )

    def guard(self, request: Request, access: Access) -> Caller:
        """Who is asking; the author is never empty."""
        if not gateway.presented(request, self.header):
            raise Denied(NO_KEY)
        try:
            known = super().guard(request, access)
        except Denied:
            raise Denied(BAD_KEY) from None
        except Forbidden:
            raise Forbidden(NOT_ALLOWED) from None
        return replace(known, author=known.author or API_KEY)

    def broken(self, status: int, message: str, _field: str = "") -> Reply:
        return Reply(status, {"message": message})


VOICE = Voice()
