"""Bodies as they stream by, their unpacking in bounded pieces, and phrases in them."""

from __future__ import annotations

import gzip
import hashlib
import zlib

import pytest

from chalicelib.probes.bodies import COUNTED, KEPT, Body
from chalicelib.probes.phrases import BEGINNING
from tests.cases import each

PAGE = b"".join(b"line %d\n" % number for number in range(5_000))


def gzipped(page: bytes, level: int = 9) -> bytes:
    """Without the time, which would make every run's tests others."""
    return gzip.compress(page, level, mtime=0)


def bare(page: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(page) + packer.flush()


def of(content: bytes, piece: int = 100_000, packing: str = "", content_type: str = "", **about: object) -> Body:
    """A body that came in pieces, and has ended."""
    body = Body(packing, content_type, keep=True, judges=True, **about)  # type: ignore[arg-type]
    for at in range(0, len(content), piece):
        if body.write(content[at : at + piece]) < 0:
            break
    body.end()
    return body


def test_a_body_is_counted_and_not_kept_when_nobody_looks() -> None:
    body = Body()
    assert body.write(b"x" * 1_000) == 1_000
    assert (body.size, body.kept, body.cut, body.digest()) == (1_000, b"", False, "")


def test_only_the_beginning_is_kept() -> None:
    body = Body(keep=True)
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


@each("piece", [1, 7, 100_000])
@each(
    ("packing", "packed"),
    [
        ("gzip", gzipped(PAGE)),
        ("X-GZIP", gzipped(PAGE)),
        ("deflate", zlib.compress(PAGE)),
        ("deflate", bare(PAGE)),
        ("gzip", gzipped(PAGE[:9_000]) + gzipped(PAGE[9_000:])),
        ("gzip", gzipped(PAGE) + b"behind"),
        ("gzip", gzipped(PAGE) + b"\x1f"),
        ("deflate", zlib.compress(PAGE) + bytes(100)),
        ("deflate, gzip", gzipped(zlib.compress(PAGE))),
        ("identity, gzip", gzipped(PAGE)),
        ("identity", PAGE),
    ],
)
def test_a_packed_body_may_come_in_any_pieces(packing: str, packed: bytes, piece: int) -> None:
    body = of(packed, piece, packing)
    assert (bytes(body.kept), body.broken) == (PAGE, False)


def test_a_bomb_is_unpacked_no_further_than_is_counted() -> None:
    body = of(gzipped(bytes(100_000_000), 1), packing="gzip")
    assert (body.size, body.cut, len(body.kept)) == (COUNTED, True, KEPT)


def test_what_stands_behind_a_packed_body_is_no_more_than_what_may_come() -> None:
    body = of(gzipped(b"short") + bytes(2 * COUNTED), packing="gzip")
    assert (body.size, body.cut) == (5, True)


@each(
    ("packing", "packed"),
    [
        ("br", b"x"),
        ("gzip, gzip", gzipped(b"once")),
        ("gzip", b"plain"),
        ("deflate", b"\xff\xff\xff"),
        ("gzip", gzipped(PAGE)[:-100]),
        ("gzip, gzip, gzip, gzip, gzip, gzip", b"x"),
        ("gzip", gzipped(PAGE) + gzipped(PAGE)[:50]),
    ],
)
def test_what_cannot_be_unpacked_is_broken(packing: str, packed: bytes) -> None:
    assert of(packed, packing=packing).broken


def test_what_cannot_be_unpacked_is_counted_as_it_came_where_nobody_judges() -> None:
    body = Body("gzip")
    assert body.write(b"plain") == 5
    assert body.write(b" text") == 5
    assert body.size == 10


@each("piece", [1, 3, 1_000, 100_000])
@each(
    ("charset", "head", "content_type"),
    [
        ("utf-8", "", "text/html"),
        ("iso-8859-1", "", "text/html; charset=ISO-8859-1"),
        ("cp1252", "", "text/html; charset=iso-8859-1"),
        ("cp1251", "", "text/html; charset=windows-1251"),
        ("cp1253", "<html><meta charset=windows-1253>", "text/html"),
        ("cp1250", '<meta http-equiv="Content-Type" content="text/html; charset=windows-1250">', ""),
        ("iso-8859-15", '<?xml version="1.0" encoding="ISO-8859-15"?>', "application/xml"),
        ("utf-16", "", "text/plain"),
        ("utf-16", "", "text/plain; charset=iso-8859-1"),
        ("utf-16-be", "", "text/plain; charset=UTF-16BE"),
        ("utf-16-le", "", "text/plain; charset=utf-16"),
        ("cp932", "", "text/html; charset=Shift_JIS"),
        ("gb18030", "", 'text/html; charset="gb2312"'),
        ("cp874", "", "text/html; charset=windows-874"),
        ("koi8-r", "<meta charset='koi8-r'>", "text/html; charset=nonsense"),
        ("utf-8", "<meta charset='windows-1251'>", "text/html; charset=utf-8"),
        ("utf-8", "", "text/html; charset=iso-8859-1"),
        ("utf-8", "", "text/html; charset=zip"),
    ],
)
def test_a_phrase_is_found_in_the_charset_of_the_page(charset: str, head: str, content_type: str, piece: int) -> None:
    letters = {"cp1251": "\u0434\u0430", "cp1253": "\u03b1\u03b2", "koi8-r": "\u0434\u0430", "cp932": "\u65e5\u672c"}
    letters |= {"gb18030": "\u65e5\u672c", "cp874": "\u0e01\u0e02", "cp1250": "\u0159\u0161"}
    word = letters.get(charset, "Gr\xf6\xdfe")
    page = f"{head}{'x' * 2 * BEGINNING}here {word} there".encode(charset)
    body = of(page, piece, content_type=content_type, phrases=[f"{word} there", f"{word} where"])
    assert (body.holds(f"{word} there"), body.holds(f"{word} where")) == (True, False)


def test_a_phrase_is_found_where_two_chunks_meet_and_far_behind_what_is_kept() -> None:
    body = of(b"x" * (3 * KEPT - 3) + b"forbidden", KEPT, phrases=["forbidden"])
    assert body.holds("forbidden")


def test_a_phrase_is_found_in_a_page_that_is_shorter_than_its_beginning() -> None:
    assert of("d\xe4".encode("utf-16"), phrases=["d\xe4"]).holds("d\xe4")
