"""Replies as plain values, and the form in which each entrance of AWS takes them."""

from __future__ import annotations

import base64
import json
import re
import zlib
from dataclasses import dataclass, field
from typing import Any

from chalicelib.gateway.requests import Event, headers_of, takes_bytes

JSON = "application/json"
# What Lambda hands on of one answer (Lambda quotas, "Invocation payload"), less room for what stands around the body.
ANSWER_MAX = 6 * 1024 * 1024 - 16 * 1024
# Packing what fits into one packet of the network saves nothing.
PACKED_MIN = 1_400
_PACKING, _GZIP = 5, zlib.MAX_WBITS | 16
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_QUALITY = re.compile(r"q=(0(?:\.0{0,3})?)")


class TooLong(Exception):
    """No entrance hands on an answer of this length."""


@dataclass(slots=True)
class Reply:
    """An answer: a text, an object or a list that is sent as JSON, or with `Reply.json` any value that JSON has."""

    status: int = 200
    body: Any = ""
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = JSON
    is_value: bool = False

    @classmethod
    def json(cls, value: Any, status: int = 200) -> Reply:
        """`value` as JSON, also where it is a text."""
        return cls(status, value, is_value=True)

    @property
    def text(self) -> str:
        """The body as it is sent."""
        return self.body if isinstance(self.body, str) and not self.is_value else json.dumps(self.body)


def response(event: Event, reply: Reply) -> dict[str, Any]:
    """The reply as the function answers `event`: packed where the entrance and the client can take it.

    Raises TooLong, and ValueError for a header that would begin another one.
    """
    headers = {"Content-Type": reply.content_type, **reply.headers}
    for name, value in headers.items():
        if _CONTROL.search(value):
            raise ValueError(f"the header {name} holds a control character")
    body, packed = reply.text, False
    if takes_bytes(event):
        headers["Vary"] = ", ".join(filter(None, [headers.get("Vary"), "Accept-Encoding"]))
        if len(body) >= PACKED_MIN and accepts_gzip(headers_of(event).get("accept-encoding", "")):
            headers["Content-Encoding"] = "gzip"
            body, packed = _packed(body), True
    if _is_too_long(body):
        raise TooLong
    found = {"statusCode": reply.status, "headers": headers, "body": body, "isBase64Encoded": packed}
    # Only the newest format knows no list of values for a header.
    return found if event.get("version") == "2.0" else found | {"multiValueHeaders": {}}


def accepts_gzip(accept: str) -> bool:
    """Whether an Accept-Encoding header allows gzip (RFC 9110, 12.5.3)."""
    allowed = {}
    for part in accept.lower().split(","):
        coding, *parameters = (text.strip() for text in part.split(";"))
        allowed[coding] = not any(_QUALITY.fullmatch(text) for text in parameters)
    return allowed.get("gzip", allowed.get("*", False))


def _packed(body: str) -> str:
    packer = zlib.compressobj(_PACKING, wbits=_GZIP)
    return base64.b64encode(packer.compress(body.encode("utf-8", "replace")) + packer.flush()).decode()


def _is_too_long(body: str) -> bool:
    """Whether the answer is longer than Lambda hands on: it counts the body as a string of JSON, with what that
    escapes."""
    longest_escape = len("\\u0000")
    return len(body) * longest_escape > ANSWER_MAX and len(json.dumps(body)) > ANSWER_MAX
