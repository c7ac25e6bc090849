"""Name servers of dnslib, over UDP and TCP on the same port."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dnslib import RR  # type: ignore[import-untyped]
from dnslib.server import BaseResolver, DNSHandler, DNSLogger, DNSServer  # type: ignore[import-untyped]

from tests.probes.servers.scene import HOST

ZONE = """
example.org. 60 IN SOA ns1.example.org. admin.example.org. 2026010100 3600 600 86400 60
example.org. 60 IN NS ns1.example.org.
example.org. 60 IN NS ns2.example.org.
example.org. 60 IN MX 10 mx1.example.org.
example.org. 60 IN MX 20 mx2.example.org.
example.org. 60 IN TXT "v=spf1 -all"
example.org. 60 IN CAA 0 issue "ca.example.net"
www.example.org. 60 IN A 192.0.2.2
www.example.org. 60 IN A 192.0.2.10
www.example.org. 60 IN AAAA 2001:db8::1
alias.example.org. 60 IN CNAME www.example.org.
_sip._tcp.example.org. 60 IN SRV 1 2 5060 sip.example.org.
2.2.0.192.in-addr.arpa. 60 IN PTR www.example.org.
"""
LARGE = "\n".join(f"large.example.org. 60 IN A 192.0.2.{number}" for number in range(100))


class Zone(BaseResolver):
    """Answers from the zone, follows an alias as resolvers do, and keeps over which transport it was asked."""

    def __init__(self, code: int = 0) -> None:
        self.code = code
        self.records = RR.fromZone(ZONE + LARGE)
        self.asked: list[str] = []

    def resolve(self, request: Any, handler: Any) -> Any:
        self.asked.append(handler.protocol)
        reply = request.reply()
        reply.header.rcode = self.code
        name = str(request.q.qname).lower()
        known = [record for record in self.records if str(record.rname) == name]
        aliases = [record for record in known if record.rtype == 5]
        targets = [str(record.rdata) for record in aliases]
        found = [record for record in self.records if str(record.rname) in (name, *targets)]
        reply.add_answer(*aliases, *(one for one in found if one.rtype == request.q.qtype and one not in aliases))
        if not known:
            reply.header.rcode = self.code or 3
        return reply


class Handler(DNSHandler):
    udplen = 512


def _bound(zone: Zone, logger: Any) -> tuple[int, list[Any]]:
    """A server of each transport on one port. A port that is free for one may be taken for the other: then again."""
    for _ in range(100):
        over_tcp = DNSServer(zone, HOST, 0, tcp=True, logger=logger, handler=Handler).server
        port: int = over_tcp.server_address[1]
        try:
            return port, [
                over_tcp,
                DNSServer(zone, HOST, port, logger=logger, handler=Handler).server,
            ]
        except OSError:
            over_tcp.server_close()
    raise AssertionError("no port is free for both transports")


@contextmanager
def name_server(code: int = 0) -> Iterator[tuple[int, Zone]]:
    """Yields its port and its zone."""
    zone, quiet = Zone(code), DNSLogger(log="-recv,-send,-request,-reply,-truncated,-error,-data", prefix=False)
    port, servers = _bound(zone, quiet)
    threads = [threading.Thread(target=one.serve_forever, args=(0.005,)) for one in servers]
    for thread in threads:
        thread.start()
    try:
        yield port, zone
    finally:
        for server, thread in zip(servers, threads, strict=True):
            server.shutdown()
            thread.join()
            server.server_close()
