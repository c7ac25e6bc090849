"""Stopping everything at once: sleepers wake up, threads end, and nobody waits for what hangs."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import NoReturn


class Stopped(BaseException):
    """Raised in a thread that sleeps when everything stops. Not an Exception: no `except Exception` may swallow it."""


class Stopping:
    """The one switch. Threads made here end silently when it is thrown."""

    def __init__(self) -> None:
        self._event = threading.Event()
        # What the process does last of all, and whether that went well.
        self.last: Callable[[], bool] = lambda: True
        self._threads: set[threading.Thread] = set()

    def stop(self) -> None:
        self._event.set()

    @property
    def stopped(self) -> bool:
        return self._event.is_set()

    def sleep(self, seconds: float) -> None:
        """Sleeps, or raises Stopped as soon as everything stops."""
        if self._event.wait(max(seconds, 0)):
            raise Stopped

    def thread(self, name: str, work: Callable[[], object]) -> threading.Thread:
        """Starts `work` in a thread that does not keep the process alive."""

        def run() -> None:
            try:
                work()
            except Stopped:
                pass
            finally:
                self._threads.discard(thread)

        thread = threading.Thread(target=run, name=name, daemon=True)
        self._threads.add(thread)
        thread.start()
        return thread

    def end_process(self, code: int) -> NoReturn:
        """Ends the process there and then, but for what it does last. Code 1 if that went wrong."""
        os._exit(code if self.last() else 1)

    def join(self, seconds: float) -> None:
        """Waits for the threads, no longer than `seconds` for any one of them."""
        for thread in list(self._threads):
            thread.join(seconds)
