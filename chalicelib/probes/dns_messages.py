"""Messages of the domain name system (RFC 1035, 4), as far as a probe needs them: one question, and what came of it."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

# RFC 1035, 3.2.2; AAAA is of RFC 3596, SRV of RFC 2782, CAA of RFC 8659.
TYPES = {
    "A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28, "SRV": 33, "CAA": 257,
}  # fmt: skip
_INTERNET = 1
_RECURSION_DESIRED = 0x0100
_RESPONSE, _TRUNCATED, _CODE = 0x8000, 0x0200, 0x000F
_OPERATION = 0x7800

_HEADER = struct.Struct(">6H")
_RECORD = struct.Struct(">HHIH")

_CODES = {0: "NOERROR", 1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED"}


@dataclass(frozen=True, slots=True)
class Answer:
    """`code` is NOERROR or what is wrong; `records` those of the type that was asked for, in the usual notation."""

    code: str
    truncated: bool
    records: tuple[str, ...]


def query(number: int, host: str, record: str) -> bytes:
    """A question about `host`. Raises ValueError for a name that does not fit."""
    labels = [label.encode("ascii") for label in host.split(".")]
    if not all(0 < len(label) < 64 for label in labels) or sum(map(len, labels)) + len(labels) > 254:
        raise ValueError("is not a name that can be asked for")
    encoded = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
    header = _HEADER.pack(number, _RECURSION_DESIRED, 1, 0, 0, 0)
    return header + encoded + struct.pack(">HH", TYPES[record], _INTERNET)


def answer(message: bytes, asked: bytes) -> Answer | None:
    """What `message` answers to the query `asked`; None if it answers another question (RFC 5452, 9.1). Raises
    ValueError if it is broken."""
    if len(message) < _HEADER.size:
        return None
    number, flags, questions, answers, _, _ = _HEADER.unpack_from(message)
    code, truncated = flags & _CODE, bool(flags & _TRUNCATED)
    if (number, flags & (_RESPONSE | _OPERATION)) != (int.from_bytes(asked[:2], "big"), _RESPONSE):
        return None
    # Some servers leave the question out where there is nothing to be said to it.
    if not (_repeats(message, asked) if questions == 1 else questions == 0 and (code or truncated)):
        return None
    wanted = int.from_bytes(asked[-4:-2], "big")
    records = () if code or truncated else _records(message, len(asked), answers, wanted)
    return Answer(_CODES.get(code, f"code {code}"), truncated and not code, records)


def _repeats(message: bytes, asked: bytes) -> bool:
    """Whether the question is the one that was asked; letters count the same in either case."""
    question = slice(_HEADER.size, len(asked))
    return len(message) >= len(asked) and message[question].lower() == asked[question].lower()


def _records(message: bytes, at: int, count: int, wanted: int) -> tuple[str, ...]:
    found = []
    try:
        for _ in range(count):
            _, at = _name(message, at)
            kind, group, _, length = _RECORD.unpack_from(message, at)
            at += _RECORD.size
            if at + length > len(message):
                raise ValueError("ends too early")
            if (kind, group) == (wanted, _INTERNET):
                found.append(_READERS[kind](message, at, at + length))
            at += length
    except (IndexError, struct.error):
        raise ValueError("ends too early") from None
    return tuple(found)


def _name(message: bytes, at: int) -> tuple[str, int]:
    """A name and where it ends. Pointers must lead ever further back, so a ring of them is found out."""
    labels: list[str] = []
    end, limit, size = 0, at, 0
    while length := message[at]:
        if length >= 0xC0:
            end = end or at + 2
            at = (length & 0x3F) << 8 | message[at + 1]
            if at >= limit:
                raise ValueError("holds a pointer that does not lead back")
            limit = at
            continue
        size += length + 1
        if length >= 0x40 or size > 254:
            raise ValueError("holds a name that is too long")
        labels.append(_text(message[at + 1 : at + 1 + length]))
        at += length + 1
    return ".".join(labels) or ".", end or at + 1


def _text(data: bytes) -> str:
    return data.decode("utf-8", "backslashreplace")


def _address(message: bytes, at: int, end: int) -> str:
    return str(IPv4Address(message[at:end]))


def _address_6(message: bytes, at: int, end: int) -> str:
    return str(IPv6Address(message[at:end]))


def _host(message: bytes, at: int, end: int) -> str:
    return _name(message, at)[0]


def _exchange(message: bytes, at: int, end: int) -> str:
    return f"{int.from_bytes(message[at : at + 2], 'big')} {_name(message, at + 2)[0]}"


def _service(message: bytes, at: int, end: int) -> str:
    priority, weight, port = struct.unpack_from(">3H", message, at)
    return f"{priority} {weight} {port} {_name(message, at + 6)[0]}"


def _authority(message: bytes, at: int, end: int) -> str:
    primary, at = _name(message, at)
    mailbox, at = _name(message, at)
    figures = struct.unpack_from(">5I", message, at)
    return " ".join([primary, mailbox, *map(str, figures)])


def _strings(message: bytes, at: int, end: int) -> str:
    parts = []
    while at < end:
        length = message[at]
        parts.append(message[at + 1 : min(at + 1 + length, end)])
        at += 1 + length
    return _text(b"".join(parts))


def _issuer(message: bytes, at: int, end: int) -> str:
    flags, length = message[at], message[at + 1]
    tag, value = message[at + 2 : at + 2 + length], message[at + 2 + length : end]
    return f"{flags} {_text(tag)} {_text(value)}"


_READERS: dict[int, Callable[[bytes, int, int], str]] = {
    TYPES["A"]: _address,
    TYPES["AAAA"]: _address_6,
    TYPES["CNAME"]: _host,
    TYPES["NS"]: _host,
    TYPES["PTR"]: _host,
    TYPES["MX"]: _exchange,
    TYPES["TXT"]: _strings,
    TYPES["SOA"]: _authority,
    TYPES["SRV"]: _service,
    TYPES["CAA"]: _issuer,
}
