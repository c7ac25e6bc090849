"""SSH: the identification string that a server begins with (RFC 4253, 4.2). Nothing is negotiated, nobody logs in."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.probes import dialogue, fields
from chalicelib.probes.base import Failed, Outcome
from chalicelib.probes.connection import Connection, Session

name = "ssh"

PORT = 22
LIMIT = 255
# Lines before the identification, and how long each may be.
LINES, BEFORE = 1_024, 8_192

# Said in return, so that the server's log tells who came; a silent caller looks like an attack.
_IDENTIFICATION = b"SSH-2.0-Tocsin_1\r\n"
_VERSIONS = (b"SSH-2.0-", b"SSH-1.99-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition(dialogue.Peer):
    """`expect` is what the server's identification must hold ("OpenSSH")."""

    type: str = name
    expect: str = ""


def clean(definition: dict[str, object]) -> Definition:
    fields.refuse_unknown(definition, ("host", "port", "expect"))
    return Definition(
        timeout=fields.timeout(definition),
        host=fields.host(definition),
        port=fields.port(definition, PORT),
        expect=fields.word(definition, "expect", LIMIT),
    )


def run(definition: Definition, session: Session) -> Outcome:
    with dialogue.dialled(session, definition.host, definition.port) as connection:
        banner = _banner(connection)
        if not banner.startswith(_VERSIONS):
            raise dialogue.unexpected("SSH-2.0", banner)
        if definition.expect.encode() not in banner:
            raise dialogue.unexpected(dialogue.quoted(definition.expect.encode()), banner)
        connection.send(_IDENTIFICATION)
        return session.outcome(True, dialogue.seen(banner))


def _banner(connection: Connection) -> bytes:
    """The first line that begins with SSH-; a server may say other things before, as much as OpenSSH listens to."""
    first = one = connection.read_line(BEFORE)
    for _ in range(LINES):
        if one.startswith(b"SSH-"):
            return one
        try:
            one = connection.read_line(BEFORE)
        except Failed:
            break
    raise dialogue.unexpected("SSH-2.0", first)
