"""Names and descriptions of alerts, filled with captures: `Load {load:.2f} on {entities}`.

Nothing but whole names of captures can stand in the braces, so that no attribute is ever read. Source: ZMON, Alert
Definitions (name), whose 123.45 for 123.456789 is a slip: numbers are rounded half up, as its server did.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from chalicelib.core import texts

ENTITIES = "entities"
_FIELD = re.compile(r"\{([^{}:]{1,200})(?::\.(\d{1,2})f)?\}")
_VALUE_MAX = 1_000
# The longest number that a float can be, with as many digits behind the point as can be asked for.
_EXACT = Context(prec=500)


def filled(template: str, captures: Iterable[Mapping[str, Any]], entities: Sequence[str]) -> str:
    """The text with each field replaced: by the ids for {entities}, otherwise by the different values that the captures
    have under its name, in order. What no capture has stays as it is, and so does what has no number where one is
    wanted."""
    known = list(captures)

    def replace(field: re.Match[str]) -> str:
        name, digits = field[1], field[2]
        if name == ENTITIES and digits is None:
            return _cut(", ".join(entities))
        values = [value for one in known for value in _of(one, name)]
        written = {_text(value, digits) for value in values} - {None}
        return _cut(", ".join(sorted(one for one in written if one is not None))) if written else field[0]

    return texts.sound(_FIELD.sub(replace, template))


def _of(captures: Mapping[str, Any], name: str) -> list[Any]:
    """The capture of a name; `min(5m)` and `max(5m)` are kept with an underscore before them."""
    return [captures[key] for key in (name, f"_{name}") if key in captures][:1]


def _text(value: Any, digits: str | None) -> str | None:
    if digits is not None:
        return _rounded(value, int(digits))
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except (TypeError, ValueError, RecursionError):
        return None


def _rounded(value: Any, digits: int) -> str | None:
    """A number with so many digits behind the point, rounded half up; None for what is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    exact = Decimal(repr(value))
    if not exact.is_finite() or exact.adjusted() > _EXACT.prec - 100:
        return None
    return f"{exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, _EXACT):f}"


def _cut(text: str) -> str:
    return text if len(text) <= _VALUE_MAX else f"{text[:_VALUE_MAX]}..."
