"""What sql() and mysql() share: shards, the wire that their drivers are given, and rows as plain values.

A driver opens no connection itself: it gets one that the guard has made, whose every wait ends with the deadline and
which takes no more bytes than a command may.
"""

from __future__ import annotations

import re
import struct
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from statistics import fmean
from typing import Any, ClassVar

from chalicelib.commands.base import CommandError, Context, asking, text, whole
from chalicelib.commands.values import plain
from chalicelib.core.credentials import Credential
from chalicelib.core.errors import Invalid
from chalicelib.languages.conditions.exposed import Exposed
from chalicelib.probes import dialogue, fields
from chalicelib.probes.base import Failed
from chalicelib.probes.connection import Connection

SECONDS = 30
SHARDS = 50
BYTES = 2_000_000
STATEMENT = 20_000

_SHARD = re.compile(r"([^:/\s]+|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?/([^/\s]+)")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shard:
    """One database: `host:port/name`."""

    host: str
    port: int
    name: str

    @property
    def shown(self) -> str:
        return f"{self.host}:{self.port}/{self.name}"


def chosen(context: Context, shards: object, shard: object, port: int, command: str) -> list[Shard]:
    """The databases of the entity, or of the command. Raises CommandError."""
    found = context.own("shards", shards, command)
    if not isinstance(found, Mapping) or not all(isinstance(one, str) for one in found.values()):
        raise CommandError(f'{command}() needs shards: a dict such as {{"name": "host:port/database"}}')
    if shard is not None and shard not in found:
        raise CommandError(f"{command}(): there is no shard of this name")
    wanted = list(found.values()) if shard is None else [found[shard]]
    if len(wanted) > SHARDS:
        raise CommandError(f"{command}(): there are more than {SHARDS} shards")
    return [_parsed(one, port, command) for one in wanted]


def _parsed(spelt: str, port: int, command: str) -> Shard:
    match = _SHARD.fullmatch(spelt)
    if match is None or not 0 < int(match[2] or port) < 65_536:
        raise CommandError(f"{command}(): a shard must be of the form host:port/database")
    try:
        return Shard(fields.host_name(match[1], "host"), int(match[2] or port), match[3])
    except Invalid as invalid:
        raise CommandError(f"{command}(): {invalid}") from None


class Wire:
    """The part of a socket, and of its file, that drivers use, over a connection that the guard made."""

    def __init__(self, connection: Connection, login: Credential) -> None:
        self._connection, self._verify = connection, login.verify
        self._ahead = b""
        self._left = BYTES

    def makefile(self, *_: Any, **__: Any) -> Wire:
        return self

    def read(self, size: int) -> bytes:
        """So many bytes, fewer where the server has ended. What is too large is not waited for."""
        if not 0 <= size <= self._left:
            raise Failed(f"answer is larger than {BYTES} bytes")
        parts, missing = [self._ahead[:size]], size - len(self._ahead[:size])
        self._ahead = self._ahead[size:]
        while missing and (data := self._connection.receive()):
            parts.append(data[:missing])
            self._ahead = data[missing:]
            missing -= len(parts[-1])
        self._left -= size - missing
        return b"".join(parts)

    def write(self, data: bytes) -> int:
        self.sendall(data)
        return len(data)

    def sendall(self, data: bytes) -> None:
        self._connection.send(bytes(data))

    def flush(self) -> None:
        """What was written is sent."""

    def wrap_socket(self, _sock: object, server_hostname: str) -> Wire:
        """What a driver takes for a TLS context: of this connection, with the trust of the probes."""
        if self._ahead:
            raise Failed("unexpected data before the TLS handshake")
        self._connection.start_tls(server_hostname, verify=self._verify)
        return self

    def settimeout(self, _seconds: object) -> None:
        """The deadline is the session's."""

    def close(self) -> None:
        self._connection.close()


# One statement, and all the rows that came of it.
Run = Callable[[str], list[Row]]


class Statement(Exposed):
    """A statement that ran on each shard."""

    names: ClassVar[frozenset[str]] = frozenset({"result", "results"})

    def __init__(self, rows: list[list[Row]]) -> None:
        self._rows = rows

    def result(self, agg: object = "sum") -> Any:
        """The first row, added up over the shards; of a single column its value alone. What cannot be added up is
        listed. `agg` is sum, min, max or avg."""
        if not callable(agg) and agg not in _AGGREGATES:
            raise CommandError(f"agg must be one of {', '.join(_AGGREGATES)}")
        firsts = [rows[0] for rows in self._rows if rows]
        columns: dict[str, list[Any]] = {}
        for row in firsts:
            for name, value in row.items():
                columns.setdefault(name, []).append(value)
        found = {name: _together(agg, values) for name, values in columns.items()}
        return next(iter(found.values())) if len(found) == 1 else found

    def results(self, max_results: object = 100, raise_if_limit_exceeded: object = True) -> list[Row]:
        """The rows of all shards, at most `max_results`."""
        most, found = whole(max_results, "max_results", 1, 100_000), [row for rows in self._rows for row in rows]
        if len(found) > most and raise_if_limit_exceeded:
            raise CommandError(f"there are more than {most} rows")
        return found[:most]


def _together(agg: object, values: list[Any]) -> Any:
    together = agg if callable(agg) else _AGGREGATES[str(agg)]
    try:
        return together(values)
    except (TypeError, ValueError):
        return values


_AGGREGATES: Mapping[str, Callable[[list[Any]], Any]] = {"sum": sum, "min": min, "max": max, "avg": fmean}


class Database(Exposed):
    """The databases of a command. Each statement runs on all of them, in a transaction that reads."""

    names: ClassVar[frozenset[str]] = frozenset({"execute"})
    kind: ClassVar[str]
    shown: ClassVar[str]

    def __init__(self, context: Context, shards: Sequence[Shard]) -> None:
        self._context, self._shards = context, shards

    def execute(self, stmt: object) -> Statement:
        statement = text(stmt, "a statement", STATEMENT)
        return Statement([self._run(shard, statement) for shard in self._shards])

    def _run(self, shard: Shard, statement: str) -> list[Row]:
        session = self._context.session(min(SECONDS, self._context.interval))
        login = self._context.credential(self.kind, shard.host)
        if login is None:
            raise CommandError(f"the project has no login for {self.shown} at {shard.host}")
        with (
            asking(f"{self.shown} at {shard.shown}", session),
            dialogue.dialled(session, shard.host, shard.port) as connection,
            self.driven(connection, shard, login) as run,
        ):
            return run(statement)

    @abstractmethod
    def driven(self, connection: Connection, shard: Shard, login: Credential) -> AbstractContextManager[Run]:
        """What runs a statement over a connection. Errors of the driver become Failed."""


def rows(columns: Sequence[str], found: Sequence[Sequence[Any]]) -> list[Row]:
    return [dict(zip(columns, map(plain, row), strict=True)) for row in found]


# What drivers meet in an answer that is none.
_ODD = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError, struct.error)


@contextmanager
def driving(shown: str, *errors: type[Exception]) -> Iterator[None]:
    """The errors of a driver: one whose cause was the network is that of the network, and an answer that it cannot
    read is told as such. Others of its `errors` pass."""
    try:
        yield
    except errors as error:
        cause = error.__cause__ or getattr(error, "original_exception", None) or error.__context__
        if isinstance(cause, (OSError, Failed)):
            raise cause from None
        raise
    except _ODD:
        raise Failed(f"answer is none of {shown}'s") from None
