"""counter(): how fast a figure grows that only grows, from one run of the check to the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from chalicelib.commands.base import Context, number, text
from chalicelib.languages.conditions.exposed import Exposed


def make(context: Context) -> Callable[..., Counter]:
    def counter(key: object = "") -> Counter:
        return Counter(context, text(key, "key", 200))

    return counter


class Counter(Exposed):
    """0 the first time, and where the figure has begun anew."""

    names: ClassVar[frozenset[str]] = frozenset({"key", "per_second", "per_minute"})

    def __init__(self, context: Context, key: str) -> None:
        self._context, self._key = context, key

    def key(self, key: object) -> Counter:
        return Counter(self._context, text(key, "key", 200))

    def per_second(self, value: object) -> float:
        figure, now = number(value, "value"), self._context.moment()
        name = f"{self._context.check}:{self._context.entity['id']}:{self._key}"
        before = self._context.readers.swap(name, figure, now)
        if before is None or now <= before[1]:
            return 0.0
        return max((figure - before[0]) / (now - before[1]), 0.0)

    def per_minute(self, value: object) -> float:
        return 60.0 * self.per_second(value)
