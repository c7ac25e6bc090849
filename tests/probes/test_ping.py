from __future__ import annotations

from chalicelib.probes import ping
from tests.channels.servers import speaking
from tests.probes.servers import odd
from tests.probes.servers.scene import free_port, probe


def test_a_connection_is_a_ping_and_says_what_it_is() -> None:
    with speaking(odd.listen) as port:
        outcome = probe(ping, port=port)
    assert (outcome.ok, outcome.text) == (True, "TCP connect ok")


def test_a_failure_says_what_it_was_too() -> None:
    outcome = probe(ping, port=free_port())
    assert (outcome.ok, outcome.text) == (False, "TCP connect: connection refused")
