"""dns(): what name servers answer."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from ipaddress import ip_address
from typing import ClassVar

from chalicelib.commands.base import TIMEOUT, CommandError, Context, asking, text
from chalicelib.commands.tcp import resolved
from chalicelib.languages.conditions.exposed import Exposed
from chalicelib.probes import dns_messages, fields
from chalicelib.probes.base import Failed
from chalicelib.probes.connection import Session
from chalicelib.probes.dns import PORT
from chalicelib.probes.dns_client import Server, ask, system_servers

NAMESERVERS = 3


def make(context: Context) -> Callable[..., Names]:
    def dns(host: object = None, timeout: object = TIMEOUT) -> Names:
        return Names(context, host if host is not None else context.entity.get("host"), timeout)

    return dns


class Names(Exposed):
    names: ClassVar[frozenset[str]] = frozenset({"resolve", "query"})

    def __init__(self, context: Context, host: object, timeout: object) -> None:
        self._context, self._host, self._timeout = context, host, timeout

    def resolve(self, host: object = None) -> str:
        """The first address of a host, or "ERROR: " and what is wrong."""
        return resolved(self._context, self._named(host), self._timeout)

    def query(self, host: object = None, recordtype: object = "A", nameserver: object = None) -> list[str]:
        """The records of a type, in order; `nameserver` is one, or a list of those to ask in turn."""
        name, kind = self._named(host), text(recordtype, "recordtype").upper()
        if kind not in dns_messages.TYPES:
            raise CommandError(f"recordtype must be one of {', '.join(dns_messages.TYPES)}")
        session = self._context.session(self._timeout)
        with asking(f"DNS query for {name}", session):
            asked = dns_messages.query(secrets.randbelow(65_536), _asked_for(name, kind), kind)
            answer = ask(asked, _servers(nameserver, session), session)
            if answer.code not in ("NOERROR", "NXDOMAIN"):
                raise Failed(f"name server answers {answer.code}")
            return sorted(answer.records)

    def _named(self, host: object) -> str:
        return text(self._context.own("host", host if host is not None else self._host, "dns"), "host")


def _asked_for(host: str, record: str) -> str:
    name = fields.host_name(host, "host")
    try:
        return ip_address(name).reverse_pointer if record == "PTR" else name
    except ValueError:
        return name


def _servers(given: object, session: Session) -> list[Server]:
    """Those of this machine, where none is given."""
    named = given if isinstance(given, (list, tuple)) else [given]
    wanted = [text(one, "nameserver") for one in named if one is not None]
    if len(wanted) > NAMESERVERS:
        raise CommandError(f"nameserver must not be more than {NAMESERVERS}")
    return [_server(one, session) for one in wanted] or system_servers()


def _server(spelt: str, session: Session) -> Server:
    """`host` or `host:port`."""
    host, colon, port = spelt.rpartition(":")
    alone = not colon or not port.isdecimal() or ":" in host
    name = fields.host_name(spelt if alone else host, "nameserver")
    at = PORT if alone else int(port)
    return Server(session.look_up(name, at)[0][4][0], at)
