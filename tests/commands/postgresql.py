"""A server of PostgreSQL's protocol that lets in who asks, by the method it is told, and answers one statement."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from tests.commands.servers import talking

_OK, _TEXT = 0, 25
READY = b"Z\0\0\0\5I"


def message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack(">I", len(body) + 4) + body


def _columns(names: list[str]) -> bytes:
    fields = (name.encode() + b"\0" + struct.pack(">IHIhih", 0, 0, _TEXT, -1, -1, 0) for name in names)
    return message(b"T", struct.pack(">H", len(names)) + b"".join(fields))


def _row(values: list[str]) -> bytes:
    return message(
        b"D", struct.pack(">H", len(values)) + b"".join(struct.pack(">I", len(one)) + one.encode() for one in values)
    )


@contextmanager
def postgresql(names: list[str], rows: list[list[str]], *, method: int = _OK) -> Iterator[tuple[int, list[bytes]]]:
    """Yields its port and what it was told, the message's letter before each."""
    told: list[bytes] = []
    answers = {
        b"P": message(b"1", b""),
        b"D": message(b"t", b"\0\0") + _columns(names),
        b"B": message(b"2", b""),
        b"E": b"".join(map(_row, rows)) + message(b"C", b"SELECT\0"),
        b"S": READY,
        b"Q": message(b"C", b"BEGIN\0") + READY,
        b"p": message(b"R", struct.pack(">I", _OK)) + READY,
    }

    def talk(came: BinaryIO, out: BinaryIO) -> None:
        size = struct.unpack(">I", came.read(4))[0]
        told.append(came.read(size - 4))
        out.write(message(b"R", struct.pack(">I", method)) + (READY if method == _OK else b""))
        while head := came.read(5):
            told.append(head[:1] + came.read(struct.unpack(">I", head[1:])[0] - 4))
            out.write(answers.get(head[:1], b""))

    with talking(talk) as port:
        yield port, told
