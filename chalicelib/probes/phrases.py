"""Phrases sought in a text as it streams by, in the charset that it has (the order is that of the Encoding Standard,
WHATWG: byte order mark, header, what the page itself says)."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence

# So much of a page is looked at for what it says of its charset.
BEGINNING = 1_024

_IN_HEADER = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_IN_PAGE = re.compile(
    rb"<meta\b[^>]{0,300}?\bcharset\s*=\s*[\"']?\s*([\w.:-]{1,40})|<\?xml\b[^>]{0,200}?\bencoding\s*=\s*[\"']([\w.:-]{1,40})",
    re.IGNORECASE,
)
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))

# What the standard reads a label as that names something narrower.
_WIDER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
    "iso8859-11": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "utf-16": "utf-16-le",
}
# Labels that Python does not know.
_LABELS = {
    "windows-874": "cp874",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
    "x-sjis": "cp932",
    "x-gbk": "gb18030",
    "x-x-big5": "big5",
    "x-mac-roman": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
    "unicode": "utf-16-le",
}
_NAMES = """
utf-8, utf-16-le, utf-16-be, cp866, cp874, cp932, cp949, big5, big5hkscs, euc_jp, iso2022_jp, gb18030, koi8-r, koi8-u,
mac-roman, mac-cyrillic
"""
# Python knows codecs that are no charsets, some of which unpack bombs.
_KNOWN = frozenset(
    {name.strip() for name in _NAMES.split(",")}
    | {f"iso8859-{number}" for number in range(2, 17)}
    | {f"cp125{number}" for number in range(9)}
)
_DEFAULT = "utf-8"


def charset_in(content_type: str) -> str:
    """The codec that writes in the charset which a Content-Type names; empty where it names none that is known."""
    match = _IN_HEADER.search(content_type)
    return _codec(match[1]) if match else ""


def _codec(label: str) -> str:
    """The codec of a charset; empty for none that texts are written in."""
    label = label.lower()
    try:
        name = _LABELS.get(label) or codecs.lookup(label.removeprefix("x-") if label.startswith("x-cp") else label).name
    except (LookupError, ValueError):
        return ""
    return name if name in _KNOWN or name in _WIDER else ""


def charset_of(content_type: str, beginning: bytes) -> str:
    """The codec of a text with this Content-Type that begins so."""
    for mark, name in _MARKS:
        if beginning.startswith(mark):
            return name
    in_header = charset_in(content_type)
    if in_header:
        return _WIDER.get(in_header, in_header)
    match = _IN_PAGE.search(beginning)
    found = _codec((match[1] or match[2]).decode("ascii")) if match else ""
    # What can be read as ASCII is not in UTF-16, whatever it says.
    return _DEFAULT if found.startswith("utf-16") or not found else _WIDER.get(found, found)


class _Sought:
    """A few bytes that may come in two chunks."""

    def __init__(self, needle: bytes) -> None:
        self.needle = needle
        self.found = False
        self._end = b""

    def take(self, chunk: bytes) -> None:
        if self.found:
            return
        window = self._end + chunk
        self.found = self.needle in window
        self._end = window[max(len(window) - len(self.needle) + 1, 0) :]


class Search:
    """Seeks phrases, each in the charset of the text and, for pages that say the wrong one, in UTF-8 too."""

    def __init__(self, phrases: Sequence[str], content_type: str) -> None:
        self._phrases = phrases
        self._content_type = content_type
        self._plain = [_Sought(phrase.encode("utf-8", "surrogatepass")) for phrase in phrases]
        self._read = [_Sought(one.needle) for one in self._plain]
        self._begun: bytes | None = b""
        self._reader: codecs.IncrementalDecoder | None = None

    def take(self, chunk: bytes) -> None:
        for one in self._plain:
            one.take(chunk)
        if self._begun is not None:
            self._begun += chunk
            if len(self._begun) >= BEGINNING:
                self._begin()
        elif self._reader:
            self._decoded(chunk)

    def end(self) -> None:
        """Nothing more comes."""
        if self._begun is not None:
            self._begin()
        if self._reader:
            self._decoded(b"", final=True)

    def found(self, phrase: str) -> bool:
        number = self._phrases.index(phrase)
        return self._plain[number].found or self._read[number].found

    def _begin(self) -> None:
        begun, self._begun = self._begun or b"", None
        name = charset_of(self._content_type, begun)
        if name != _DEFAULT:
            self._reader = codecs.getincrementaldecoder(name)("replace")
            self._decoded(begun)

    def _decoded(self, chunk: bytes, *, final: bool = False) -> None:
        if self._reader:
            text = self._reader.decode(chunk, final).encode("utf-8", "surrogatepass")
            for one in self._read:
                one.take(text)
