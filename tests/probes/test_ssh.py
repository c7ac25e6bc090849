"""Against asyncssh."""

from __future__ import annotations

import socket

from chalicelib.probes import ssh
from tests.channels.servers import speaking
from tests.probes.servers import odd
from tests.probes.servers import ssh as servers
from tests.probes.servers.scene import probe


def test_the_banner_is_what_is_found() -> None:
    with servers.ssh("Server_9.2") as port:
        outcome = probe(ssh, port=port)
    assert (outcome.ok, outcome.text) == (True, "SSH-2.0-Server_9.2")


def test_a_banner_that_is_expected_must_be_there() -> None:
    with servers.ssh("Server_9.2") as port:
        assert probe(ssh, port=port, expect="Server_9").ok
        outcome = probe(ssh, port=port, expect="OpenSSH")
    assert (outcome.ok, outcome.text) == (False, 'expected "OpenSSH", got "SSH-2.0-Server_9.2"')


def test_lines_before_the_banner_are_passed_over() -> None:
    with speaking(odd.saying(b"Welcome\r\n\r\nSSH-1.99-Old\r\n")) as port:
        assert probe(ssh, port=port).text == "SSH-1.99-Old"


def test_long_lines_and_many_before_the_banner_are_passed_over() -> None:
    with speaking(odd.saying(b"x" * 8_000 + b"\r\n" + b"Welcome\r\n" * 1_000 + b"SSH-2.0-x\r\n")) as port:
        assert probe(ssh, port=port).text == "SSH-2.0-x"


def test_the_server_is_told_who_came() -> None:
    said: list[bytes] = []

    def speak(connection: socket.socket) -> None:
        connection.sendall(b"SSH-2.0-x\r\n")
        said.append(connection.recv(1_000))

    with speaking(speak) as port:
        assert probe(ssh, port=port).ok
    assert said == [b"SSH-2.0-Tocsin_1\r\n"]


def test_an_older_protocol_is_a_failure() -> None:
    with speaking(odd.saying(b"SSH-1.5-Ancient\r\n")) as port:
        outcome = probe(ssh, port=port)
    assert (outcome.ok, outcome.text) == (False, 'expected SSH-2.0, got "SSH-1.5-Ancient"')


def test_another_protocol_is_a_failure() -> None:
    with speaking(lambda connection: connection.sendall(b"220 mail.example.org\r\n")) as port:
        outcome = probe(ssh, port=port)
    assert (outcome.ok, outcome.text) == (False, 'expected SSH-2.0, got "220 mail.example.org"')
