"""What services say in the JSON of their answers beside the status: a code of their own, and how long they want to be
left alone. Some say an error in an answer that is a success to HTTP.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, NamedTuple

# What is no number and no name of an error may be anything, such as what was sent.
_CODE = re.compile(r"-?[0-9]{1,7}|[A-Z][A-Z_]{2,39}")


@dataclass(frozen=True, slots=True)
class Manner:
    """Where a service says what. `codes` are the places of its code, of which the first counts that holds one; `taken`
    are the codes of a success, empty if each 2xx is one. `wait` is the place of the time to wait, in so many
    `seconds`. A place is the names of fields and the numbers of elements, from the outside, parted by dots."""

    codes: tuple[str, ...] = ()
    taken: frozenset[str] = frozenset()
    wait: str = ""
    seconds: float = 1.0


class Said(NamedTuple):
    """The code in the body of an answer, empty if there is none, and the seconds for which to wait."""

    code: str
    wait: float | None


# A service stands here if its errors are told with their reason.
MANNERS: dict[str, Manner] = {
    "Telegram": Manner(("ok",), frozenset({"True"}), "parameters.retry_after"),
    "Discord": Manner(("code",), wait="retry_after"),
    "Teams": Manner(),
    "ntfy": Manner(("code",)),
    "Matrix": Manner(("errcode",), wait="retry_after_ms", seconds=0.001),
    "Mattermost": Manner(),
    "Pushover": Manner(),
    "Google Chat": Manner(),
    "Rocket.Chat": Manner(("success",), frozenset({"True"})),
    "Gotify": Manner(),
    "Zulip": Manner(("code",), wait="retry-after"),
    "Alertmanager": Manner(),
    "Twilio": Manner(("code",)),
    "Kafka REST": Manner(("error_code", "offsets.0.error_code"), frozenset({"200"})),
    "LINE": Manner(),
    "Signal": Manner(),
    "WeCom": Manner(("errcode",), frozenset({"0"})),
    "DingTalk": Manner(("errcode",), frozenset({"0"})),
    "Feishu": Manner(("code", "StatusCode"), frozenset({"0"})),
    "Threema": Manner(),
    "Sensu": Manner(),
}


def document(body: bytes) -> Any:
    """The JSON of an answer; None if it holds none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def at(found: Any, place: str) -> Any:
    """The value at a place of a document, see `Manner`; None if it has none there."""
    for step in place.split("."):
        if isinstance(found, dict):
            found = found.get(step)
        elif isinstance(found, list) and step.isdecimal():
            found = found[int(step)] if int(step) < len(found) else None
        else:
            return None
    return found


def said(service: str, body: bytes) -> Said:
    """What the service says in the body of its answer."""
    manner = MANNERS.get(service, Manner())
    found = document(body)
    return Said(_code(_first(found, manner.codes)), _seconds(at(found, manner.wait), manner.seconds))


def is_taken(service: str, body: bytes) -> bool:
    """Whether a success to HTTP is one to the service too. One that says no code is; one that says something else than
    a code of a success is not, whatever that may be."""
    manner = MANNERS.get(service, Manner())
    code = _first(document(body), manner.codes) if manner.taken else None
    return code is None or str(code) in manner.taken


def _first(found: Any, places: tuple[str, ...]) -> Any:
    """The value at the first of the places that has one."""
    values = (at(found, place) for place in places)
    return next((value for value in values if value is not None), None)


def _code(value: Any) -> str:
    """A code as it may be repeated: it is somebody else's text."""
    is_one = isinstance(value, int | str) and not isinstance(value, bool)
    return str(value) if is_one and _CODE.fullmatch(str(value)) else ""


def _seconds(value: Any, unit: float) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e15:
        return None
    return value * unit
