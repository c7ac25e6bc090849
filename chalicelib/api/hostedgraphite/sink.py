"""The sink: points in Graphite's line protocol, over HTTP (Hosted Graphite, sending metrics).

202 with nothing in it when every line was taken. 400 names the lines that were not; the good ones beside them are kept,
and the answer says so.
"""

from __future__ import annotations

import zlib

from chalicelib.api.hostedgraphite.errors import VOICE
from chalicelib.gateway import Caller, Reply, Request, resource, writes
from chalicelib.languages.graphite.lines import Lines
from chalicelib.monitor.intake import points as ingest

# Of lines, after unpacking; a gateway takes no more than six million of them packed or not.
SIZE = 4_000_000
_GZIP = zlib.MAX_WBITS | 16
MEMBERS_MAX = 100


class _Unreadable(Exception):
    """A body that holds no lines; the message says why."""


def _take(request: Request, caller: Caller) -> Reply:
    """Take in points: lines of `name value [time]`, packed with gzip or not.

    202 when every line was taken. 400 names the lines that were not, in plain text; the good ones beside them are kept.
    """
    try:
        body = _unpacked(request)
    except _Unreadable as error:
        return _text(400, f"nothing was stored: {error}\n")
    found = ingest.take(request.services, caller.project.code, body, deletions=caller.project.deletions)
    if found.refused:
        return _text(400, _told(found))
    return Reply(202) if found.points else _text(400, "nothing was stored: the body holds no metrics\n")


def _unpacked(request: Request) -> bytes:
    if len(request.body) > SIZE:
        raise _Unreadable(f"the body is longer than {SIZE} bytes")
    if request.header("content-encoding").strip().lower() != "gzip" and request.body[:2] != b"\x1f\x8b":
        return request.body
    return _of_gzip(request.body)


def _of_gzip(packed: bytes) -> bytes:
    """What is in every member, one behind the other; zeros behind the last are padding."""
    found, size = [], 0
    for _ in range(MEMBERS_MAX):
        unpacker = zlib.decompressobj(_GZIP)
        try:
            found.append(unpacker.decompress(packed, SIZE + 1 - size))
        except zlib.error:
            raise _Unreadable("the body is not valid gzip") from None
        size += len(found[-1])
        if size > SIZE:
            raise _Unreadable(f"the body is longer than {SIZE} bytes when unpacked")
        if not unpacker.eof:
            raise _Unreadable("the body is not valid gzip: it breaks off")
        packed = unpacker.unused_data.lstrip(b"\0")
        if not packed:
            return b"".join(found)
    raise _Unreadable(f"the body is gzip of more than {MEMBERS_MAX} members")


def _told(found: Lines) -> str:
    lines = [f"line {bad.number}: {bad.why}: {bad.text}" for bad in found.bad]
    more = found.refused - len(found.bad)
    lines += [f"and {more} more"] if more else []
    head = f"{_were(found.refused, 'line')} refused, {_were(len(found.points), 'point')} stored"
    return "\n".join([head, *lines, ""])


def _were(number: int, noun: str) -> str:
    return f"{number} {noun} was" if number == 1 else f"{number} {noun}s were"


def _text(status: int, text: str) -> Reply:
    return Reply(status, text, content_type="text/plain; charset=utf-8")


_POINTS = writes(_take, {202: "", 400: "text/plain"}, body="text/plain")
RESOURCES = [resource("/api/v1/sink", VOICE, POST=_POINTS, PUT=_POINTS)]
