"""Redis serialization protocol (version 2): commands go out, replies of bounded size come back."""

from __future__ import annotations

from chalicelib.commands.base import CommandError
from chalicelib.probes import dialogue
from chalicelib.probes.base import Failed
from chalicelib.probes.connection import Connection
from chalicelib.probes.redis import command

BYTES = 1_000_000
ITEMS = 20_000
DEPTH = 4

Reply = str | int | list["Reply"] | None


class Replies:
    """The replies to one command; together they are no larger than BYTES and ITEMS."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._bytes, self._items = BYTES, ITEMS

    def read(self, depth: int = 0) -> Reply:
        """Raises Failed for what is none, or too large; CommandError for an error of the server's."""
        line = self._connection.read_line()
        kind, rest = line[:1], line[1:]
        if kind == b"+":
            return rest.decode("utf-8", "replace")
        if kind == b"-":
            raise CommandError(f"Redis answers {dialogue.quoted(rest)}")
        if kind not in (b":", b"$", b"*") or not rest.removeprefix(b"-").isdigit() or len(rest) > 20:
            raise dialogue.unexpected("a Redis reply", line)
        number = int(rest)
        if kind == b":":
            return number
        if number < 0:
            return None
        return self._text(number) if kind == b"$" else self._list(number, depth)

    def _text(self, size: int) -> str:
        self._bytes -= size
        if self._bytes < 0:
            raise Failed(f"answer is larger than {BYTES} bytes")
        return self._connection.read(size + 2)[:-2].decode("utf-8", "replace")

    def _list(self, count: int, depth: int) -> list[Reply]:
        self._items -= count
        if self._items < 0:
            raise Failed(f"answer holds more than {ITEMS} items")
        if depth == DEPTH:
            raise Failed("answer is nested too deeply")
        return [self.read(depth + 1) for _ in range(count)]


def ask(connection: Connection, *words: str) -> Reply:
    connection.send(command(*words))
    return Replies(connection).read()
