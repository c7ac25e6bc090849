"""Against mysql-mimic."""

from __future__ import annotations

import re
import socket
import struct

import pytest

from chalicelib.core.errors import Invalid
from chalicelib.probes import mysql
from tests.cases import each
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


def test_without_a_user_nobody_logs_in_lest_the_prober_be_banned() -> None:
    with servers.mysql() as (port, nobody):
        probe(mysql, port=port)
    assert nobody.came == []


@pytest.mark.parametrize("password", ["secret", ""])
def test_a_user_logs_in(password: str) -> None:
    with servers.mysql(password=password) as (port, _):
        outcome = probe(mysql, port=port, user="watch", password=password)
    assert (outcome.ok, outcome.text) == (True, "MySQL greeting, version 8.0.29, logged in")


@pytest.mark.parametrize(("user", "password"), [("watch", "wrong"), ("watch", ""), ("other", "secret")])
def test_a_log_in_that_is_refused_is_told_by_its_code(user: str, password: str) -> None:
    with servers.mysql(password="secret") as (port, _):
        outcome = probe(mysql, port=port, user=user, password=password)
    assert not outcome.ok
    assert outcome.text in ("login refused (1045)", "login refused (3162)")


def test_the_version_of_mariadb_is_its_own() -> None:
    with speaking(odd.saying(packet(b"\x0a5.5.5-10.11.6-MariaDB-1\0" + bytes(40)))) as port:
        assert probe(mysql, port=port).text == "MySQL greeting, version 10.11.6-MariaDB-1"


SHA2 = b"\x0a8.4.0\0" + bytes(4) + b"x" * 8 + bytes(19) + b"y" * 12 + b"\0caching_sha2_password\0"
SWITCHED = b"\xfemysql_native_password\0" + b"z" * 20 + b"\0"
FAST, FULL = b"\x01\x03", b"\x01\x04"


@each(
    ("answers", "text"),
    [
        ((FAST + b"", b"\x00\x00\x00"), "MySQL greeting, version 8.4.0, logged in"),
        ((b"\x00\x00\x00",), "MySQL greeting, version 8.4.0, logged in"),
        ((FULL,), "MySQL wants the password over TLS"),
        ((b"\xfeclient_ed25519\0abc",), 'MySQL wants another log-in: "client_ed25519"'),
        (
            (b"\xfemysql_native_password\0" + b"z" * 20 + b"\0", b"\x00\x00\x00"),
            "MySQL greeting, version 8.4.0, logged in",
        ),
        ((b"\xff\x15\x04no",), "login refused (1045)"),
    ],
)
def test_a_log_in_goes_as_the_server_wants_it(answers: tuple[bytes, ...], text: str) -> None:
    def speak(connection: socket.socket) -> None:
        connection.sendall(packet(SHA2))
        for number, answer in enumerate(answers):
            if not number or answers[number - 1] != FAST:
                connection.recv(65_536)
            connection.sendall(packet(answer, 2 + 2 * number))
        odd.listen(connection, re.compile(b"(?!)"))

    with speaking(speak) as port:
        assert probe(mysql, port=port, user="watch", password="secret").text == text


def test_what_is_asked_of_nobody_is_refused() -> None:
    for one in ({"password": "x"}, {"tls": True}):
        with pytest.raises(Invalid, match="user"):
            mysql.clean({"host": "db.example.org", **one})


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
