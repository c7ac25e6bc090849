"""Redis' replies, said by the tests; the server itself is in tests/real."""

from __future__ import annotations

import socket

import pytest

from chalicelib.core.errors import Invalid
from chalicelib.probes import redis
from tests.channels.servers import speaking
from tests.probes.servers import odd
from tests.probes.servers.scene import probe


@pytest.mark.parametrize(
    ("answer", "ok", "text"),
    [
        (b"+PONG\r\n", True, "PONG"),
        (b"-NOAUTH Authentication required.\r\n", True, "Redis wants a password"),
        (
            b"-LOADING Redis is loading the dataset\r\n",
            False,
            'expected PONG, got "-LOADING Redis is loading the dataset"',
        ),
        (b"SSH-2.0-x\r\n", False, 'expected PONG, got "SSH-2.0-x"'),
    ],
)
def test_the_answer_to_a_ping(answer: bytes, ok: bool, text: str) -> None:
    with speaking(odd.saying(b"", answer)) as port:
        outcome = probe(redis, port=port)
    assert (outcome.ok, outcome.text) == (ok, text)


def test_a_password_with_blanks_is_one_word() -> None:
    said: list[bytes] = []

    def speak(connection: socket.socket) -> None:
        said.append(connection.recv(1_000))
        connection.sendall(b"+OK\r\n")
        said.append(connection.recv(1_000))
        connection.sendall(b"+PONG\r\n")

    with speaking(speak) as port:
        assert probe(redis, port=port, user="me", password="a b c").text == "PONG"
    assert said[0] == b"*3\r\n$4\r\nAUTH\r\n$2\r\nme\r\n$5\r\na b c\r\n"


def test_a_password_that_is_refused_is_not_repeated() -> None:
    with speaking(odd.saying(b"", b"-WRONGPASS secret is wrong\r\n")) as port:
        assert probe(redis, port=port, password="secret").text == "login refused"
    with pytest.raises(Invalid, match="password"):
        redis.clean({"host": "a.org", "user": "me"})
