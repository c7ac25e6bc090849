"""memcached(): what a memcached holds, and how it fares (its text protocol)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, TypeVar

from chalicelib.commands.base import CommandError, Context, asking, text, whole
from chalicelib.commands.counter import Counter
from chalicelib.languages.conditions.exposed import Exposed
from chalicelib.probes import dialogue, fields
from chalicelib.probes.base import Failed
from chalicelib.probes.connection import Connection

PORT = 11_211
SECONDS = 5
BYTES = 1_000_000
LINES = 2_000

Found = TypeVar("Found")

_KEY = re.compile(r"[!-~]{1,250}")
_GAUGES = ("curr_connections", "curr_items", "bytes", "limit_maxbytes", "threads")
_COUNTERS = (
    *("cmd_get", "cmd_set", "cmd_flush", "get_hits", "get_misses", "delete_hits", "delete_misses", "evictions"),
    *("bytes_read", "bytes_written", "total_connections", "total_items"),
)


def make(context: Context) -> Callable[..., Memcached]:
    def memcached(host: object = None, port: object = PORT) -> Memcached:
        name = text(context.own("host", host, "memcached"), "host")
        return Memcached(context, name, whole(port, "port", 1, 65_535))

    return memcached


class Memcached(Exposed):
    names: ClassVar[frozenset[str]] = frozenset({"get", "json", "stats"})

    def __init__(self, context: Context, host: str, port: int) -> None:
        self._context, self._host, self._port = context, host, port

    def get(self, key: object) -> str | None:
        """None for a key that is not there."""
        name = text(key, "key")
        if not _KEY.fullmatch(name):
            raise CommandError("key must be 1 to 250 characters without blanks")
        return self._asked(f"get {name}", _value)

    def json(self, key: object) -> Any:
        found = self.get(key)
        try:
            return json.loads(found) if found is not None else None
        except (ValueError, RecursionError):
            raise CommandError(f"memcached at {self._host}:{self._port}: value is not JSON") from None

    def stats(self, extra_keys: object = ()) -> dict[str, Any]:
        """The figures that tell how it fares, those that only grow as their growth per second; `extra_keys` name more
        of its own, as they are."""
        figures = self._asked("stats", lambda connection: dict(_stats(connection)))
        found: dict[str, Any] = {name: _figure(figures[name]) for name in _GAUGES if name in figures}
        for name in _COUNTERS:
            if figures.get(name, "").isdecimal():
                counter = Counter(self._context, f"memcached:{self._host}:{self._port}:{name}")
                grown = counter.per_second(int(figures[name]))
                found[f"{name.removeprefix('total_')}_per_sec"] = round(grown, 2)
        wanted = extra_keys if isinstance(extra_keys, (list, tuple, set)) else ()
        return found | {str(name): _figure(figures[name]) for name in wanted if name in figures}

    def _asked(self, command: str, read: Callable[[Connection], Found]) -> Found:
        session = self._context.session(SECONDS)
        with (
            asking(f"memcached at {self._host}:{self._port}", session),
            session.dial(fields.host_name(self._host, "host"), self._port) as connection,
        ):
            dialogue.say(connection, command)
            return read(connection)


def _value(connection: Connection) -> str | None:
    """`VALUE <key> <flags> <bytes>`, the bytes, `END`."""
    head = connection.read_line().split()
    if head == [b"END"]:
        return None
    if len(head) != 4 or head[0] != b"VALUE" or not head[3].isdigit():
        raise dialogue.unexpected("a value of memcached", b" ".join(head))
    if int(head[3]) > BYTES:
        raise Failed(f"value is larger than {BYTES} bytes")
    return connection.read(int(head[3])).decode("utf-8", "replace")


def _stats(connection: Connection) -> Iterator[tuple[str, str]]:
    for _ in range(LINES):
        line = connection.read_line()
        if line == b"END":
            return
        words = line.decode("utf-8", "replace").split(" ", 2)
        if len(words) != 3 or words[0] != "STAT":
            raise dialogue.unexpected("figures of memcached", line)
        yield words[1], words[2]
    raise Failed("answer is too long")


def _figure(value: str) -> Any:
    return int(value) if value.isdecimal() else value
