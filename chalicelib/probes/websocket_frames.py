"""Frames and messages of a WebSocket, as a client sees them (RFC 6455, 5)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle

from chalicelib.probes.base import Failed
from chalicelib.probes.connection import Connection

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA

# All that is read of one conversation.
LIMIT = 1_000_000
FRAMES = 10_000

_FINAL, _RESERVED, _CONTROL, _OPERATION = 0x80, 0x70, 0x08, 0x0F
_MASKED = 0x80
_BROKEN = "WebSocket frame is broken"


class Frames:
    """One end of an open WebSocket. `random` makes up the masks."""

    def __init__(self, connection: Connection, random: Callable[[int], bytes]) -> None:
        self._wire = connection
        self._random = random
        self._size = 0
        self._count = 0

    def send(self, operation: int, payload: bytes) -> None:
        """One whole message, masked as every client's must be."""
        mask = self._random(4)
        masked = bytes(byte ^ key for byte, key in zip(payload, cycle(mask), strict=False))
        self._wire.send(bytes([_FINAL | operation]) + _length(len(payload)) + mask + masked)

    def message(self) -> bytes:
        """The next text or binary message; pings are answered meanwhile. Raises Failed when the server closes, breaks
        the rules, or goes on and on."""
        parts: list[bytes] = []
        while True:
            final, operation, payload = self._frame()
            if operation == CLOSE:
                raise Failed(f"closed by the server{_why(payload)}")
            if operation == PING:
                self.send(PONG, payload)
            if operation & _CONTROL:
                continue
            if (operation == CONTINUATION) != bool(parts):
                raise Failed(_BROKEN)
            parts.append(payload)
            if final:
                return b"".join(parts)

    def until_closed(self) -> None:
        """Passes over everything until the server hangs up."""
        while self._frame()[1] != CLOSE:
            """What was on its way."""
        self._wire.receive()

    def _frame(self) -> tuple[bool, int, bytes]:
        """Whether it is a message's last frame, its operation, its payload."""
        first, second = self._wire.read(2)
        operation, length = first & _OPERATION, second & ~_MASKED
        final, control = bool(first & _FINAL), bool(operation & _CONTROL)
        known = operation in (CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG)
        if first & _RESERVED or second & _MASKED or not known or (control and (length > 125 or not final)):
            raise Failed(_BROKEN)
        if length > 125:
            length = int.from_bytes(self._wire.read(2 if length == 126 else 8), "big")
        self._count += 1
        self._size += length
        if self._size > LIMIT or self._count > FRAMES:
            raise Failed("answer is too long")
        return final, operation, self._wire.read(length)


def _length(size: int) -> bytes:
    """The length of a masked payload, in as few bytes as will do."""
    if size < 126:
        return bytes([_MASKED | size])
    if size < 65_536:
        return bytes([_MASKED | 126]) + size.to_bytes(2, "big")
    return bytes([_MASKED | 127]) + size.to_bytes(8, "big")


def _why(payload: bytes) -> str:
    return f" ({int.from_bytes(payload[:2], 'big')})" if len(payload) >= 2 else ""
