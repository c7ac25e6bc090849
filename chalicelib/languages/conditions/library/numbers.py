"""Functions of numbers, and the module math."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from typing import Any

from chalicelib.languages.conditions import operators
from chalicelib.languages.conditions.budget import BITS_MAX, Run
from chalicelib.languages.conditions.errors import Exhausted
from chalicelib.languages.conditions.library.registry import FUNCTIONS, native
from chalicelib.languages.conditions.plain import NUMBERS, bounded
from chalicelib.languages.conditions.sequences import items
from chalicelib.languages.conditions.values import Module, Native, kind_of

# Python makes a power of ten of the digits that are to be rounded.
_DIGITS_MAX = 400
_MODULAR_BITS_MAX = 512
_MULTIPLY_MAX = 1_000

_power = operators.binary(ast.Pow)


def number(value: Any) -> Any:
    """The value, if it is a number. Raises TypeError."""
    if type(value) not in NUMBERS:
        raise TypeError(f"a number is required, not {kind_of(value)}")
    return value


def integer(value: Any) -> int:
    if type(value) not in (int, bool):
        raise TypeError(f"'{kind_of(value)}' object cannot be interpreted as an integer")
    return int(value)


@native("abs")
def _abs(run: Run, x: Any, /) -> Any:
    return abs(number(x))


@native("round")
def _round(run: Run, number: Any, ndigits: Any = None) -> Any:
    if type(number) not in NUMBERS:
        raise TypeError(f"type {kind_of(number)} doesn't define __round__ method")
    if ndigits is None:
        return round(number)
    return round(number, max(-_DIGITS_MAX, min(integer(ndigits), _DIGITS_MAX)))


@native("divmod")
def _divmod(run: Run, x: Any, y: Any, /) -> Any:
    return divmod(number(x), number(y))


@native("pow")
def _pow(run: Run, base: Any, exp: Any, mod: Any = None) -> Any:
    if mod is None:
        return _power(run, base, exp)
    numbers = [integer(one) for one in (base, exp, mod)]
    if max(one.bit_length() for one in numbers) > _MODULAR_BITS_MAX:
        raise Exhausted(f"a power with a modulus takes numbers of up to {_MODULAR_BITS_MAX} bits")
    return pow(*numbers)


@native("normalvariate")
def _normalvariate(run: Run, mu: Any = 0.0, sigma: Any = 1.0) -> Any:
    return run.surroundings.normal(number(mu), number(sigma))


@native("timestamp")
def _timestamp(run: Run) -> Any:
    """Seconds since 1970."""
    return run.surroundings.now()


def _digits(name: str, python: Callable[[int], str]) -> None:
    FUNCTIONS[name] = Native(name, lambda run, x, /: python(integer(x)))


for _name, _python in {"hex": hex, "oct": oct, "bin": bin}.items():
    _digits(_name, _python)


def _of_numbers(name: str) -> Native:
    """A function of math, all of whose arguments are numbers."""
    python: Callable[..., Any] = getattr(math, name)
    return Native(name, lambda run, *args: bounded(python(*map(number, args))))


def _factorial(run: Run, x: Any, /) -> Any:
    if integer(x) > _MULTIPLY_MAX:
        raise Exhausted(f"a number would have more than {BITS_MAX:,} bits")
    return bounded(math.factorial(x))


def _math_pow(run: Run, x: Any, y: Any, /) -> Any:
    return math.pow(float(number(x)), float(number(y)))


_MATH = (
    *("acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "ceil", "copysign", "cos", "cosh", "degrees", "erf"),
    *("exp", "expm1", "fabs", "floor", "fmod", "gcd", "hypot", "isfinite", "isinf", "isnan", "log", "log10", "log1p"),
    *("log2", "modf", "radians", "remainder", "sin", "sinh", "sqrt", "tan", "tanh", "trunc"),
)

FUNCTIONS["math"] = Module(
    "math",
    {
        **{name: _of_numbers(name) for name in _MATH},
        **{name: getattr(math, name) for name in ("e", "inf", "nan", "pi", "tau")},
        "factorial": Native("factorial", _factorial),
        "fsum": Native("fsum", lambda run, values, /: math.fsum([number(one) for one in items(run, values)])),
        "pow": Native("pow", _math_pow),
    },
)
