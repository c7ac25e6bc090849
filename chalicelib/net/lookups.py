"""Names are looked up with a deadline. The system's resolver knows none, so threads ask it that may be left behind.

A thread serves the next name when it is done with one; a name whose servers are silent holds its thread up and nobody
else. (curl has threads of its own for this, but a fixed number of them: a few silent names would hold up all others.)
"""

from __future__ import annotations

import queue
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

# One entry of getaddrinfo: family, type, protocol, canonical name, socket address.
Endpoint = tuple[Any, ...]
# Host, port and the seconds that remain -> places. Raises OSError (socket.gaierror for an unknown name), TimeoutError.
Resolver = Callable[[str, int, float], list[Endpoint]]
# What was found, or why nothing was, and how many seconds it took.
Told = Callable[[list[Endpoint] | OSError, float], None]


NOT_FOUND = "host not found"
SILENT, FAILING = "name servers do not answer", "name servers fail"


def told(error: OSError) -> str:
    """Why a name was not found: it is none, or nobody could say so."""
    if isinstance(error, TimeoutError) or error.errno == socket.EAI_AGAIN:
        return SILENT
    return FAILING if error.errno in (socket.EAI_FAIL, socket.EAI_SYSTEM, socket.EAI_MEMORY) else NOT_FOUND


class Askers:
    """As many threads as there are names being looked up at the same time."""

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._idle = 0

    def submit(self, job: Callable[[], None]) -> None:
        with self._lock:
            free = self._idle > 0
            self._idle -= free
        self._jobs.put(job)
        if not free:
            threading.Thread(target=self._work, name="lookup", daemon=True).start()

    def _work(self) -> None:
        while True:
            self._jobs.get()()
            with self._lock:
                self._idle += 1


_askers = Askers()


def ask(host: str, port: int, seconds: float, told: Told, resolve: Resolver | None = None) -> None:
    """Begins to look a name up, and returns; `told` is called in another thread, whenever that may be."""

    def job() -> None:
        began = time.monotonic()
        found: list[Endpoint] | OSError
        try:
            found = (resolve or _system)(host, port, seconds)
        except OSError as error:
            found = error
        except UnicodeError:
            found = socket.gaierror(socket.EAI_NONAME, "not a host name")
        told(found, time.monotonic() - began)

    _askers.submit(job)


def look_up(host: str, port: int, seconds: float, resolve: Resolver | None = None) -> list[Endpoint]:
    """Where `host` is. The system needs no asking for an address in figures, however it is spelt."""
    if resolve is None:
        try:
            return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST))
        except socket.gaierror:
            pass
        except UnicodeError:
            raise socket.gaierror(socket.EAI_NONAME, "not a host name") from None
    found: queue.SimpleQueue[list[Endpoint] | OSError] = queue.SimpleQueue()
    ask(host, port, seconds, lambda answer, _: found.put(answer), resolve)
    try:
        answer = found.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(answer, OSError):
        raise answer
    return answer


def _system(host: str, port: int, _seconds: float) -> list[Endpoint]:
    return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
