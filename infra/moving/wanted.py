"""What is to be made, in the words of our own dialects, and what of the source has no place here."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import unquote, urlsplit, urlunsplit

NAME_MAX = 100
# How often a device may be looked at: seconds, or whole minutes up to a day.
SHORT = (10, 30)
DAY = 86_400


class Unreadable(Exception):
    """The text is not what its source hands out; the message says why."""


@dataclass(slots=True)
class Wanted:
    """A heartbeat as the Healthchecks API takes it, or a device as the Alertra API does. `code` is the uuid that its
    pings name, empty for a new one; `left` is what of it is not taken along, in words."""

    kind: Literal["heartbeat", "device"]
    name: str
    document: dict[str, Any]
    code: str = ""
    paused: bool = False
    left: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Found:
    """What a source holds. `skipped` are things that cannot be made at all, each with its reason, `left` are parts of
    the source that are no checks."""

    wanted: list[Wanted] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def device(name: str, method: str, every: float, **more: Any) -> Wanted:
    """A device that is looked at so often, in seconds, or as nearly as may be."""
    frequency = nearest(every)
    wanted = Wanted("device", name[:NAME_MAX], {"FullName": name[:NAME_MAX], "Method": method, "Frequency": frequency})
    wanted.document |= {key: value for key, value in more.items() if value not in (None, "", {})}
    _part_login(wanted.document)
    if frequency != every:
        wanted.left.append(f"looked at every {frequency} s in place of {every:g} s")
    if len(name) > NAME_MAX:
        wanted.left.append("the end of its name")
    return wanted


def _part_login(document: dict[str, Any]) -> None:
    """A user and a password in the URL have fields of their own."""
    parts = urlsplit(document.get("URL", ""))
    if parts.username is None:
        return
    login = {"User": unquote(parts.username), "Password": unquote(parts.password or "")}
    document["HostData"] = {**login, **document.get("HostData", {})}
    document["URL"] = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def nearest(every: float) -> int:
    """The shortest allowed period that is no shorter, of a day at most."""
    short = next((seconds for seconds in SHORT if every <= seconds), None)
    return short or min(max(math.ceil(every / 60), 1) * 60, DAY)


def within(wanted: Wanted, what: str, value: float, low: int, high: int) -> int:
    """A figure as it is allowed here; what has to be another is said."""
    allowed = min(max(math.ceil(value), low), high)
    if allowed != value:
        wanted.left.append(f"{what} {allowed} in place of {value:g}")
    return allowed
