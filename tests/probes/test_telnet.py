"""Against twisted.conch's Telnet."""

from __future__ import annotations

import socket

import pytest

from chalicelib.probes import telnet
from tests.channels.servers import speaking
from tests.probes.servers import odd
from tests.probes.servers.scene import probe
from tests.probes.servers.telnet import telnet as server


def test_a_server_that_asks_who_is_there_answers() -> None:
    with server() as port:
        outcome = probe(telnet, port=port, expect="Username: ")
    assert (outcome.ok, outcome.text) == (True, "expected answer")


def test_without_an_expectation_any_word_will_do() -> None:
    with server() as port:
        outcome = probe(telnet, port=port)
    assert (outcome.ok, outcome.text) == (True, "answered")


def test_other_words_are_told() -> None:
    with speaking(lambda connection: connection.sendall(b"\xff\xfd\x18busy\r\n")) as port:
        outcome = probe(telnet, port=port, expect="login:")
    assert (outcome.ok, outcome.text) == (False, 'expected "login:", got "busy"')


def test_a_server_that_only_negotiates_has_not_answered() -> None:
    def speak(connection: socket.socket) -> None:
        connection.sendall(b"\xff\xfd\x18")
        connection.recv(1_000)  # hanging up on the answer unread would reset the connection

    with speaking(speak) as port:
        outcome = probe(telnet, port=port)
    assert (outcome.ok, outcome.text) == (False, "expected words, got none")


def test_options_are_declined() -> None:
    answers: list[bytes] = []

    def speak(connection: socket.socket) -> None:
        connection.sendall(b"\xff\xfd\x18\xff\xfb\x01\xff\xfe\x03\xff\xf1")
        answers.append(connection.recv(1_000))
        connection.sendall(b"login:")
        odd.listen(connection)

    with speaking(speak) as port:
        assert probe(telnet, port=port, expect="login:").ok
    assert answers == [b"\xff\xfc\x18\xff\xfe\x01"]


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_commands_that_come_in_pieces_are_not_taken_for_words(size: int) -> None:
    said = b"lo\xff\xfa\x18\x01\xff\xf0g\xff\xfd\x18in\xff\xff:"

    def speak(connection: socket.socket) -> None:
        for at in range(0, len(said), size):
            connection.sendall(said[at : at + size])
        odd.listen(connection)

    with speaking(speak) as port:
        assert probe(telnet, port=port, expect="login\\xff:").ok
