"""The guard, and the way past it to a connection.

It cannot be walked around: a name is looked up once, the places found are judged (`core.addresses`), and what is
connected to is a place that passed, not the name; so a name that answers differently the second time gains nothing.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from functools import lru_cache

from chalicelib.core.addresses import allowed
from chalicelib.net.lookups import Endpoint, Resolver, look_up

NOT_ALLOWED = "address not allowed"

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
    """A connection to the first place that takes one; none may use up the time of those behind it. `left` tells the
    seconds that remain, or raises TimeoutError. Raises OSError, the last place's."""
    failure = OSError()
    for waiting, endpoint in zip(range(len(endpoints), 0, -1), endpoints, strict=True):
        try:
            return _connected(endpoint, left() / waiting)
        except OSError as error:
            failure = error
    raise failure


def _connected(endpoint: Endpoint, seconds: float) -> socket.socket:
    family, kind, protocol, _, address = endpoint
    sock = socket.socket(family, kind, protocol)
    try:
        sock.settimeout(seconds)
        sock.connect(address)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        sock.close()
        raise
    return sock
