"""What all types that converse have in common."""

from __future__ import annotations

from itertools import count
from typing import Any

from chalicelib.probes import NAMES, kind_named
from chalicelib.probes.base import Kind
from chalicelib.probes.connection import Session
from tests.cases import each
from tests.probes.servers.scene import run

NEEDED: dict[str, dict[str, Any]] = {
    "tcp": {"port": 7},
    "dns": {"host": "www.example.org", "server": "192.0.2.53"},
    "websocket": {"url": "wss://www.example.org/feed"},
}
DIALOGUES = [kind_named(name) for name in NAMES if name not in ("http", "domain")]


@each("kind", DIALOGUES)
def test_a_dialogue_has_no_first_byte_to_wait_for(kind: Kind) -> None:
    ticking = count(100.0, 0.001)
    session = Session(60, clock=lambda: next(ticking), resolve=lambda host, port, seconds: [])
    phases = run(kind, session, **NEEDED.get(kind.name, {})).phases
    assert phases.ttfb == 0
    assert phases.ttlb > 0
