"""One table of what servers do, well and badly, held against both engines: they find the same, but where a reason is
given."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.probes import http
from chalicelib.probes.base import Outcome, Task
from chalicelib.probes.engine import Prober
from tests.channels.servers import speaking
from tests.probes.conftest import HERE

OK = b"HTTP/1.1 200 OK\r\n"
TEN = b"Content-Length: 10\r\n\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
PACKED = gzip.compress(b"all is well")

STATUS_LINES = {
    "plain": b"HTTP/1.1 200 OK\r\n",
    "no words": b"HTTP/1.1 200\r\n",
    "no words but a blank": b"HTTP/1.1 200 \r\n",
    "old": b"HTTP/1.0 200 OK\r\n",
    "newer minor": b"HTTP/1.2 200 OK\r\n",
    "line feeds": b"HTTP/1.1 200 OK\n",
    "two blanks": b"HTTP/1.1  200 OK\r\n",
    "tab": b"HTTP/1.1\t200 OK\r\n",
    "lower case": b"http/1.1 200 OK\r\n",
    "other protocol": b"ICY 200 OK\r\n",
    "blank line before": b"\r\nHTTP/1.1 200 OK\r\n",
    "two figures": b"HTTP/1.1 20 OK\r\n",
    "four figures": b"HTTP/1.1 2000 OK\r\n",
    "letters": b"HTTP/1.1 abc OK\r\n",
    "zero": b"HTTP/1.1 000 OK\r\n",
    "099": b"HTTP/1.1 099 OK\r\n",
    "999": b"HTTP/1.1 999 Odd\r\n",
    "299": b"HTTP/1.1 299 Odd\r\n",
    "600": b"HTTP/1.1 600 Odd\r\n",
    "words in utf-8": "HTTP/1.1 200 Größe\r\n".encode(),
    "negative": b"HTTP/1.1 -200 OK\r\n",
    "version alone": b"HTTP/1.1\r\n",
    "third": b"HTTP/3 200 OK\r\n",
    "long words": b"HTTP/1.1 200 " + b"x" * 5_000 + b"\r\n",
}
HEADERS = {
    "none": b"",
    "no colon": b"Nonsense\r\n",
    "blank before the colon": b"X-A : b\r\n",
    "folded": b"X-A: b\r\n c\r\n",
    "empty": b"X-A:\r\n",
    "odd bytes": b"X-A: \xff\xfe\r\n",
    "odd bytes in a name": b"X-\xe4 b: c\r\n",
    "zeros": b"X-A: a\x00b\r\n",
    "a quarter of a hundred thousand": b"X-A: " + b"x" * 25_000 + b"\r\n",
    "two hundred": b"".join(b"X-%d: a\r\n" % number for number in range(200)),
    "two servers": b"Server: a\r\nServer: b\r\n",
    "set-cookie": b"Set-Cookie: a=b\r\n",
    "retry": b"Retry-After: 5\r\n",
    "connection": b"Connection: close\r\n",
    "keep-alive": b"Connection: keep-alive\r\nKeep-Alive: timeout=5\r\n",
    "upgrade": b"Upgrade: h2c\r\nConnection: Upgrade\r\n",
    "identity": b"Content-Encoding: identity\r\n",
    "content type": b"Content-Type: text/html; charset=utf-8\r\n",
    "location": b"Location: /there\r\n",
}
WHOLE = {
    "nothing": b"",
    "half a status line": b"HTTP/1.1 200",
    "headers without end": OK + b"X-A: b\r\n",
    "html without headers": b"<html>all is well</html>",
    "another protocol": b"SSH-2.0-OpenSSH_9.6\r\n",
    "mail": b"220 mail.example.org ESMTP\r\n",
    "tls alert": b"\x15\x03\x01\x00\x02\x02\x16",
    "zeros": bytes(100),
    "no length": OK + b"\r\nall is well",
    "exact length": OK + TEN + b"0123456789",
    "more than told": OK + TEN + b"0123456789and more",
    "less than told": OK + TEN + b"0123",
    "no body of those told": OK + TEN,
    "length twice the same": OK + b"Content-Length: 10\r\n" + TEN + b"0123456789",
    "length not a number": OK + b"Content-Length: ten\r\n\r\n0123456789",
    "length negative": OK + b"Content-Length: -1\r\n\r\n0123456789",
    "length zero": OK + b"Content-Length: 0\r\n\r\n",
    "chunks": CHUNKED + b"3\r\nall\r\n8\r\n is well\r\n0\r\n\r\n",
    "chunks with extensions": CHUNKED + b"3;a=b\r\nall\r\n0;c\r\n\r\n",
    "chunks with a trailer": CHUNKED + b"3\r\nall\r\n0\r\nX-A: b\r\n\r\n",
    "chunks with a location behind": b"HTTP/1.1 302 Found\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"0\r\nLocation: /\r\n\r\n",
    "chunks in capitals": CHUNKED + b"A\r\n0123456789\r\n0\r\n\r\n",
    "chunks without the last": CHUNKED + b"3\r\nall\r\n",
    "chunk cut off": CHUNKED + b"30\r\nall",
    "chunk of no size": CHUNKED + b"x\r\nall\r\n0\r\n\r\n",
    "chunk of an empty size": CHUNKED + b"\r\nall\r\n0\r\n\r\n",
    "chunk of a huge size": CHUNKED + b"ffffffffffffffffff\r\nall\r\n0\r\n\r\n",
    "chunk with line feeds": CHUNKED + b"3\nall\n0\n\n",
    "chunked and length": OK + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nall\r\n0\r\n\r\n",
    "chunks of no end": CHUNKED + b"3\r\nall\r\n0\r\n",
    "no content": b"HTTP/1.1 204 No Content\r\n\r\n",
    "no content with content": b"HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\nall",
    "not modified": b"HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\n",
    "continue": b"HTTP/1.1 100 Continue\r\n\r\n" + OK + TEN + b"0123456789",
    "processing": b"HTTP/1.1 102 Processing\r\n\r\n" + OK + TEN + b"0123456789",
    "early hints": b"HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n" + OK + TEN + b"0123456789",
    "early hints and no answer": b"HTTP/1.1 103 Early Hints\r\n\r\n",
    "packed": OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(PACKED) + PACKED,
    "packed without length": OK + b"Content-Encoding: gzip\r\n\r\n" + PACKED,
    "packed and more": OK + b"Content-Encoding: gzip\r\n\r\n" + PACKED + b"more",
    "packed twice over": OK + b"Content-Encoding: gzip\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(PACKED),
    "packed in part": OK + b"Content-Encoding: gzip\r\n\r\n" + PACKED[:-9],
    "packed, and is not": OK + b"Content-Encoding: gzip\r\n\r\nall is well",
    "packed in a way that nobody knows": OK + b"Content-Encoding: br\r\n\r\nall is well",
    "packed and empty": OK + b"Content-Encoding: gzip\r\nContent-Length: 0\r\n\r\n",
    "packed in chunks": OK
    + b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
    + b"%x\r\n%b\r\n0\r\n\r\n" % (len(PACKED), PACKED),
    "redirect behind an odd header": b"HTTP/1.1 302 Found\r\nX-\xe4: b\r\nLocation: ftp://a/\r\n"
    b"Content-Length: 0\r\n\r\n",
    "redirect to nowhere": b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n",
    "redirect to another protocol": b"HTTP/1.1 302 Found\r\nLocation: ftp://a/\r\nContent-Length: 0\r\n\r\n",
    "redirect to an odd port": b"HTTP/1.1 302 Found\r\nLocation: http://a:0/\r\nContent-Length: 0\r\n\r\n",
    "redirect with an empty address": b"HTTP/1.1 302 Found\r\nLocation:\r\nContent-Length: 0\r\n\r\n",
    "redirect that is cut off": b"HTTP/1.1 302 Found\r\nLocation: ftp://a/\r\nContent-Length: 5\r\n\r\n",
    "choice": b"HTTP/1.1 300 Multiple Choices\r\nLocation: /a\r\nContent-Length: 0\r\n\r\n",
    "payment": b"HTTP/1.1 402 Payment Required\r\n" + TEN + b"0123456789",
    "broken": b"HTTP/1.1 500 Internal Server Error\r\n" + TEN + b"0123456789",
    "unknown charset": OK + b"Content-Type: text/html; charset=zip\r\n\r\nall is well",
    "latin": OK + b"Content-Type: text/html; charset=latin1\r\n\r\nall is well \xe4",
}
TABLE = {
    **{f"status line: {name}": line + TEN + b"0123456789" for name, line in STATUS_LINES.items()},
    **{f"header: {name}": OK + lines + TEN + b"0123456789" for name, lines in HEADERS.items()},
    **{f"answer: {name}": whole for name, whole in WHOLE.items()},
}
ASKED: tuple[dict[str, Any], ...] = ({}, {"keyword": "well"}, {"not_keyword": "well"})

# Where the engines differ, and why that may be.
DIFFERENT = {
    "answer: chunk with line feeds": "curl takes a line feed for the end of a line of chunks, RFC 9112 (7.1) does not",
}


def _found(engine: bool, said: bytes, asked: dict[str, Any]) -> Outcome:
    def speak(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(said)

    with speaking(speak) as port:
        definition = replace(http.clean({"url": f"http://127.0.0.1:{port}/", **asked}), timeout=3)
        return Prober(HERE, use_curl=engine).run([Task("one", definition)])["one"]


def _told(outcome: Outcome) -> tuple[Any, ...]:
    return outcome.ok, outcome.text, outcome.size if outcome.ok else None, outcome.details if outcome.ok else None


@pytest.mark.parametrize("name", TABLE)
def test_both_engines_find_the_same(name: str) -> None:
    found: Callable[[bool, dict[str, Any]], tuple[Any, ...]] = lambda engine, asked: _told(  # noqa: E731
        _found(engine, TABLE[name], asked)
    )
    same = [found(True, asked) == found(False, asked) for asked in ASKED]
    if name in DIFFERENT:
        assert not all(same), "no difference is left: take it off the list"
    else:
        assert all(same), [(asked, found(True, asked), found(False, asked)) for asked in ASKED]
