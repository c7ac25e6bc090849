"""Programs that are Python too, run by Python itself: what the language must agree with. For tests alone, whose own
programs these are."""

from __future__ import annotations

import builtins
import collections
import functools
import itertools
import math
import re
import warnings
from typing import Any

# Lists, where the language gives lists and Python iterators.
NAMES: dict[str, Any] = {
    "__builtins__": {
        **{
            name: getattr(builtins, name)
            for name in ("abs", "all", "any", "bin", "bool", "chr", "dict", "divmod", "float")
        },
        **{
            name: getattr(builtins, name) for name in ("format", "frozenset", "hex", "int", "isinstance", "len", "list")
        },
        **{
            name: getattr(builtins, name)
            for name in ("max", "min", "oct", "ord", "pow", "range", "repr", "round", "set")
        },
        **{name: getattr(builtins, name) for name in ("sorted", "str", "sum", "tuple")},
        **{name: getattr(builtins, name) for name in ("Exception", "KeyError", "TypeError", "ValueError")},
    },
    "Counter": collections.Counter,
    "chain": lambda *values: list(itertools.chain(*values)),
    "enumerate": lambda *values: list(enumerate(*values)),
    "filter": lambda *values: list(filter(*values)),
    "map": lambda *values: list(map(*values)),
    "math": math,
    "re": re,
    "reduce": functools.reduce,
    "reversed": lambda values: list(reversed(values)),
    "zip": lambda *values: list(zip(*values, strict=False)),
}


def value_of(text: str) -> Any:
    """What Python makes of the program. Raises whatever it raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _value(text)


def _value(text: str) -> Any:
    known = dict(NAMES)
    if not text.startswith("def "):
        return settled(eval(text, known))
    exec(text, known)
    return settled(known["f"]())


def settled(value: Any) -> Any:
    """A value with its type and its order, and without the views and iterators that the language has none of."""
    kind = type(value)
    if kind.__name__ in ("dict_keys", "dict_values", "dict_items", "generator"):
        return settled(list(value))
    if kind in (list, tuple):
        return (kind.__name__, [settled(one) for one in value])
    if kind in (dict, collections.Counter):
        return (kind.__name__, [(settled(key), settled(one)) for key, one in value.items()])
    if kind in (set, frozenset):
        return (kind.__name__, sorted(repr(settled(one)) for one in value))
    return (kind.__name__, repr(value))
