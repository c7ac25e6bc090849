"""ping(): whether a host takes a TCP connection; a function in the cloud may not send ICMP."""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.commands.base import CommandError, Context, asking, text, whole
from chalicelib.probes import fields
from chalicelib.probes.ping import PORT

COUNT = 10


def make(context: Context) -> Callable[..., bool]:
    def ping(host: object = None, count: object = 1, timeout: object = 1, port: object = PORT) -> bool:
        """Whether one of `count` attempts was taken."""
        name = text(context.own("host", host, "ping"), "host")
        at = whole(port, "port", 1, 65_535)
        return any(_taken(context, name, at, timeout) for _ in range(whole(count, "count", 1, COUNT)))

    return ping


def _taken(context: Context, host: str, port: int, timeout: object) -> bool:
    """An address that is not allowed is no host that is down."""
    session = context.session(timeout)
    with asking(f"ping of {host}", session):
        endpoints = session.look_up(fields.host_name(host, "host"), port)
    try:
        with asking(host, session):
            session.connected(endpoints).close()
    except CommandError:
        return False
    return True
