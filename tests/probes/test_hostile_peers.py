"""What holds for every type of probe that dials, whoever is at the other end."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.probes import Outcome, dialogue, kind_named
from tests.channels.servers import Doorbell, speaking
from tests.probes.servers import odd, scene

# The types of probe, each with what it needs beside host and port.
LOG_IN = {"user": "ops@example.org", "password": "correct horse"}
DIALOGUES: dict[str, dict[str, Any]] = {
    "tcp": {"send": "PING", "expect": "PONG"},
    "smtp": LOG_IN,
    "pop3": LOG_IN,
    "imap": LOG_IN,
    "ftp": LOG_IN,
    "ssh": {},
    "telnet": {"expect": "login:"},
    "mysql": {},
}
TLS: dict[str, dict[str, Any]] = {"tls": {}}
BY_URL: dict[str, dict[str, Any]] = {
    "websocket": {"url": "ws://127.0.0.1:{port}/", "expect": "hello"},
    "domain": {"domain": "example.org", "server": "http://127.0.0.1:{port}/"},
}
CONVERSING = DIALOGUES | TLS | BY_URL
EVERY = DIALOGUES | TLS | BY_URL | {"ping": {}}


def definition(kind: str, port: int) -> dict[str, Any]:
    if kind in BY_URL:
        return {key: str(value).format(port=port) for key, value in BY_URL[kind].items()}
    return EVERY[kind] | {"port": port}


def meet(kind: str, port: int, seconds: float = 10.0) -> Outcome:
    return scene.probe(kind_named(kind), seconds, **definition(kind, port))


def check_text(text: str) -> None:
    """One line, nothing in it that is not to be looked at, no more than a line can take, and no secret."""
    assert text.isprintable()
    assert 0 < len(text) <= 200
    assert "correct horse" not in text


@pytest.fixture
def doorbell() -> Iterator[Doorbell]:
    bell = Doorbell()
    yield bell
    bell.close()


@pytest.mark.parametrize("kind", EVERY)
def test_a_refused_connection_is_told(kind: str) -> None:
    outcome = meet(kind, scene.free_port())
    assert not outcome.ok
    assert outcome.text.removeprefix("TCP connect: ") == "connection refused"


@pytest.mark.parametrize("kind", CONVERSING)
def test_a_silent_server_is_given_up_in_time(kind: str, doorbell: Doorbell) -> None:
    outcome = meet(kind, doorbell.port, seconds=0.05)
    assert (outcome.ok, outcome.text) == (False, "no answer within 0.05 s")


@pytest.mark.parametrize("kind", EVERY)
def test_a_forbidden_address_is_not_even_knocked_at(kind: str, doorbell: Doorbell) -> None:
    outcome = scene.run(kind_named(kind), scene.line(allowed=()), **definition(kind, doorbell.port))
    assert (outcome.ok, outcome.text) == (False, "address not allowed")
    assert doorbell.rings() == 0


@pytest.mark.parametrize("kind", CONVERSING)
def test_a_server_that_hangs_up_at_once_is_told(kind: str) -> None:
    with speaking(lambda connection: None) as port:
        outcome = meet(kind, port)
    assert not outcome.ok
    expected = {"tcp": 'expected "PONG", got nothing', "telnet": 'expected "login:", got nothing'}
    usual = ("connection closed without an answer", "TLS handshake failed")
    assert outcome.text in (expected.get(kind, usual[0]), *usual)


@pytest.mark.parametrize("kind", CONVERSING)
def test_binary_rubbish_is_told_in_harmless_words(kind: str) -> None:
    rubbish = random.Random(7).randbytes(300) + b"\x1b[2J\r\n\0\r\n"
    with speaking(odd.saying(b"\x1b]0;title\x07\x00\x9b" + rubbish, b"", b"")) as port:
        outcome = meet(kind, port, seconds=0.1)
    assert not outcome.ok
    check_text(outcome.text)


@pytest.mark.parametrize("kind", CONVERSING)
def test_a_line_without_an_end_is_cut(kind: str) -> None:
    with speaking(odd.endless(b"", b"x")) as port:
        outcome = meet(kind, port)
    assert not outcome.ok
    assert "no answer within" not in outcome.text
    check_text(outcome.text)


@pytest.mark.parametrize(
    ("kind", "beginning", "rest"),
    [
        ("tcp", b"", b"PIN\r\n"),
        ("smtp", b"", b"220-more\r\n"),
        ("ftp", b"220 ready\r\n331-", b"more\r\n"),
        ("imap", b"* OK ready\r\n", b"* 1 EXISTS\r\n"),
        ("pop3", b"", b"-ERR no\r\n"),
        ("ssh", b"", b"welcome\r\n"),
        ("telnet", b"", b"\xff\xfb\x01"),
        ("telnet", b"\xff\xfa", b"subnegotiation"),
        ("websocket", b"HTTP/1.1 101 Switching Protocols\r\n", b"X: y\r\n"),
        ("domain", b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        ("domain", b"HTTP/1.1 200 OK\r\n\r\n", b"[["),
        ("domain", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"2\r\n[[\r\n"),
    ],
)
def test_an_answer_without_an_end_is_cut(kind: str, beginning: bytes, rest: bytes) -> None:
    with speaking(odd.endless(beginning, rest)) as port:
        outcome = meet(kind, port, seconds=30)
    assert not outcome.ok
    assert "no answer within" not in outcome.text
    check_text(outcome.text)


@pytest.mark.parametrize("kind", DIALOGUES | BY_URL)
def test_the_time_is_not_stretched_by_a_trickle(kind: str) -> None:
    byte = b"\x00" if kind == "mysql" else b"2"
    prefix = {"mysql": b"\xff\x0f\x00\x00", "domain": b"HTTP/1.1 "}.get(kind, b"")

    def speak(connection: socket.socket) -> None:
        connection.sendall(prefix)
        odd.trickling(byte)(connection)

    with speaking(speak) as port:
        outcome = meet(kind, port, seconds=0.1)
    assert not outcome.ok
    assert outcome.text.startswith(("no answer within 0.1 s", 'expected "PONG", got "22', 'expected "login:", got "22'))
    check_text(outcome.text)


@pytest.mark.parametrize("kind", ["smtp", "pop3", "imap", "ftp"])
def test_a_server_that_repeats_the_command_it_refuses_spills_no_secret(kind: str) -> None:
    def speak(connection: socket.socket) -> None:
        connection.sendall({"smtp": b"220 x\r\n", "pop3": b"+OK\r\n", "imap": b"* OK\r\n", "ftp": b"220 x\r\n"}[kind])
        if kind == "smtp":
            connection.recv(1_000)
            connection.sendall(b"250-x\r\n250 AUTH PLAIN\r\n")
        said = connection.recv(1_000)
        refusal = {"smtp": b"535 ", "pop3": b"-ERR ", "imap": b"a1 NO ", "ftp": b"530 "}[kind]
        connection.sendall(refusal + said.strip() + b" correct horse\r\n")
        odd.listen(connection)

    with speaking(speak) as port:
        outcome = meet(kind, port)
    assert not outcome.ok
    assert outcome.text.startswith("login refused")
    check_text(outcome.text)


@pytest.mark.parametrize("kind", ["smtp", "pop3", "imap", "ftp"])
def test_what_is_slipped_in_before_the_handshake_is_refused(kind: str) -> None:
    """The response injection that STARTTLS invites: what came before the handshake is not to be heeded after it."""
    replies = {
        "smtp": (b"220 x\r\n", b"250-x\r\n250 STARTTLS\r\n", b"220 go\r\n250 AUTH PLAIN\r\n"),
        "pop3": (b"+OK\r\n", b"+OK go\r\n+OK\r\n"),
        "imap": (b"* OK\r\n", b"a1 OK go\r\na2 OK\r\n"),
        "ftp": (b"220 x\r\n", b"234 go\r\n230 in\r\n"),
    }[kind]
    with speaking(odd.saying(*replies)) as port:
        outcome = scene.probe(kind_named(kind), **definition(kind, port) | {"tls": "starttls"})
    assert (outcome.ok, outcome.text) == (False, "unexpected data before the TLS handshake")


@pytest.mark.parametrize("kind", ["smtp", "pop3", "imap", "ftp", "tcp"])
def test_a_server_that_does_not_take_leave_does_not_spoil_what_was_found(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialogue, "PARTING_SECONDS", 0.02)
    words = {
        "smtp": (b"220 x\r\n", b"250 x\r\n"),
        "pop3": (b"+OK\r\n",),
        "imap": (b"* OK\r\n",),
        "ftp": (b"220 x\r\n",),
        "tcp": (b"PONG",),
    }[kind]
    expected: dict[str, Any] = {"expect": "PONG"} if kind == "tcp" else {}
    with speaking(odd.saying(*words, polite=False)) as port:
        outcome = scene.probe(kind_named(kind), port=port, **expected)
    assert outcome.ok


class Ticking:
    """A clock that moves by a millisecond whenever somebody looks at it."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        self.at += 0.001
        return self.at


def test_the_phases_of_a_dialogue_sum_up_to_the_whole() -> None:
    clock = Ticking()
    session = scene.line(60, clock=clock)
    with speaking(odd.saying(b"554 no service\r\n")) as port:
        outcome = scene.run(kind_named("smtp"), session, port=port)
    phases = outcome.phases
    assert phases.total == pytest.approx(1e3 * (clock.at - 0.001))
    assert min(phases.dns, phases.connect, phases.ttlb) > 0
    assert phases.ssl == 0
    assert phases.ttfb < phases.ttlb


def test_a_dialogue_has_no_first_byte_of_an_answer() -> None:
    now = 0.0

    def speak(connection: socket.socket) -> None:
        nonlocal now
        connection.sendall(b"554 ")
        now = 2.0
        connection.sendall(b"no service\r\n")
        odd.listen(connection)

    with speaking(speak) as port:
        outcome = scene.run(kind_named("smtp"), scene.line(60, clock=lambda: now), port=port)
    assert outcome.phases.ttfb == 0
