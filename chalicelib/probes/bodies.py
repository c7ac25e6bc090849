"""The body of an answer as it streams by: unpacked, counted, searched, cut where it has no end, and kept no further
than it is read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from chalicelib.probes import packings
from chalicelib.probes.packings import Unpacker, Unreadable
from chalicelib.probes.phrases import Search

COUNTED = 10_000_000
KEPT = 1_000_000

UNREADABLE = "answer cannot be unpacked"


class Body:
    """`size` is the bytes that came, unpacked; `kept` their beginning when somebody wants to `keep` it; `cut` tells
    that there would have been more than COUNTED, `broken` that they are not packed as they say. Unless somebody
    `judges` what is in it, a body that cannot be unpacked is counted as it came."""

    __slots__ = ("_came", "_digest", "_judges", "_keep", "_search", "_unpack", "broken", "cut", "kept", "size")

    def __init__(
        self,
        packing: str = "",
        content_type: str = "",
        *,
        keep: bool = False,
        digest: str = "",
        phrases: Sequence[str] = (),
        judges: bool = False,
    ) -> None:
        self.size = self._came = 0
        self.kept = bytearray()
        self.cut = self.broken = False
        self._judges = judges
        self._keep = KEPT if keep else 0
        self._digest = hashlib.new("sha1" if len(digest) == 40 else "sha256", usedforsecurity=False) if digest else None
        self._search = Search(phrases, content_type) if phrases else None
        self._unpack: Unpacker | None = None
        if packing:
            self._pack(packing)

    def _pack(self, packing: str) -> None:
        try:
            codings = packings.codings(packing)
            self._unpack = Unpacker(codings) if codings else None
        except Unreadable:
            self.broken = True

    def write(self, chunk: bytes) -> int:
        """Takes a chunk. Answers how much of it was taken, as curl wants to be told: less ends the transfer."""
        self._came += len(chunk)
        if self._unpack is None or self.broken:
            self._take(chunk)
        else:
            self._take_packed(chunk)
        if self._came > COUNTED:
            self.cut = True
        return -1 if self.cut or (self.broken and self._judges) else len(chunk)

    def _take_packed(self, chunk: bytes) -> None:
        try:
            for piece in self._unpack.pieces(chunk) if self._unpack else ():
                self._take(piece)
                if self.cut:
                    return
        except Unreadable:
            self.broken = True
            if not self._judges:
                self._take(chunk)

    def _take(self, chunk: bytes) -> None:
        if self.size + len(chunk) > COUNTED:
            chunk, self.cut = chunk[: COUNTED - self.size], True
        self.size += len(chunk)
        if self._keep:
            self.kept += chunk[: self._keep - len(self.kept)]
        if self._digest:
            self._digest.update(chunk)
        if self._search:
            self._search.take(chunk)

    def end(self) -> None:
        """All has come. What was packed and has no end cannot be unpacked."""
        if self._unpack and self._came and not self.cut and not self._unpack.over:
            self.broken = True
        if self._search:
            self._search.end()

    def digest(self) -> str:
        return self._digest.hexdigest() if self._digest else ""

    def holds(self, phrase: str) -> bool:
        """Whether one of the `phrases` is there."""
        return self._search is not None and self._search.found(phrase)
