"""Bodies as they stream by, and their unpacking in bounded pieces."""

from __future__ import annotations

import gzip
import hashlib
import zlib

import pytest

from chalicelib.probes.base import Failed
from chalicelib.probes.bodies import COUNTED, KEPT, Body, Unpacker


def test_a_body_is_counted_and_not_kept_when_nobody_looks() -> None:
    body = Body()
    assert body.write(b"x" * 1_000) == 1_000
    assert (body.size, body.kept, body.cut, body.digest()) == (1_000, b"", False, "")


def test_only_the_beginning_is_kept() -> None:
    body = Body(look=True)
    for _ in range(3):
        body.write(b"x" * (KEPT // 2 + 1))
    assert (len(body.kept), body.size) == (KEPT, 3 * (KEPT // 2 + 1))


def test_what_is_too_much_is_refused_and_cut() -> None:
    body = Body()
    body.write(bytes(COUNTED))
    assert not body.cut
    assert body.write(b"x") == -1
    assert (body.size, body.cut) == (COUNTED, True)


@pytest.mark.parametrize("name", ["sha1", "sha256"])
def test_the_digest_grows_with_the_body(name: str) -> None:
    expected = hashlib.new(name, b"abc").hexdigest()
    body = Body(digest="0" * len(expected))
    body.write(b"a")
    body.write(b"bc")
    assert body.digest() == expected


@pytest.mark.parametrize("piece", [1, 7, 100_000])
def test_a_packed_body_may_come_in_any_pieces(piece: int) -> None:
    page = b"".join(b"line %d\n" % number for number in range(5_000))
    bare = zlib.compressobj(wbits=-15)
    for packing, packed in (
        ("gzip", gzip.compress(page)),
        ("x-gzip", gzip.compress(page)),
        ("deflate", zlib.compress(page)),
        ("deflate", bare.compress(page) + bare.flush()),
    ):
        body = Body(look=True)
        unpacker = Unpacker(packing, body)
        for at in range(0, len(packed), piece):
            unpacker.write(packed[at : at + piece])
        assert bytes(body.kept) == page


def test_a_bomb_is_unpacked_no_further_than_is_counted() -> None:
    body = Body(look=True)
    Unpacker("gzip", body).write(gzip.compress(bytes(100_000_000), 1))
    assert (body.size, body.cut, len(body.kept)) == (COUNTED, True, KEPT)


@pytest.mark.parametrize(
    ("packing", "packed"), [("br", b"x"), ("gzip, gzip", b"x"), ("gzip", b"plain"), ("deflate", b"\xff")]
)
def test_what_cannot_be_unpacked_is_told(packing: str, packed: bytes) -> None:
    with pytest.raises(Failed, match="answer cannot be unpacked"):
        Unpacker(packing, Body()).write(packed * 10)
