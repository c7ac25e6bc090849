"""How the Hosted Graphite dialect answers what went wrong: the documented status with {"error", "field"}."""

from __future__ import annotations

from chalicelib import gateway
from chalicelib.core.errors import TocsinError


class Gone(TocsinError):
    """What was to be deleted does not exist: the published document answers that with 400."""


STATUSES: gateway.Statuses = {**gateway.STATUSES, Gone: 400}


class Voice(gateway.Voice):
    """The dialect's voice. The key is the user name of basic authentication, with or without a colon, or in any other
    form."""

    prefixes = ("/v2", "/render", "/tags", "/api/v1/metric", "/api/v1/sink", "/api/v1/tags")
    no_key = "no API key was given: send it as the user name of basic authentication"
    statuses = STATUSES


VOICE = Voice()
