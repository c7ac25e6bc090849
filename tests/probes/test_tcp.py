from __future__ import annotations

import socket
import struct

import pytest

from chalicelib.probes import dialogue, tcp
from chalicelib.probes.base import Failed
from chalicelib.probes.connection import Connection
from tests.channels.servers import speaking
from tests.probes.servers import odd
from tests.probes.servers.scene import HOST, authority, line, probe
from tests.probes.servers.websocket import websocket


def test_without_words_a_connection_is_all() -> None:
    with speaking(odd.listen) as port:
        outcome = probe(tcp, port=port)
    assert (outcome.ok, outcome.text) == (True, "connected")


def test_the_expected_answer_is_found_in_what_comes_in_pieces() -> None:
    def speak(connection: socket.socket) -> None:
        assert connection.recv(1_000) == b"PING \xff\\\r\n"
        for piece in (b"+PO", b"N", b"G\r\nmore"):
            connection.sendall(piece)
        odd.listen(connection)

    with speaking(speak) as port:
        outcome = probe(tcp, port=port, send="PING \\xff\\\\\\r\\n", expect="PONG\\r\\n")
    assert (outcome.ok, outcome.text) == (True, "expected answer")


def test_another_answer_is_told() -> None:
    with speaking(lambda connection: connection.sendall(b"-ERR  unknown\x1b[1m\r\ncommand\r\n")) as port:
        outcome = probe(tcp, port=port, expect="+PONG")
    assert (outcome.ok, outcome.text) == (False, 'expected "+PONG", got "-ERR unknown [1m command"')


def test_another_answer_that_does_not_end_is_told_when_the_time_is_over() -> None:
    with speaking(odd.saying(b"-ERR\r\n")) as port:
        outcome = probe(tcp, seconds=0.3, port=port, expect="+PONG")
    assert (outcome.ok, outcome.text) == (False, 'expected "+PONG", got "-ERR"')


def test_another_answer_is_told_even_if_the_connection_breaks_off_after_it() -> None:
    def speak(connection: socket.socket) -> None:
        connection.sendall(b"-ERR\r\n")
        connection.recv(1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    class Hasty(Connection):
        """Lets the server break off as soon as its answer has been read."""

        def receive(self, limit: int = 65_536) -> bytes:
            data = super().receive(limit)
            self.send(b"x")
            return data

    with (
        speaking(speak) as port,
        Hasty(socket.create_connection((HOST, port)), line()) as connection,
        pytest.raises(Failed, match=r'expected "[+]PONG", got "-ERR"'),
    ):
        dialogue.find(dialogue.incoming(connection), b"+PONG")


def test_an_echo_of_what_was_sent_is_not_repeated() -> None:
    def speak(connection: socket.socket) -> None:
        connection.sendall(b"unknown: " + connection.recv(1_000))

    with speaking(speak) as port:
        outcome = probe(tcp, port=port, send="AUTH hunter2\\r\\n", expect="OK")
    assert (outcome.ok, outcome.text) == (False, 'expected "OK", got "unknown: ... ..."')


def test_a_long_answer_is_cut_short() -> None:
    with speaking(lambda connection: connection.sendall(b"y" * 5_000)) as port:
        outcome = probe(tcp, port=port, expect="x")
    assert outcome.text == f'expected "x", got "{"y" * 99}…"'


def test_over_tls_the_dialogue_is_the_same() -> None:
    with websocket(context=authority().context("127.0.0.1")) as port:
        outcome = probe(tcp, port=port, tls=True, send="GET / HTTP/1.1\\r\\n\\r\\n", expect="HTTP/1.1 426")
    assert (outcome.ok, outcome.text) == (True, "expected answer")
    assert outcome.phases.ssl > 0


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", b""),
        ("a\\r\\n\\t\\\\b", b"a\r\n\t\\b"),
        ("\\x00\\xFF\\\\x41", b"\x00\xff\\x41"),
        ("ü\n", b"\xc3\xbc\n"),
    ],
)
def test_escapes_stand_for_their_bytes(text: str, meant: bytes) -> None:
    assert tcp.unescaped(text) == meant
