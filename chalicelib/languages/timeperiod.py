"""ZMON's notification time period: `wd {Mon-Fri} hr {9-16}, wd {Sat} hr {10-12}`, which ends at 16:59:59.

Source: the behaviour of the `period` of an alert definition, which took its language from Perl's Time::Period:

    period = times ("," times)*               one of them is enough; an empty one is always
    times  = "always" | "none" | "never" | scale*
    scale  = NAME "{" range (" " range)* "}"  different scales hold together, of the same one either does
    range  = VALUE ["-" VALUE]                both ends are in it; 22-6 goes over midnight

A NAME is yr, mo, wk, yd, md, wd, hr, min, sec or the longer word; a VALUE is a number, a month or a weekday, of which
the first letters do. All of it may be in any case.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NoReturn

from chalicelib.core.errors import Invalid
from chalicelib.core.periods import ALWAYS, Period, Range, Times

FIELD = "period"
LENGTH_MAX = 1_000

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("su", "mo", "tu", "we", "th", "fr", "sa")
_ALWAYS, _NEVER = ("always", "none", ""), "never"

_SPACE = re.compile(r"\s*")
_WORD = re.compile(r"[A-Za-z]*")
_VALUE = re.compile(r"[0-9]+|[A-Za-z]+")
_DASH = re.compile(r"\s*-\s*")


@dataclass(frozen=True, slots=True)
class _Scale:
    """`name` is that of the field of `Times`, `called` the word for one of its values."""

    name: str
    called: str
    low: int
    high: int
    words: tuple[str, ...] = ()

    @property
    def expected(self) -> str:
        words = f", or {self.words[0]} to {self.words[-1]}" if self.words else ""
        return f"expected {self.called} from {self.low} to {self.high}{words}"


_YEAR = _Scale("year", "a year", 1, 9_999)
_SCALES = {
    ("yr", "year"): _YEAR,
    ("mo", "month"): _Scale("month", "a month", 1, 12, _MONTHS),
    ("wk", "week"): _Scale("week", "a week", 1, 5),
    ("yd", "yday"): _Scale("yday", "a day of the year", 1, 366),
    ("md", "mday"): _Scale("mday", "a day of the month", 1, 31),
    ("wd", "wday"): _Scale("wday", "a weekday", 1, 7, _DAYS),
    ("hr", "hour"): _Scale("hour", "an hour", 0, 23),
    ("min", "minute"): _Scale("minute", "a minute", 0, 59),
    ("sec", "second"): _Scale("second", "a second", 0, 59),
}
_NAMES = {name: scale for names, scale in _SCALES.items() for name in names}


@lru_cache(maxsize=1_024)
def parse(text: str) -> Period:
    """The period that a text describes. Raises Invalid("period", ...) with the position, counted from 1, of what is
    wrong."""
    if len(text) > LENGTH_MAX:
        raise Invalid(FIELD, f"must not be longer than {LENGTH_MAX} characters")
    return _Parser(text).period()


class _Parser:
    """Recursive descent over the characters."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def period(self) -> Period:
        alternatives = [*self._times()]
        while self._passed(","):
            alternatives += self._times()
        if self._at < len(self._text):
            self._fail()
        return ALWAYS if Times() in alternatives else Period(tuple(dict.fromkeys(alternatives)))

    def _times(self) -> list[Times]:
        """An alternative; none for one that never holds."""
        self._take(_SPACE)
        word = self._take(_WORD).lower()
        self._take(_SPACE)
        if word in _ALWAYS and not self._is("{"):
            return [Times()]
        if word == _NEVER and not self._is("{"):
            return []
        return [self._scales(word)]

    def _scales(self, word: str) -> Times:
        found: dict[str, tuple[Range, ...]] = {}
        while word:
            scale, ranges = self._scale(word)
            found[scale.name] = found.get(scale.name, ()) + ranges
            word = self._take(_WORD).lower()
            self._take(_SPACE)
        return Times(**{name: () if _is_all(name, ranges) else ranges for name, ranges in found.items()})

    def _scale(self, word: str) -> tuple[_Scale, tuple[Range, ...]]:
        scale = _NAMES.get(word)
        if scale is None:
            self._at = self._text.lower().rindex(word, 0, self._at)
            self._fail(f"expected one of {', '.join(short for short, _ in _SCALES)}, always and never")
        if not self._passed("{"):
            self._fail("expected {")
        self._take(_SPACE)
        ranges = [self._range(scale)]
        while not self._closed():
            if not self._passed(" "):
                self._fail("expected a blank or }")
            ranges.append(self._range(scale))
        self._take(_SPACE)
        return scale, tuple(ranges)

    def _closed(self) -> bool:
        here = self._at
        self._take(_SPACE)
        if self._passed("}"):
            return True
        self._at = here
        return False

    def _range(self, scale: _Scale) -> Range:
        low = self._value(scale)
        return (low, self._value(scale)) if self._take(_DASH) else (low, low)

    def _value(self, scale: _Scale) -> int:
        here = self._at
        value = _number(scale, self._take(_VALUE).lower())
        if value is None:
            self._at = here
            self._fail(scale.expected)
        return value

    def _is(self, sign: str) -> bool:
        return self._text.startswith(sign, self._at)

    def _passed(self, sign: str) -> bool:
        found = self._is(sign)
        self._at += found
        return found

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        self._at = match.end() if match else self._at
        return match[0] if match else ""

    def _fail(self, expected: str = "") -> NoReturn:
        rest = self._text[self._at :]
        found = _VALUE.match(rest)
        stands = repr(found[0] if found else rest[0]) if rest else "the end"
        hint = f": {expected}" if expected else ""
        raise Invalid(FIELD, f"cannot be understood at position {self._at + 1}, where {stands} stands{hint}")


def _number(scale: _Scale, text: str) -> int | None:
    """The value that a text stands for; None for none of the scale."""
    if text.isalpha():
        word = text[: len(scale.words[0])] if scale.words else text
        return scale.words.index(word) + 1 if word in scale.words else None
    if not text or (scale is _YEAR and len(text) not in (2, 4)):
        return None
    # A year of two figures is one of this century.
    value = int(text) + (2_000 if scale is _YEAR and len(text) == 2 else 0)
    return value if scale.low <= value <= scale.high else None


def _is_all(name: str, ranges: tuple[Range, ...]) -> bool:
    """Whether one of the ranges is the whole of its scale."""
    scale = _NAMES[name]
    return (scale.low, scale.high) in ranges
