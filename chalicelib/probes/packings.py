"""Content codings (RFC 9110, 8.4.1) undone as a body streams by, a bounded piece at a time: a small bomb cannot become
large."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

# How the engines ask for packed bodies.
ASKED = "gzip, deflate"
# A peer may pack what is packed, but not without end.
MOST = 5

_GZIP = frozenset({"gzip", "x-gzip"})
_MAGIC = b"\x1f\x8b"


class Unreadable(Exception):
    """What came is not packed as it says, or in a way that nobody here knows."""


class Packed:
    """Bytes in one coding. `over` tells that their end has come."""

    PIECE = 65_536

    def __init__(self, coding: str) -> None:
        if coding not in _GZIP and coding != "deflate":
            raise Unreadable
        self._in_gzip = coding in _GZIP
        self._begun = b""
        self._unpack = zlib.decompressobj(zlib.MAX_WBITS | 16) if self._in_gzip else None
        self.over = False

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        """What a chunk holds, unpacked. Bytes behind the end are passed over, as browsers do; another member of a gzip
        file (RFC 1952, 2.2) is no end. Raises Unreadable."""
        if self._begun or self._unpack is None or self.over:
            chunk, self._begun = self._begun + chunk, b""
        while chunk and (unpack := self._begin(chunk)):
            try:
                yield unpack.decompress(chunk, self.PIECE)
            except zlib.error:
                raise Unreadable from None
            chunk = unpack.unconsumed_tail
            if unpack.eof:
                self.over, chunk = True, unpack.unused_data

    def _begin(self, chunk: bytes) -> zlib._Decompress | None:
        """What unpacks the chunk; None where that is not known yet, or it stands behind the end."""
        if self._unpack is not None and not self.over:
            return self._unpack
        if len(chunk) < len(_MAGIC):
            self._begun = chunk
            return None
        if self.over and not (self._in_gzip and chunk.startswith(_MAGIC)):
            return None
        bits = zlib.MAX_WBITS | 16 if self._in_gzip else zlib.MAX_WBITS if _framed(chunk) else -zlib.MAX_WBITS
        self._unpack, self.over = zlib.decompressobj(bits), False
        return self._unpack


class Unpacker:
    """Undoes all that a Content-Encoding names, the last first. Raises Unreadable for what nobody here knows."""

    def __init__(self, codings: Iterable[str]) -> None:
        self._layers = [Packed(coding) for coding in codings][::-1]
        if len(self._layers) > MOST:
            raise Unreadable

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        """What a chunk holds, unpacked. Raises Unreadable."""
        return _through(self._layers, chunk)

    @property
    def over(self) -> bool:
        """Whether all has come that was packed."""
        return all(layer.over for layer in self._layers)


def _through(layers: list[Packed], chunk: bytes) -> Iterator[bytes]:
    if not layers:
        yield chunk
        return
    for piece in layers[0].pieces(chunk):
        yield from _through(layers[1:], piece)


def codings(header: str) -> list[str]:
    """The codings that a Content-Encoding names; `identity` is none."""
    named = (one.strip().lower() for one in header.split(","))
    return [one for one in named if one not in ("", "identity")]


def _framed(beginning: bytes) -> bool:
    """Some servers mean bare deflate (RFC 1951) when they say so, not deflate in zlib's frame (RFC 1950, 2.2)."""
    return beginning[0] & 0x0F == 8 and int.from_bytes(beginning[:2], "big") % 31 == 0
