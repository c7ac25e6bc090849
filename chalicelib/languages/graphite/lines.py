"""Points as Graphite's line protocol writes them: `name value [timestamp]`, with tags `name;tag=value;tag=value`.

Source: Hosted Graphite, Sending Metrics (HTTP API, metric names); Graphite, Feeding In Your Data and Tag Support.
A line that cannot be used is refused by itself; the others count. Made for speed: whatever looks like the usual line is
taken without a closer look, and a name is examined once, not once a point.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

LINES_MAX = 10_000
LINE_MAX = 2_048
# A name is part of a key of DynamoDB, which ends at 1,024 bytes.
NAME_MAX = 800
# Lines that are refused are told one by one up to here, then only counted.
BAD_TOLD = 20
SHOWN = 80

_NAME = re.compile(rb"[A-Za-z0-9*.\-_$%#=]+")
_DOTS = re.compile(rb"\.\.+")
_TAG = re.compile(rb"([!-~]+?)=([!-~]+)")
_NOT_IN_TAG = frozenset(b"!^")


class Point(NamedTuple):
    """One value of a series, which is called by its name and its tags in order; `at` is in seconds since 1970."""

    series: str
    at: int
    value: float


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that was refused: its number from 1, how it begins, and why."""

    number: int
    text: str
    why: str


@dataclass(slots=True)
class Lines:
    """What a body held. `refused` counts all bad lines, `bad` tells the first of them; `stamped` says that every point
    brought its own time, so that the same body sent again holds the same points."""

    points: list[Point] = field(default_factory=list)
    bad: list[BadLine] = field(default_factory=list)
    refused: int = 0
    stamped: bool = True

    def by_series(self) -> dict[str, list[tuple[int, float]]]:
        """The points of each series in the order in which they came, as (at, value)."""
        grouped: dict[str, list[tuple[int, float]]] = {}
        for series, at, value in self.points:
            if (points := grouped.get(series)) is None:
                points = grouped[series] = []
            points.append((at, value))
        return grouped

    def refuse(self, number: int, line: bytes, why: str) -> None:
        self.refused += 1
        if len(self.bad) < BAD_TOLD:
            self.bad.append(BadLine(number, _shown(line), why))


class _Bad(ValueError):
    """Why a line cannot be used."""


def parse(body: bytes, now: datetime, oldest: datetime, newest: datetime, *, limit: int = LINES_MAX) -> Lines:
    """Reads a body of lines. Points before `oldest` or after `newest` are refused; one without a time, or with -1, is
    of `now`. What comes after the first `limit` lines is refused in one piece, under the number of its first line."""
    found, current = Lines(), int(now.timestamp())
    first, last = oldest.timestamp(), newest.timestamp()
    points = found.points
    for number, line in enumerate(body.split(b"\n"), 1):
        fields = line.split()
        if not fields:
            continue
        if len(points) + found.refused >= limit:
            found.refuse(number, line, f"more than {limit} lines in one request: this and all after it are refused")
            break
        try:
            name, text, stamp = fields
            at, value = int(stamp), float(text)
            # A value minus itself is not nought when it is infinite or not a number.
            if not first <= at <= last or value - value != 0 or b"_" in text + stamp or len(line) > LINE_MAX:
                raise _Bad
            points.append(Point(canonical(name), at, value))
        except ValueError:
            _unusual(found, number, line, fields, (current, first, last))
    return found


def _unusual(found: Lines, number: int, line: bytes, fields: list[bytes], times: tuple[int, float, float]) -> None:
    """Reads a line that is not the usual one: it has no time or a fraction of one, or something is wrong with it."""
    try:
        point, stamped = _point(line, fields, *times)
    except _Bad as bad:
        found.refuse(number, line, str(bad))
        return
    found.points.append(point)
    found.stamped &= stamped


def _point(line: bytes, fields: list[bytes], now: int, first: float, last: float) -> tuple[Point, bool]:
    if len(line) > LINE_MAX:
        raise _Bad(f"longer than {LINE_MAX} bytes")
    if len(fields) not in (2, 3):
        raise _Bad("not of the form: name value [timestamp]")
    series = canonical(fields[0])
    value = _number(fields[1], "value")
    at = _number(fields[2], "timestamp") if len(fields) == 3 else -1
    if at == -1:
        return Point(series, now, value), False
    if at < first:
        raise _Bad("timestamp is before what is kept")
    if at > last:
        raise _Bad("timestamp is in the future (it must be in seconds since 1970)")
    return Point(series, int(at), value), True


def _number(text: bytes, what: str) -> float:
    try:
        number = float(text)
    except ValueError:
        raise _Bad(f"{what} is not a number") from None
    if number - number != 0 or b"_" in text:
        raise _Bad(f"{what} is not a finite number")
    return number


@lru_cache(maxsize=65_536)
def canonical(name: bytes) -> str:
    """The series that a name with its tags means: the tags in order, and no empty part between dots, as Carbon's files
    know none. Raises ValueError with the reason."""
    if len(name) > NAME_MAX:
        raise _Bad(f"name is longer than {NAME_MAX} bytes")
    plain, *tags = name.split(b";")
    plain = _DOTS.sub(b".", plain).strip(b".")
    if not _NAME.fullmatch(plain):
        raise _Bad("name may have letters, digits and * . - _ $ % # = alone")
    if not tags:
        return plain.decode("ascii")
    pairs = dict(_tag(tag) for tag in tags)
    if len(pairs) < len(tags):
        raise _Bad("a tag is there twice")
    return ";".join([plain.decode("ascii"), *(f"{key}={pairs[key]}" for key in sorted(pairs))])


def meant(name: str) -> str:
    """The series, or the pattern of series, that a name in a target means: as `canonical` writes it where a series can
    be called so."""
    plain, semicolon, tags = name.partition(";")
    if semicolon:
        try:
            return canonical(name.encode())
        except ValueError:
            pass
    return _DOTS.sub(b".", plain.encode()).strip(b".").decode() + semicolon + tags


def _tag(text: bytes) -> tuple[str, str]:
    match = _TAG.fullmatch(text)
    if not match or not _NOT_IN_TAG.isdisjoint(match[1]) or match[2].startswith(b"~"):
        raise _Bad("tags must be written as name;tag=value")
    if match[1] == b"name":
        raise _Bad("no tag can be called name: that is the metric's own")
    return match[1].decode("ascii"), match[2].decode("ascii")


def _shown(line: bytes) -> str:
    """How a line begins, fit to be printed."""
    text = line[: SHOWN + 1].strip().decode("ascii", "backslashreplace")
    text = "".join(letter if letter.isprintable() else f"\\x{ord(letter):02x}" for letter in text)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 3]}..."
