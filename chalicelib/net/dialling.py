"""The guard, and the way past it to a connection.

It cannot be walked around: a name is looked up once, the places found are judged (`core.addresses`), and what is
connected to is a place that passed, not the name; so a name that answers differently the second time gains nothing.
"""

from __future__ import annotations

import errno
import os
import selectors
import socket
import time
from collections import deque
from collections.abc import Callable
from functools import lru_cache
from itertools import zip_longest

from chalicelib.core.addresses import allowed
from chalicelib.net.lookups import Endpoint, Resolver, look_up

NOT_ALLOWED = "address not allowed"
# So many seconds after one place the next is tried (RFC 8305, 8, Connection Attempt Delay).
STAGGER = 0.25

# The judgement of the core, remembered: it is a pure function, and the same few addresses come every minute.
judged = lru_cache(maxsize=4_096)(allowed)


class NotAllowed(Exception):
    """None of the places of a host may be connected to."""

    def __init__(self) -> None:
        super().__init__(NOT_ALLOWED)


def find(
    host: str, port: int, seconds: float, allowed_networks: tuple[str, ...] = (), resolve: Resolver | None = None
) -> list[Endpoint]:
    """Where `host` is, without the places that may not be connected to; there is at least one. Raises NotAllowed, and
    what a look-up raises: socket.gaierror, TimeoutError."""
    endpoints = look_up(host, port, seconds, resolve)
    if not endpoints:
        raise socket.gaierror(socket.EAI_NONAME, "name has no address")
    passed = [endpoint for endpoint in endpoints if judged(endpoint[4][0], allowed_networks)]
    if not passed:
        raise NotAllowed
    return passed


def connect(endpoints: list[Endpoint], left: Callable[[], float]) -> socket.socket:
    """A connection to the place that takes one first. They are tried one after the other, each a moment after the one
    before, so that a place which is silent costs the others no more than that (RFC 8305). `left` tells the seconds that
    remain, or raises TimeoutError. Raises OSError, the last place's."""
    if len(endpoints) == 1:
        return _connected(endpoints[0], left())
    race = _Race(_interleaved(endpoints), left)
    try:
        return _ready(race.won(), left())
    finally:
        race.end()


def _interleaved(endpoints: list[Endpoint]) -> list[Endpoint]:
    """The families in turn, beginning with that of the first place; in each, the order is the resolver's."""
    first = [one for one in endpoints if one[0] == endpoints[0][0]]
    others = [one for one in endpoints if one[0] != endpoints[0][0]]
    turns = zip_longest(first, others)
    return [one for turn in turns for one in turn if one is not None]


class _Race:
    """Attempts to connect that are under way at the same time."""

    def __init__(self, endpoints: list[Endpoint], left: Callable[[], float]) -> None:
        self._waiting = deque(endpoints)
        self._left = left
        self._running: dict[int, socket.socket] = {}
        self._failure = OSError()
        self._selector = selectors.DefaultSelector()

    def won(self) -> socket.socket:
        """The first that is connected, out of the race. Raises OSError when none can be."""
        start = 0.0
        while self._waiting or self._running:
            if self._waiting and (not self._running or time.monotonic() >= start):
                start = time.monotonic() + STAGGER
                self._begin(self._waiting.popleft())
                continue
            pause = self._left()
            if self._waiting:
                pause = min(pause, max(start - time.monotonic(), 0.0))
            for key, _ in self._selector.select(pause):
                sock = self._out(key.fd)
                error = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                if not error:
                    return sock
                sock.close()
                # The next need not wait for its moment.
                self._failure, start = OSError(error, os.strerror(error)), 0.0
        raise self._failure

    def _begin(self, endpoint: Endpoint) -> None:
        self._left()
        family, kind, protocol, _, address = endpoint
        try:
            sock = socket.socket(family, kind, protocol)
        except OSError as failure:
            self._failure = failure
            return
        sock.setblocking(False)
        error = sock.connect_ex(address)
        if error not in (0, errno.EINPROGRESS):
            sock.close()
            self._failure = OSError(error, os.strerror(error))
            return
        self._running[sock.fileno()] = sock
        self._selector.register(sock, selectors.EVENT_WRITE)

    def _out(self, number: int) -> socket.socket:
        self._selector.unregister(number)
        return self._running.pop(number)

    def end(self) -> None:
        """Lets go of those who have not won."""
        for number in list(self._running):
            self._out(number).close()
        self._selector.close()


def _connected(endpoint: Endpoint, seconds: float) -> socket.socket:
    family, kind, protocol, _, address = endpoint
    sock = socket.socket(family, kind, protocol)
    try:
        sock.settimeout(seconds)
        sock.connect(address)
        return _ready(sock, seconds)
    except BaseException:
        sock.close()
        raise


def _ready(sock: socket.socket, seconds: float) -> socket.socket:
    sock.settimeout(seconds)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock
