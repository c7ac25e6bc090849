"""gRPC: the health of a server or of one of its services (GRPC Health Checking Protocol), over HTTP/2 (RFC 9113).

One request, one answer: what is sent needs no dynamic table, and of what comes the message alone is read, for it says
all that there is to know. An answer without a message is an error of gRPC's.
"""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.core.errors import Invalid
from chalicelib.probes import dialogue, fields
from chalicelib.probes.base import AGENT, Failed, Outcome
from chalicelib.probes.connection import Connection, Session

name = "grpc"

PORT, TLS_PORT = 50051, 443
LIMIT = 65_536
# Settings, pings and the like come before the answer.
FRAMES = 200

_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_DATA, _HEADERS, _RESET, _SETTINGS, _PING, _AWAY, _CONTINUATION = 0, 1, 3, 4, 6, 7, 9
_END_STREAM, _ACKNOWLEDGED, _END_HEADERS, _PADDED = 1, 1, 4, 8
_STREAM = 1
_STATUS = {0: "UNKNOWN", 1: "SERVING", 2: "NOT_SERVING", 3: "SERVICE_UNKNOWN"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition(dialogue.Encrypted):
    """`service` is the name of one of the server's services, "" for the server itself."""

    type: str = name
    service: str = ""


def clean(definition: dict[str, object]) -> Definition:
    fields.refuse_unknown(definition, ("host", "port", "service", "tls", "verify"))
    tls = fields.flag(definition, "tls", default=False)
    service = fields.word(definition, "service", 200)
    if not service.isascii():
        raise Invalid("service", "is no name of a service")
    return Definition(
        timeout=fields.timeout(definition),
        host=fields.host(definition),
        port=fields.port(definition, TLS_PORT if tls else PORT),
        service=service,
        tls=tls,
        verify=fields.flag(definition, "verify", default=True),
    )


def run(definition: Definition, session: Session) -> Outcome:
    with dialogue.encrypted(definition, session, protocols=("h2",)) as connection:
        connection.send(_PREFACE + _frame(_SETTINGS, 0, 0) + _request(definition))
        status = _STATUS.get(_answered(connection), "UNKNOWN")
        if status != "SERVING":
            raise Failed(f"service is {status}")
        with dialogue.parting(connection) as last:
            last.send(_frame(_AWAY, 0, 0, bytes(8)))
        return session.outcome(True, status)


def _frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    """RFC 9113, 4.1."""
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def _request(definition: Definition) -> bytes:
    scheme = "https" if definition.tls else "http"
    host = f"[{definition.host}]" if ":" in definition.host else definition.host
    headers = {
        ":method": "POST",
        ":scheme": scheme,
        ":path": "/grpc.health.v1.Health/Check",
        ":authority": f"{host}:{definition.port}",
        "content-type": "application/grpc",
        "te": "trailers",
        "user-agent": AGENT,
    }
    # HealthCheckRequest: field 1 is the service; before a message come a flag and its length.
    message = b"\x0a" + _number(len(definition.service), 7) + definition.service.encode() if definition.service else b""
    body = b"\0" + len(message).to_bytes(4, "big") + message
    block = b"".join(_literal(key, value) for key, value in headers.items())
    return _frame(_HEADERS, _END_HEADERS, _STREAM, block) + _frame(_DATA, _END_STREAM, _STREAM, body)


def _literal(key: str, value: str) -> bytes:
    """RFC 7541, 6.2.2: a header that is not indexed, with a new name."""
    return b"\0" + b"".join(_integer(len(text)) + text.encode() for text in (key, value))


def _integer(number: int) -> bytes:
    """RFC 7541, 5.1, with a prefix of seven bits."""
    return bytes([number]) if number < 127 else b"\x7f" + _number(number - 127, 7)


def _number(number: int, bits: int) -> bytes:
    """Groups of seven bits, the lowest first, as HPACK and protocol buffers have them."""
    low, rest = number & 0x7F, number >> bits
    return bytes([low | 0x80]) + _number(rest, bits) if rest else bytes([low])


def _answered(connection: Connection) -> int:
    """The status in the message that comes. Raises Failed for an answer without one."""
    came = b""
    for _ in range(FRAMES):
        kind, flags, stream, payload = _read(connection)
        if kind == _SETTINGS and not flags & _ACKNOWLEDGED:
            connection.send(_frame(_SETTINGS, _ACKNOWLEDGED, 0))
        elif kind == _PING and not flags & _ACKNOWLEDGED:
            connection.send(_frame(_PING, _ACKNOWLEDGED, 0, payload))
        elif kind in (_RESET, _AWAY):
            raise Failed("gRPC stream was reset" if kind == _RESET else "server goes away")
        elif kind == _DATA and stream == _STREAM:
            came += payload[1 : len(payload) - payload[0]] if flags & _PADDED and payload else payload
        if len(came) >= 5 and len(came) >= 5 + int.from_bytes(came[1:5], "big"):
            return _status(came[5 : 5 + int.from_bytes(came[1:5], "big")])
        if stream == _STREAM and flags & _END_STREAM and kind in (_DATA, _HEADERS):
            break
    raise Failed("no answer about the health: the service is unknown, or nobody answers for it")


def _read(connection: Connection) -> tuple[int, int, int, bytes]:
    head = connection.read(9)
    length = int.from_bytes(head[:3], "big")
    if length > LIMIT or head.startswith(b"HTTP/"):
        raise dialogue.unexpected("HTTP/2", head)
    payload = connection.read(length) if length else b""
    return head[3], head[4], int.from_bytes(head[5:], "big") & 0x7FFFFFFF, payload


def _status(message: bytes) -> int:
    """HealthCheckResponse: field 1 is the status, which is not sent where it is 0."""
    return message[1] if len(message) >= 2 and message[0] == 0x08 else 0
