"""Frames of HTTP/2, said by the tests; gRPC's own server is in tests/real."""

from __future__ import annotations

import socket

from chalicelib.probes import grpc
from tests.cases import each
from tests.channels.servers import speaking
from tests.probes.servers import odd
from tests.probes.servers.scene import probe

SETTINGS = grpc._frame(4, 0, 0)
HEADERS = grpc._frame(1, 4, 1, b"\x88")
TRAILERS = grpc._frame(1, 5, 1, b"\x88")


IN_PARTS = grpc._frame(0, 0, 1, b"\0\0\0") + grpc._frame(0, 0, 1, b"\0\x02\x08\x01")


def health(status: int, *, padding: int = 0) -> bytes:
    message = bytes([8, status]) if status else b""
    body, flags = b"\0" + len(message).to_bytes(4, "big") + message, 0
    if padding:
        flags, body = 8, bytes([padding]) + body + bytes(padding)
    return grpc._frame(0, flags, 1, body)


@each(
    ("said", "ok", "text"),
    [
        (SETTINGS + HEADERS + health(1) + TRAILERS, True, "SERVING"),
        (SETTINGS + grpc._frame(6, 0, 0, b"12345678") + HEADERS + health(1, padding=9), True, "SERVING"),
        (
            SETTINGS + HEADERS + IN_PARTS,
            True,
            "SERVING",
        ),
        (SETTINGS + HEADERS + health(2) + TRAILERS, False, "service is NOT_SERVING"),
        (SETTINGS + HEADERS + health(3) + TRAILERS, False, "service is SERVICE_UNKNOWN"),
        (SETTINGS + HEADERS + health(0) + TRAILERS, False, "service is UNKNOWN"),
        (SETTINGS + TRAILERS, False, "no answer about the health: the service is unknown, or nobody answers for it"),
        (SETTINGS + grpc._frame(3, 0, 1, bytes(4)), False, "gRPC stream was reset"),
        (SETTINGS + grpc._frame(7, 0, 0, bytes(8)), False, "server goes away"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", False, 'expected HTTP/2, got "HTTP/1.1"'),
        (SETTINGS * 300, False, "no answer about the health: the service is unknown, or nobody answers for it"),
    ],
)
def test_what_a_server_says_of_its_health(said: bytes, ok: bool, text: str) -> None:
    with speaking(odd.saying(b"", said, polite=False)) as port:
        outcome = probe(grpc, port=port)
    assert (outcome.ok, outcome.text) == (ok, text)


@each("length", [0, 5, 126, 127, 128, 200])
def test_the_name_of_a_service_is_sent_whatever_its_length(length: int) -> None:
    said: list[bytes] = []

    def speak(connection: socket.socket) -> None:
        said.append(connection.recv(65_536))
        connection.sendall(SETTINGS + HEADERS + health(1) + TRAILERS)

    with speaking(speak) as port:
        assert probe(grpc, port=port, service="s" * length).ok
    message = said[0][said[0].rindex(b"\0\0\0\x01") + 4 :][5:]
    size = 0 if not length else message[1] if length < 128 else (message[1] & 0x7F) | message[2] << 7
    assert (size, message.count(b"s")) == (length, length)
