"""The line of a probe: its stopwatch on a clock that only moves when told, and its deadline over real sockets."""

from __future__ import annotations

import socket

import pytest

from chalicelib.probes.base import Failed
from chalicelib.probes.connection import Connection, Session
from tests.channels.servers import speaking
from tests.probes.conftest import HERE


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def wire_to(session: Session) -> tuple[Connection, socket.socket]:
    ours, theirs = socket.socketpair()
    return Connection(ours, session), theirs


def test_each_second_is_booked_once(clock: Clock) -> None:
    session = Session(60, clock=clock, block=7.0)
    for phase, seconds in (("dns", 1), ("connect", 2), ("ssl", 3)):
        with session.timed(phase):
            clock.now += seconds
    clock.now += 4
    session.heard()
    clock.now += 5
    phases = session.phases()
    assert (phases.block, phases.dns, phases.connect) == (7.0, 1_000, 2_000)
    assert (phases.ssl, phases.ttfb, phases.ttlb) == (3_000, 4_000, 5_000)
    assert phases.total == 15_000


def test_a_handshake_amid_the_dialogue_is_not_counted_twice(clock: Clock) -> None:
    session = Session(60, clock=clock)
    clock.now += 1
    session.heard()
    clock.now += 2
    with session.timed("ssl"):
        clock.now += 3
    session.heard()
    clock.now += 4
    phases = session.phases()
    assert (phases.ssl, phases.ttfb, phases.ttlb, phases.total) == (3_000, 1_000, 6_000, 10_000)


def test_a_second_request_waits_for_its_own_first_byte(clock: Clock) -> None:
    session = Session(60, clock=clock)
    clock.now += 1
    session.heard()
    clock.now += 10
    session.asked()
    clock.now += 2
    session.heard()
    clock.now += 20
    assert (session.phases().ttfb, session.phases().ttlb) == (3_000, 30_000)


def test_who_never_heard_anything_waited_for_the_first_byte(clock: Clock) -> None:
    session = Session(60, clock=clock)
    clock.now += 9
    assert (session.phases().ttfb, session.phases().ttlb) == (9_000, 0)


def test_no_time_is_left_after_the_deadline(clock: Clock) -> None:
    session = Session(10, clock=clock)
    clock.now += 9
    assert session.left() == 1
    clock.now += 1
    with pytest.raises(TimeoutError):
        session.left()


def test_lines_and_bytes_are_read_as_asked_for() -> None:
    connection, peer = wire_to(Session(5))
    with connection, peer:
        peer.sendall(b"220 hello\r\nbare\nrest of it")
        assert connection.read_line() == b"220 hello"
        assert connection.read_line() == b"bare"
        assert connection.read(4) == b"rest"
        assert connection.receive() == b" of it"


def test_a_line_without_an_end_is_not_read_for_ever() -> None:
    connection, peer = wire_to(Session(5))
    with connection, peer:
        peer.sendall(b"x" * 10_000)
        with pytest.raises(Failed, match="answer is too long"):
            connection.read_line(4_096)


@pytest.mark.parametrize("sent", [b"", b"half a line"])
def test_who_hangs_up_amid_a_line_gave_no_answer(sent: bytes) -> None:
    connection, peer = wire_to(Session(5))
    with connection:
        peer.sendall(sent)
        peer.close()
        with pytest.raises(Failed, match="connection closed without an answer"):
            connection.read_line()


def test_what_came_before_the_handshake_is_not_taken_for_secret() -> None:
    connection, peer = wire_to(Session(5))
    with connection, peer:
        peer.sendall(b"220 ready\r\n250 smuggled\r\n")
        connection.read_line()
        with pytest.raises(Failed, match="unexpected data before the TLS handshake"):
            connection.start_tls("mail.example.org")


def test_a_peer_that_reads_nothing_cannot_hold_a_sender() -> None:
    connection, peer = wire_to(Session(0.2))
    with connection, peer, pytest.raises(TimeoutError):
        connection.send(bytes(50_000_000))


def test_the_next_address_is_tried_when_one_is_dead() -> None:
    with speaking(lambda connection: connection.sendall(b"hi\n")) as port:
        dead, alive = (2, 1, 6, "", ("127.0.0.1", 1)), (2, 1, 6, "", ("127.0.0.1", port))
        session = Session(5, HERE, resolve=lambda host, port, seconds: [dead, alive])
        with session.dial("www.example.org", port) as connection:
            assert connection.read_line() == b"hi"


def test_a_name_without_addresses_is_not_found() -> None:
    with pytest.raises(Failed, match="host not found"):
        Session(5, resolve=lambda host, port, seconds: []).dial("www.example.org", 80)
