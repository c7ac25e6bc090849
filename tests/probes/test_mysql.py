"""Against mysql-mimic."""

from __future__ import annotations

import struct

import pytest

from chalicelib.probes import dialogue, mysql
from tests.channels.servers import speaking
from tests.probes.servers import mysql as servers
from tests.probes.servers import odd
from tests.probes.servers.scene import probe


def packet(payload: bytes, number: int = 0) -> bytes:
    return len(payload).to_bytes(3, "little") + bytes([number]) + payload


def test_the_greeting_tells_the_version() -> None:
    with servers.mysql() as (port, _):
        outcome = probe(mysql, port=port)
    assert (outcome.ok, outcome.text) == (True, "MySQL greeting, version 8.0.29")
    assert outcome.details == {"version": "8.0.29"}


def test_the_handshake_is_brought_to_its_end_lest_the_server_shut_the_prober_out() -> None:
    with servers.mysql() as (port, nobody):
        probe(mysql, port=port)
    assert nobody.came == ["tocsin"]


def test_a_server_that_lets_nobody_in_is_told_in_its_words() -> None:
    with servers.mysql(full=True) as (port, _):
        outcome = probe(mysql, port=port)
    assert (outcome.ok, outcome.text) == (False, "MySQL error 1040: Too many connections")


def test_the_words_of_an_error_are_cut_and_put_on_one_line() -> None:
    words = b"Host\r\nis\x00 blocked " + b"x" * 500
    with speaking(odd.saying(packet(b"\xff" + struct.pack("<H", 1129) + words))) as port:
        outcome = probe(mysql, port=port)
    assert not outcome.ok
    assert outcome.text.startswith("MySQL error 1129: Host is blocked xxx")
    assert len(outcome.text) == len("MySQL error 1129: ") + 100


@pytest.mark.parametrize("payload", [b"\x09old\0", b"\x0a8.0", b"\xff", b"SSH-2.0-x\r\n"])
def test_another_greeting_is_a_failure(payload: bytes) -> None:
    with speaking(odd.saying(packet(payload))) as port:
        outcome = probe(mysql, port=port)
    assert not outcome.ok
    assert outcome.text.startswith("expected a MySQL greeting, got ")


@pytest.mark.parametrize("answers", [(), (packet(b"\xfe", 2), packet(b"\xff\x15\x04no", 4)), (b"\xff" * 40,)])
def test_how_the_handshake_ends_is_of_no_interest(answers: tuple[bytes, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialogue, "PARTING_SECONDS", 0.05)
    with speaking(odd.saying(packet(b"\x0a8.4.0\0" + bytes(40)), *answers)) as port:
        outcome = probe(mysql, port=port)
    assert (outcome.ok, outcome.text) == (True, "MySQL greeting, version 8.4.0")
