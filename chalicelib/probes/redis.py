"""Redis and its kin: PING (Redis serialization protocol specification), after AUTH if asked for. One that wants a
password of who has none is at work, which is what is looked at."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.probes import dialogue
from chalicelib.probes.base import Failed, Outcome
from chalicelib.probes.connection import Connection, Session

name = "redis"

PORT = 6379


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition(dialogue.Entered):
    """A password alone is that of the user `default`."""

    type: str = name


def clean(definition: dict[str, object]) -> Definition:
    cleaned = dialogue.entered(Definition, definition, (PORT, PORT))
    dialogue.require_password(cleaned.user, cleaned.password)
    return cleaned


def run(definition: Definition, session: Session) -> Outcome:
    with dialogue.encrypted(definition, session) as connection:
        if definition.password:
            credentials = (definition.user, definition.password) if definition.user else (definition.password,)
            if not _asked(connection, "AUTH", *credentials).startswith(b"+OK"):
                raise Failed("login refused")
        answer = _asked(connection, "PING")
        with dialogue.parting(connection) as last:
            last.send(command("QUIT"))
        return session.outcome(True, _judged(answer))


def _judged(answer: bytes) -> str:
    if answer.startswith(b"-NOAUTH"):
        return "Redis wants a password"
    if not answer.startswith(b"+PONG"):
        raise dialogue.unexpected("PONG", answer)
    return "PONG"


def _asked(connection: Connection, *words: str) -> bytes:
    connection.send(command(*words))
    return connection.read_line()


def command(*words: str) -> bytes:
    """An array of bulk strings: no word can be taken for two."""
    parts = [word.encode() for word in words]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%b\r\n" % (len(part), part) for part in parts)
