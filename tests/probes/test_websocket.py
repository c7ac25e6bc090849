"""Against the websockets library, and servers that break the rules."""

from __future__ import annotations

import re
import socket
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from chalicelib.probes import Outcome, websocket
from tests.cases import each
from tests.channels.servers import speaking
from tests.probes.servers import odd
from tests.probes.servers.scene import HOST, authority, probe
from tests.probes.servers.websocket import websocket as server

OPENED = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n"


def look(port: int, scheme: str = "ws", path: str = "/feed?a=b", **definition: Any) -> Outcome:
    return probe(websocket, url=f"{scheme}://{HOST}:{port}{path}", **definition)


def opening(head: bytes = OPENED, frames: bytes = b"", then: odd.Speak = odd.listen) -> odd.Speak:
    """Opens as it should, if `head` is as it should be, says `frames`, and does what comes `then`."""

    def speak(connection: socket.socket) -> None:
        request = connection.recv(4_096)
        key = re.search(rb"Sec-WebSocket-Key: (\S+)\r\n", request)
        assert key
        connection.sendall(head + b"Sec-WebSocket-Accept: " + websocket.accepted(key[1]) + b"\r\n\r\n" + frames)
        then(connection)

    return speak


def test_a_handshake_is_all_where_nothing_is_expected() -> None:
    with server() as port:
        outcome = look(port)
    assert (outcome.ok, outcome.text) == (True, "101 Switching Protocols")


def test_what_is_sent_is_answered() -> None:
    with server() as port:
        outcome = look(port, send="grüße", expect="üß")
    assert (outcome.ok, outcome.text) == (True, "expected message")


def test_over_tls_it_is_the_same() -> None:
    with server(context=authority().context(HOST)) as port:
        outcome = look(port, "wss", send="hi", expect="hi")
        assert (outcome.ok, outcome.text) == (True, "expected message")
        assert outcome.phases.ssl > 0
    with server(context=authority().context("www.example.org")) as port:
        assert look(port, "wss").text == "certificate is for another host"
        assert look(port, "wss", verify=False).ok


@pytest.mark.parametrize("size", [125, 126, 4_000])
def test_messages_of_every_length_are_sent_and_read(size: int) -> None:
    with server() as port:
        assert look(port, send="x" * (size - 1) + "y", expect="y").ok


def test_a_message_may_come_after_others_in_pieces_and_after_pings() -> None:
    async def talk(connection: ServerConnection) -> None:
        await connection.send("something else")
        await (await connection.ping())
        await connection.send(["hel", "lo ", "world"])
        await connection.wait_closed()

    with server(talk) as port:
        assert look(port, expect="hello world").ok


def test_a_long_message_is_read() -> None:
    async def talk(connection: ServerConnection) -> None:
        await connection.send(b"x" * 100_000 + b"end")
        await connection.wait_closed()

    with server(talk) as port:
        assert look(port, expect="end").ok


def test_the_close_is_said_as_the_protocol_wants_it() -> None:
    codes: list[int | None] = []

    async def talk(connection: ServerConnection) -> None:
        await connection.wait_closed()
        codes.append(connection.close_code)

    with server(talk) as port:
        assert look(port).ok
    assert codes == [1000]


def test_a_close_before_the_expected_message_is_told() -> None:
    async def talk(connection: ServerConnection) -> None:
        await connection.close(1013, "try again later")

    with server(talk) as port:
        outcome = look(port, expect="hello")
    assert (outcome.ok, outcome.text) == (False, "closed by the server (1013)")


def test_another_message_is_told_and_what_was_sent_is_not_repeated() -> None:
    async def talk(connection: ServerConnection) -> None:
        try:
            await connection.send(f"unknown token {await connection.recv(decode=True)}")
            await connection.wait_closed()
        except ConnectionClosed:
            return

    with server(talk) as port:
        outcome = probe(websocket, 0.5, url=f"ws://{HOST}:{port}/", send="hunter2", expect="welcome")
    assert (outcome.ok, outcome.text) == (False, 'expected "welcome", got "unknown token ..."')


def test_a_server_that_does_not_switch_is_told() -> None:
    async def never(connection: ServerConnection) -> None:
        raise AssertionError

    with server(never, process_request=lambda connection, request: connection.respond(403, "no\n")) as port:
        outcome = look(port)
    assert (outcome.ok, outcome.text) == (False, 'expected 101 Switching Protocols, got "403 Forbidden"')


@each(
    ("head", "text"),
    [
        (OPENED.replace(b"WebSocket", b"h2c"), "handshake is not that of a WebSocket"),
        (OPENED.replace(b"Upgrade\r\n", b"close\r\n"), "handshake is not that of a WebSocket"),
        (OPENED + b"Sec-WebSocket-Accept: x\r\n", "handshake has a wrong Sec-WebSocket-Accept"),
        (OPENED + b"Sec-WebSocket-Protocol: chat\r\n", "handshake agrees to what was not asked for"),
        (OPENED + b"Sec-WebSocket-Extensions: permessage-deflate\r\n", "handshake agrees to what was not asked for"),
        (OPENED.replace(b"1.1 101", b"1.0 101"), 'expected 101 Switching Protocols, got "101 Switching Protocols"'),
    ],
)
def test_a_handshake_that_breaks_the_rules_is_a_failure(head: bytes, text: str) -> None:
    with speaking(opening(head)) as port:
        outcome = look(port)
    assert (outcome.ok, outcome.text) == (False, text)


@each(
    ("frames", "text"),
    [
        (b"\x81\x85maskhello", "WebSocket frame is broken"),
        (b"\xc1\x05hello", "WebSocket frame is broken"),
        (b"\x83\x05hello", "WebSocket frame is broken"),
        (b"\x80\x05hello", "WebSocket frame is broken"),
        (b"\x01\x02he\x81\x02ll", "WebSocket frame is broken"),
        (b"\x09\x00", "WebSocket frame is broken"),
        (b"\x89\x7e\x00\x7e" + bytes(126), "WebSocket frame is broken"),
        (b"\x81\x7f\x7f" + b"\xff" * 7, "answer is too long"),
        (b"\x89\x00" * 10_001, "answer is too long"),
        (b"\x01\x00" + b"\x00\x00" * 10_001, "answer is too long"),
        (b"\x88\x00", "closed by the server"),
    ],
)
def test_frames_that_break_the_rules_are_a_failure(frames: bytes, text: str) -> None:
    with speaking(opening(frames=frames)) as port:
        outcome = look(port, expect="hello there")
    assert (outcome.ok, outcome.text) == (False, text)


def test_frames_without_an_end_are_cut() -> None:
    with speaking(opening(then=odd.endless(b"", b"\x82\x7d" + b"x" * 125))) as port:
        outcome = look(port, expect="hello")
    assert (outcome.ok, outcome.text) == (False, "answer is too long")


def test_the_accept_is_that_of_the_standards_example() -> None:
    """RFC 6455, 1.3."""
    assert websocket.accepted(b"dGhlIHNhbXBsZSBub25jZQ==") == b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
