"""The body of an answer as it streams by: counted, cut where it has no end, and kept no further than it is searched."""

from __future__ import annotations

import hashlib
import zlib

from chalicelib.probes.base import Failed

COUNTED = 10_000_000
KEPT = 1_000_000

# How the engines ask for packed bodies, and what they can unpack.
PACKINGS = "gzip, deflate"
UNREADABLE = "answer cannot be unpacked"


class Body:
    """`size` is the bytes that came, unpacked; `kept` their beginning when somebody wants to `look` into them; `cut`
    tells that there would have been more than COUNTED."""

    __slots__ = ("_digest", "_keep", "cut", "kept", "size")

    def __init__(self, *, look: bool = False, digest: str = "") -> None:
        self.size = 0
        self.kept = bytearray()
        self.cut = False
        self._keep = KEPT if look else 0
        self._digest = hashlib.new("sha1" if len(digest) == 40 else "sha256", usedforsecurity=False) if digest else None

    def write(self, chunk: bytes) -> int:
        """Takes a chunk. Answers how much of it was taken, as curl wants to be told: less ends the transfer."""
        length = len(chunk)
        if self.size + length > COUNTED:
            chunk, self.cut = chunk[: COUNTED - self.size], True
        self.size += len(chunk)
        if self._keep:
            self.kept += chunk[: self._keep - len(self.kept)]
        if self._digest:
            self._digest.update(chunk)
        return -1 if self.cut else length

    def digest(self) -> str:
        return self._digest.hexdigest() if self._digest else ""


class Unpacker:
    """Unpacks what it is given into a body, a bounded piece at a time, so that a small bomb cannot become large."""

    PIECE = 65_536

    def __init__(self, packing: str, body: Body) -> None:
        if packing not in ("gzip", "x-gzip", "deflate"):
            raise Failed(UNREADABLE)
        self._body = body
        self._begun = b""
        self._unpack = zlib.decompressobj(zlib.MAX_WBITS | 16) if packing != "deflate" else None

    def write(self, chunk: bytes) -> None:
        """Raises Failed for what is not packed as it said."""
        if self._unpack is None:
            chunk = self._begun = self._begun + chunk
            if len(chunk) < 2:
                return
            self._unpack = zlib.decompressobj(zlib.MAX_WBITS if _framed(chunk) else -zlib.MAX_WBITS)
        while chunk and not self._body.cut and not self._unpack.eof:
            try:
                piece = self._unpack.decompress(chunk, self.PIECE)
            except zlib.error:
                raise Failed(UNREADABLE) from None
            self._body.write(piece)
            chunk = self._unpack.unconsumed_tail


def _framed(beginning: bytes) -> bool:
    """Some servers mean bare deflate (RFC 1951) when they say so, not deflate in zlib's frame (RFC 1950, 2.2)."""
    return beginning[0] & 0x0F == 8 and int.from_bytes(beginning[:2], "big") % 31 == 0
