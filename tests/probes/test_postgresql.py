"""PostgreSQL's messages, said by the tests; the server itself is in tests/real."""

from __future__ import annotations

import base64
import hashlib
import hmac
import socket
from typing import Any

import pytest

from chalicelib.core.errors import Invalid
from chalicelib.probes import postgresql
from tests.cases import each
from tests.channels.servers import speaking
from tests.probes.servers import odd
from tests.probes.servers.scene import probe

WHO: dict[str, Any] = {"user": "watch", "password": "secret"}
READY = b"Z\x00\x00\x00\x05I"


def message(kind: bytes, body: bytes) -> bytes:
    return kind + (len(body) + 4).to_bytes(4, "big") + body


def asks(kind: int, data: bytes = b"") -> bytes:
    return message(b"R", kind.to_bytes(4, "big") + data)


def fails(code: str, text: str) -> bytes:
    return message(b"E", f"SFATAL\0C{code}\0M{text}\0\0".encode())


IN = asks(0) + message(b"S", b"server_version\x0016.4\0") + message(b"K", bytes(8)) + READY


@pytest.mark.parametrize("answer", [b"S", b"N"])
def test_a_server_is_known_by_its_answer_about_tls(answer: bytes) -> None:
    with speaking(odd.saying(b"", answer, polite=False)) as port:
        assert probe(postgresql, port=port).text == "PostgreSQL answers"


def test_another_server_is_told_by_what_it_says() -> None:
    with speaking(odd.saying(b"220 mail\r\n")) as port:
        assert probe(postgresql, port=port).text == 'expected a PostgreSQL answer, got "2"'


@each(
    ("answers", "text"),
    [
        ((IN,), "PostgreSQL 16.4, logged in"),
        ((asks(5, b"salt"), IN), "PostgreSQL 16.4, logged in"),
        ((asks(3),), "PostgreSQL wants the password over TLS"),
        ((asks(7),), "PostgreSQL wants another login (7)"),
        ((asks(10, b"SCRAM-SHA-512\0\0"),), "PostgreSQL wants another login (10)"),
        ((fails("28P01", "no"),), "login refused (28P01)"),
        (
            (fails("57P03", "starting up"),),
            "PostgreSQL error 57P03: starting up",
        ),
        ((b"HTTP/1.1 400 Bad Request\r\n\r\n",), 'expected a PostgreSQL answer, got "HTTP/"'),
    ],
)
def test_a_log_in_goes_as_the_server_wants_it(answers: tuple[bytes, ...], text: str) -> None:
    with speaking(odd.saying(b"", *answers, polite=False)) as port:
        assert probe(postgresql, port=port, **WHO).text == text


def _scram(password: str, *, honest: bool = True) -> odd.Speak:
    """A server that checks the proof of SCRAM-SHA-256 (RFC 5802)."""

    def speak(connection: socket.socket) -> None:
        connection.recv(4_096)
        connection.sendall(asks(10, b"SCRAM-SHA-256\0\0"))
        bare = connection.recv(4_096).rpartition(b"n,,")[2]
        challenge = b"r=" + bare.partition(b"r=")[2] + b"more,s=" + base64.b64encode(b"salt") + b",i=4096"
        connection.sendall(asks(11, challenge))
        final = connection.recv(4_096)[5:]
        without, _, proof = final.rpartition(b",p=")
        whole = b",".join((bare, challenge, without))
        salted = hashlib.pbkdf2_hmac("sha256", password.encode(), b"salt", 4_096)
        key = hmac.digest(salted, b"Client Key", "sha256")
        signature = hmac.digest(hashlib.sha256(key).digest(), whole, "sha256")
        if base64.b64decode(proof) != bytes(a ^ b for a, b in zip(key, signature, strict=True)):
            connection.sendall(fails("28P01", "no"))
            return
        server = hmac.digest(hmac.digest(salted, b"Server Key", "sha256"), whole, "sha256")
        connection.sendall(asks(12, b"v=" + base64.b64encode(server if honest else bytes(32))) + IN)

    return speak


def test_a_password_is_shown_to_be_known_without_being_sent() -> None:
    with speaking(_scram("secret")) as port:
        assert probe(postgresql, port=port, **WHO).text == "PostgreSQL 16.4, logged in"
    with speaking(_scram("another")) as port:
        assert probe(postgresql, port=port, **WHO).text == "login refused (28P01)"


def test_a_server_that_does_not_know_the_password_is_not_believed() -> None:
    with speaking(_scram("secret", honest=False)) as port:
        assert probe(postgresql, port=port, **WHO).text == "server does not know the password"


@pytest.mark.parametrize("definition", [{"password": "x"}, {"database": "x"}])
def test_what_is_asked_of_nobody_is_refused(definition: dict[str, object]) -> None:
    with pytest.raises(Invalid, match="user"):
        postgresql.clean({"host": "db.example.org", **definition})
