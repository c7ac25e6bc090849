"""tcp(): whether ports take connections, and where a host is."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from chalicelib.commands.base import TIMEOUT, CommandError, Context, asking, text, whole
from chalicelib.languages.conditions.exposed import Exposed
from chalicelib.probes import fields

PORTS = 20


def make(context: Context) -> Callable[..., Host]:
    def tcp(host: object = None, timeout: object = TIMEOUT) -> Host:
        return Host(context, text(context.own("host", host, "tcp"), "host"), timeout)

    return tcp


class Host(Exposed):
    names: ClassVar[frozenset[str]] = frozenset({"open", "resolve"})

    def __init__(self, context: Context, host: str, timeout: object) -> None:
        self._context, self._host, self._timeout = context, host, timeout

    def open(self, *ports: object) -> str | dict[str, str]:
        """ "OK" or what is wrong; of several ports, by port."""
        if not 1 <= len(ports) <= PORTS:
            raise CommandError(f"open() needs 1 to {PORTS} ports")
        found = {str(port): self._opened(whole(port, "port", 1, 65_535)) for port in ports}
        return next(iter(found.values())) if len(ports) == 1 else found

    def _opened(self, port: int) -> str:
        session = self._context.session(self._timeout)
        try:
            with asking(f"{self._host}:{port}", session):
                session.dial(fields.host_name(self._host, "host"), port).close()
        except CommandError as error:
            return str(error)
        return "OK"

    def resolve(self, host: object = None) -> str:
        """The first address of a host, or "ERROR: " and what is wrong."""
        return resolved(self._context, self._host if host is None else text(host, "host"), self._timeout)


def resolved(context: Context, host: str, timeout: object) -> str:
    """The first of the addresses of a host that may be reached, or "ERROR: " and what is wrong."""
    session = context.session(timeout)
    try:
        with asking(host, session):
            return str(session.look_up(fields.host_name(host, "host"), 0)[0][4][0])
    except CommandError as error:
        return f"ERROR: {error}"
