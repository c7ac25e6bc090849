"""Waiting for a peer, with a deadline in every wait."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from functools import partial
from http.client import HTTPResponse

import pytest

from chalicelib.net import streams
from chalicelib.net.streams import ForHttp


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def for_http(sock: socket.socket) -> ForHttp:
    def left() -> float:
        return 5.0

    return ForHttp(partial(streams.send, sock, left=left), partial(streams.receive_into, sock, left=left))


def test_what_is_sent_arrives_and_what_comes_is_read(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    streams.send(ours, b"hello", lambda: 5.0)
    assert theirs.recv(10) == b"hello"
    theirs.sendall(b"hello yourself")
    assert streams.receive(ours, 6, lambda: 5.0) == b"hello "
    buffer = bytearray(10)
    assert streams.receive_into(ours, buffer, lambda: 5.0) == 8
    assert buffer[:8] == b"yourself"
    theirs.close()
    assert streams.receive(ours, 6, lambda: 5.0) == b""


def test_every_wait_has_what_is_left_and_no_more(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, _ = ends
    with pytest.raises(TimeoutError):
        streams.send(ours, bytes(50_000_000), lambda: 0.02)
    with pytest.raises(TimeoutError):
        streams.receive(ours, 1, lambda: 0.02)
    with pytest.raises(TimeoutError):
        streams.receive_into(ours, bytearray(1), lambda: 0.02)


def test_a_peer_that_trickles_has_no_more_time_than_one_that_is_silent(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    ours, theirs = ends
    theirs.sendall(b"abc")
    remaining = iter([3.0, 2.0, 1.0])

    def left() -> float:
        for seconds in remaining:
            return seconds
        raise TimeoutError

    assert [streams.receive(ours, 1, left) for _ in range(3)] == [b"a", b"b", b"c"]
    with pytest.raises(TimeoutError):
        streams.receive(ours, 1, left)


@pytest.mark.parametrize(("said", "ended"), [(b"HTTP/1.1 204 No Content\r\n\r\n", False), (b"HTTP/1.1 204 No", True)])
def test_http_is_read_and_the_end_of_the_peer_is_noticed(
    said: bytes, ended: bool, ends: tuple[socket.socket, socket.socket]
) -> None:
    ours, theirs = ends
    spoken = for_http(ours)
    spoken.sendall(b"GET / HTTP/1.1\r\n\r\n")
    assert theirs.recv(100) == b"GET / HTTP/1.1\r\n\r\n"
    theirs.sendall(said)
    if ended:
        theirs.close()
    response = HTTPResponse(spoken)  # type: ignore[arg-type]  # it needs no more of a socket than this
    response.begin()
    assert (response.status, spoken.ended) == (204, ended)


def test_the_connection_outlives_its_use_by_http(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    for_http(ours).close()
    ours.sendall(b"still here")
    assert theirs.recv(100) == b"still here"
