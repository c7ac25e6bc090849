"""Each value by itself: scale, offset, round and the like. Source: Graphite, Functions (Transform).

A value for which there is no result, such as the root of a negative number, becomes none.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

from chalicelib.languages.graphite.context import Frame
from chalicelib.languages.graphite.naming import short
from chalicelib.languages.graphite.registry import function, integer, number, series_list
from chalicelib.languages.graphite.series import Series

DIGITS_MAX = 400


def _each(found: list[Series], word: str, change: Callable[[float], float | None], rest: str = "") -> list[Series]:
    """Applies a change to every value; the result is called `word(name<rest>)`."""
    return [
        one.like(f"{word}({one.name}{rest})", [None if value is None else change(value) for value in one.values])
        for one in found
    ]


def power(base: float, exponent: float) -> float | None:
    try:
        return math.pow(base, exponent)
    except (ValueError, OverflowError):
        return None


def _exponential(value: float) -> float | None:
    try:
        return math.exp(value)
    except OverflowError:
        return None


def _sigmoid(value: float) -> float:
    """Between 0 and 1, however large the value."""
    power_of_e = math.exp(-abs(value))
    return (1.0 if value >= 0 else power_of_e) / (1 + power_of_e)


def _logit(value: float) -> float | None:
    return math.log(value / (1 - value)) if 0 < value < 1 else None


def _logarithm(value: float, base: float) -> float | None:
    return math.log(value, base) if value > 0 else None


@function("scale", series_list(), number("factor"))
def scale(frame: Frame, found: list[Series], factor: float) -> list[Series]:
    shown = short(factor)
    return [
        one.like(f"scale({one.name},{shown})", [None if value is None else value * factor for value in one.values])
        for one in found
    ]


@function("offset", series_list(), number("factor"))
def offset(frame: Frame, found: list[Series], amount: float) -> list[Series]:
    shown = short(amount)
    return [
        one.like(f"offset({one.name},{shown})", [None if value is None else value + amount for value in one.values])
        for one in found
    ]


@function("add", series_list(), number("constant"))
def add(frame: Frame, found: list[Series], constant: float) -> list[Series]:
    """As `offset`, but its name shows no more than the whole part of the number."""
    return _each(found, "add", lambda value: value + constant, f",{_whole(constant)}")


def _whole(number_: float) -> str:
    """A number without its fraction, as some functions show it."""
    return short(number_) if math.isinf(number_) else str(int(number_))


@function("offsetToZero", series_list())
def offset_to_zero(frame: Frame, found: list[Series]) -> list[Series]:
    """Every series less its own least value."""
    made = []
    for one in found:
        least = min((value for value in one.values if value is not None), default=0.0)
        values = [None if value is None else value - least for value in one.values]
        made.append(one.like(f"offsetToZero({one.name})", values))
    return made


@function("absolute", series_list())
def absolute(frame: Frame, found: list[Series]) -> list[Series]:
    return _each(found, "absolute", abs)


@function("invert", series_list())
def invert(frame: Frame, found: list[Series]) -> list[Series]:
    return _each(found, "invert", lambda value: power(value, -1))


@function("pow", series_list(), number("factor"))
def pow_(frame: Frame, found: list[Series], exponent: float) -> list[Series]:
    return _each(found, "pow", lambda value: power(value, exponent), f",{short(exponent)}")


@function("squareRoot", series_list())
def square_root(frame: Frame, found: list[Series]) -> list[Series]:
    return _each(found, "squareRoot", lambda value: power(value, 0.5))


@function("exp", series_list())
def exp(frame: Frame, found: list[Series]) -> list[Series]:
    return _each(found, "exp", _exponential)


@function("sigmoid", series_list())
def sigmoid(frame: Frame, found: list[Series]) -> list[Series]:
    return _each(found, "sigmoid", _sigmoid)


@function("logit", series_list())
def logit(frame: Frame, found: list[Series]) -> list[Series]:
    return _each(found, "logit", _logit)


@function("log", "logarithm", series_list(), number("base", 10))
def logarithm(frame: Frame, found: list[Series], base: float) -> list[Series]:
    if base <= 0 or base == 1 or math.isinf(base):
        raise frame.wrong("base must be above 0 and not 1", 1)
    return _each(found, "log", partial(_logarithm, base=base), f", {base}")


@function("round", series_list(), integer("precision", None))
def round_(frame: Frame, found: list[Series], precision: int | None) -> list[Series]:
    """Rounds halves to the even neighbour."""
    digits, rest = (0, "") if precision is None else (precision, f",{short(precision)}")
    # No float has more digits, and a whole number would be rounded for ever.
    digits = min(max(digits, -DIGITS_MAX), DIGITS_MAX)
    return _each(found, "round", lambda value: round(value, digits), rest)


@function("scaleToSeconds", series_list(), number("seconds"))
def scale_to_seconds(frame: Frame, found: list[Series], seconds: float) -> list[Series]:
    """From an amount per step to one per `seconds`, to a millionth."""
    made = []
    for one in found:
        factor = seconds / one.step
        values = [None if value is None else round(value * factor, 6) for value in one.values]
        made.append(one.like(f"scaleToSeconds({one.name},{_whole(seconds)})", values))
    return made
