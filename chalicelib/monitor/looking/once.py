"""What many threads ask for in one run, and is read once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import Any

# Reads the newest results of many entities.
Aside = Callable[[], Sequence[Mapping[str, Any]]]


def once(read: Aside) -> Aside:
    """Reads when it is first asked, for all the threads that ask."""
    lock = Lock()
    found: list[Sequence[Mapping[str, Any]]] = []

    def reading() -> Sequence[Mapping[str, Any]]:
        with lock:
            if not found:
                found.append(read())
            return found[0]

    return reading
