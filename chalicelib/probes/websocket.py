"""WebSocket (RFC 6455): the opening handshake over ws or wss, a message out and one in if asked for, the close."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.core.errors import Invalid
from chalicelib.net.urls import Target
from chalicelib.probes import base, dialogue, fields, urls
from chalicelib.probes.base import AGENT, Failed, Outcome
from chalicelib.probes.connection import Connection, Session
from chalicelib.probes.websocket_frames import CLOSE, TEXT, Frames

name = "websocket"

SCHEMES = ("ws", "wss")
LIMIT = 4_000

_KEYS = ("url", "send", "expect", "verify")
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_NORMAL_CLOSURE = (1000).to_bytes(2, "big")


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition(base.Definition):
    """`send` goes out as one text message; `expect` is a part of a message that comes, whichever it is."""

    type: str = name
    url: str
    send: str = ""
    expect: str = ""
    verify: bool = True

    @property
    def verifies(self) -> bool:
        return self.verify and urls.parse(self.url, SCHEMES).encrypted


def clean(definition: dict[str, object]) -> Definition:
    fields.refuse_unknown(definition, _KEYS)
    url = fields.word(definition, "url", urls.LIMIT, None)
    try:
        urls.parse(url, SCHEMES)
    except ValueError as error:
        raise Invalid("url", str(error)) from None
    return Definition(
        timeout=fields.timeout(definition),
        url=url,
        send=fields.text(definition, "send", LIMIT),
        expect=fields.text(definition, "expect", LIMIT),
        verify=fields.flag(definition, "verify", default=True),
    )


def run(definition: Definition, session: Session, *, random: Callable[[int], bytes] = os.urandom) -> Outcome:
    """`random` makes so many bytes up: the key of the handshake, the masks of the frames."""
    target = urls.parse(definition.url, SCHEMES)
    with dialogue.dialled(session, target.host, target.port) as connection:
        if target.encrypted:
            connection.start_tls(target.host, verify=definition.verify)
        _open(connection, target, base64.b64encode(random(16)))
        text = _talk(Frames(connection, random), definition)
        outcome = session.outcome(True, text)
        with dialogue.parting(connection) as last:
            _close(Frames(last, random))
        return outcome


def _open(connection: Connection, target: Target, key: bytes) -> None:
    """RFC 6455, 4.1: the request, and all that the answer must hold."""
    dialogue.say(connection, _request(target, key.decode("ascii")))
    status = connection.read_line()
    if status.split()[1:2] != [b"101"] or not status.startswith(b"HTTP/1.1 "):
        raise dialogue.unexpected("101 Switching Protocols", status.partition(b" ")[2] or status)
    headers = _headers(connection)
    if headers.get(b"upgrade", b"").lower() != b"websocket" or b"upgrade" not in _tokens(headers, b"connection"):
        raise Failed("handshake is not that of a WebSocket")
    if headers.get(b"sec-websocket-accept") != accepted(key):
        raise Failed("handshake has a wrong Sec-WebSocket-Accept")
    if headers.keys() & {b"sec-websocket-extensions", b"sec-websocket-protocol"}:
        raise Failed("handshake agrees to what was not asked for")


def _request(target: Target, key: str) -> str:
    headers = {
        "Host": target.authority,
        "User-Agent": AGENT,
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": key,
    }
    lines = "".join(f"{field}: {value}\r\n" for field, value in headers.items())
    return f"GET {target.path} HTTP/1.1\r\n{lines}"


def accepted(key: bytes) -> bytes:
    """The Sec-WebSocket-Accept that proves that the key was read by a WebSocket server."""
    return base64.b64encode(hashlib.sha1(key + _GUID, usedforsecurity=False).digest())


def _headers(connection: Connection) -> dict[bytes, bytes]:
    headers: dict[bytes, bytes] = {}
    for _ in range(dialogue.LINES):
        line = connection.read_line()
        if not line:
            return headers
        field, _, value = line.partition(b":")
        field, value = field.lower(), value.strip()
        headers[field] = headers[field] + b", " + value if field in headers else value
    raise Failed("answer is too long")


def _tokens(headers: dict[bytes, bytes], field: bytes) -> list[bytes]:
    return [token.strip() for token in headers.get(field, b"").lower().split(b",")]


def _talk(frames: Frames, definition: Definition) -> str:
    if definition.send:
        frames.send(TEXT, definition.send.encode())
    if not definition.expect:
        return "101 Switching Protocols"
    expected = definition.expect.encode()
    came = b""
    try:
        while expected not in (message := frames.message()):
            came = message
    except TimeoutError:
        if not came:
            raise
        raise dialogue.missing(expected, came, definition.send.encode()) from None
    return "expected message"


def _close(frames: Frames) -> None:
    """RFC 6455, 7.1.1: both ends say so, and then the server hangs up."""
    frames.send(CLOSE, _NORMAL_CLOSURE)
    frames.until_closed()
