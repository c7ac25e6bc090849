"""Families of metrics as text, in the format that scrapers read (Prometheus, Exposition formats, version 0.0.4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

# Labels in the form in which they are sent (see `labels`), and a value.
Sample = tuple[str, float]

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})


@dataclass(frozen=True, slots=True)
class Family:
    """Samples of one name, no two with the same labels. `about` is one line, without backslashes."""

    name: str
    type: Literal["gauge", "counter"]
    about: str
    samples: Iterable[Sample]


def labels(**values: str) -> str:
    """Labels as they are sent, in the order in which they are given."""
    return ",".join(f'{name}="{_escaped(value)}"' for name, value in values.items())


def _escaped(value: str) -> str:
    """A value as it stands in quotes. A scraper takes UTF-8 alone, which has no place for half a character."""
    return value.translate(_ESCAPES).encode("utf-8", "replace").decode()


def written(families: Iterable[Family]) -> str:
    """The families with their samples. One that has none is told, too."""
    return "".join(line for family in families for line in _lines(family))


def _lines(family: Family) -> Iterator[str]:
    yield f"# HELP {family.name} {family.about}\n# TYPE {family.name} {family.type}\n"
    for found, value in family.samples:
        yield f"{family.name}{{{found}}} {value!r}\n" if found else f"{family.name} {value!r}\n"
