"""What stands for `threading` where the application waits for others: who waits does so in the crowd's time."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.storms.crowd import Crowd
    from tests.walk.world import Strand


class Threads:
    """As much of the module as is used. One strand runs at a time, so a lock is never contended."""

    Lock = staticmethod(threading.Lock)

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd

    def Event(self) -> Event:  # noqa: N802 - a class in a module
        return Event(self._crowd)

    def Condition(self) -> Condition:  # noqa: N802
        return Condition(self._crowd)


class Event:
    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self._set = False
        self._waiting: list[Strand] = []

    def is_set(self) -> bool:
        return self._set

    def set(self) -> None:
        self._set = True
        self._crowd.wake(self._waiting)

    def clear(self) -> None:
        self._set = False

    def wait(self, timeout: float | None = None) -> bool:
        if not self._set and (timeout is None or timeout > 0):
            self._crowd.doze(self._waiting, timeout)
        return self._set


class Condition:
    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self._waiting: list[Strand] = []

    def __enter__(self) -> Condition:
        return self

    def __exit__(self, *_: object) -> None: ...

    def wait(self, timeout: float | None = None) -> None:
        self._crowd.doze(self._waiting, timeout)

    def notify(self) -> None:
        first, self._waiting[:1] = self._waiting[:1], []
        self._crowd.wake(first)
