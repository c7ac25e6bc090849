"""Checks of Healthchecks: the answer of its Management API (v1 to v3) to a list of checks."""

from __future__ import annotations

import json
import re
from typing import Any
from uuid import UUID

from chalicelib.api.healthchecks.validation import RULES
from infra.moving.wanted import Found, Unreadable, Wanted

# What says how a check is, or where; a check that is new has its own.
_STATE = frozenset(
    {"n_pings", "status", "started", "last_ping", "next_ping", "last_duration", "uuid", "unique_key", "channels"}
    | {"ping_url", "update_url", "pause_url", "resume_url", "badge_url", "page_url"}
)
_TAKEN = frozenset(RULES) - {"channels", "unique"}
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def read(text: str) -> Found:
    """Raises Unreadable."""
    try:
        listed = json.loads(text)["checks"]
        return Found([_wanted(dict(check)) for check in listed])
    except (ValueError, KeyError, TypeError) as error:
        raise Unreadable('it is not the list of checks that the API answers: {"checks": [...]}') from error


def _wanted(check: dict[str, Any]) -> Wanted:
    document = {key: value for key, value in check.items() if key in _TAKEN and value is not None}
    if "schedule" in document:
        document.pop("timeout", None)
    # Its channels are of another installation: whoever told somebody tells everybody here, until told otherwise.
    document["channels"] = "" if check.get("channels") == "" else "*"
    wanted = Wanted("heartbeat", str(check.get("name", "")), document, _code(check))
    wanted.paused = check.get("status") == "paused"
    wanted.left = [key for key, value in check.items() if key not in _TAKEN | _STATE and value not in (None, "")]
    if not wanted.code:
        wanted.left.append("its ping address, which a read-only key does not show")
    return wanted


def _code(check: dict[str, Any]) -> str:
    """The uuid of the check, which v3 shows and the others have in the address of its pings."""
    given = str(check.get("uuid") or str(check.get("ping_url") or "").rpartition("/")[2]).lower()
    return str(UUID(given)) if _UUID.fullmatch(given) else ""
