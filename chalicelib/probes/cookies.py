"""The cookies of one look (RFC 6265): a site that sets one and redirects to itself wants to see it again.

They go back to the host that set them alone, whatever their Domain says, and nothing of them outlives the look.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from chalicelib.net.urls import Target

MOST = 50
LONGEST = 4_096


@dataclass(frozen=True, slots=True)
class _Cookie:
    name: str
    value: str
    path: str
    secure: bool

    def is_for(self, target: Target) -> bool:
        """Whether a request to this address carries it (5.1.4 and 5.4)."""
        path = target.path.partition("?")[0]
        under = path == self.path or path.startswith(self.path if self.path.endswith("/") else self.path + "/")
        return under and (target.encrypted or not self.secure)


class Jar:
    def __init__(self) -> None:
        self._kept: dict[tuple[str, str, str], _Cookie] = {}

    def take(self, target: Target, lines: Iterable[str], now: datetime) -> None:
        """Keeps what the Set-Cookie lines of an answer from this address say."""
        for line in lines:
            pair, *attributes = line.split(";")
            name, equals, value = (part.strip() for part in pair.partition("="))
            if not equals or not name or len(pair) > LONGEST or not pair.isascii() or not pair.isprintable():
                continue
            about = dict(_attribute(one) for one in attributes)
            path = about.get("path", "")
            path = path if path.startswith("/") else _directory(target.path)
            place = (target.host, path, name)
            self._kept.pop(place, None)
            if not _is_over(about, now) and len(self._kept) < MOST:
                self._kept[place] = _Cookie(name, value, path, "secure" in about)

    def header(self, target: Target) -> str:
        """What a request to this address says in its Cookie; empty for nothing. Longer paths go first."""
        found = [cookie for (host, _, _), cookie in self._kept.items() if host == target.host and cookie.is_for(target)]
        return "; ".join(f"{one.name}={one.value}" for one in sorted(found, key=lambda one: -len(one.path)))


def _attribute(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip().lower(), value.strip()


def _directory(path: str) -> str:
    return path.partition("?")[0].rpartition("/")[0] or "/"


def _is_over(about: dict[str, str], now: datetime) -> bool:
    """Whether it has expired already: so a cookie is deleted. Max-Age goes before Expires."""
    age = about.get("max-age", "")
    if age.removeprefix("-").isdigit() and age.isascii():
        return age.startswith("-") or not age.strip("0")
    try:
        until = parsedate_to_datetime(about["expires"])
    except (KeyError, ValueError, OverflowError):
        return False
    return (until if until.tzinfo else until.replace(tzinfo=UTC)) <= now
