"""redis(): what a Redis or one of its kin holds. It can be read, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from chalicelib.commands import resp
from chalicelib.commands.base import CommandError, Context, asking, number, text, whole
from chalicelib.commands.counter import Counter
from chalicelib.languages.conditions.exposed import Exposed
from chalicelib.probes import fields
from chalicelib.probes.redis import PORT

_GAUGES = (
    *("blocked_clients", "connected_clients", "connected_slaves", "instantaneous_ops_per_sec", "maxmemory"),
    *("used_memory", "used_memory_lua", "used_memory_rss"),
)
_COUNTERS = (
    *("evicted_keys", "expired_keys", "keyspace_hits", "keyspace_misses"),
    *("total_commands_processed", "total_connections_received"),
)


def make(context: Context) -> Callable[..., Redis]:
    def redis(
        host: object = None,
        port: object = PORT,
        db: object = 0,
        password: object = None,
        socket_connect_timeout: object = 1,
        socket_timeout: object = 5,
        ssl: object = False,
    ) -> Redis:
        if password is not None:
            raise CommandError("redis() takes its password from the settings of the project")
        seconds = number(socket_connect_timeout, "socket_connect_timeout") + number(socket_timeout, "socket_timeout")
        return Redis(
            context,
            text(context.own("host", host, "redis"), "host"),
            whole(port, "port", 1, 65_535),
            whole(db, "db", 0, 100_000),
            seconds,
            bool(ssl),
        )

    return redis


class Redis(Exposed):
    names: ClassVar[frozenset[str]] = frozenset(
        {
            *("llen", "lrange", "get", "hget", "hgetall", "hlen", "scan", "ttl", "keys", "smembers", "scard"),
            *("zcard", "zrange", "info", "dbsize", "statistics"),
        }
    )

    def __init__(self, context: Context, host: str, port: int, db: int, seconds: float, ssl: bool) -> None:
        self._context, self._seconds = context, seconds
        self._host, self._port, self._db, self._ssl = host, port, db, ssl

    def _asked(self, *words: object) -> Any:
        """The reply to one command, over a connection of its own."""
        session = self._context.session(self._seconds)
        with asking(f"Redis at {self._host}:{self._port}", session):
            name = fields.host_name(self._host, "host")
            login = self._context.credential("redis", name)
            with session.dial(name, self._port) as connection:
                if self._ssl or (login and login.tls):
                    connection.start_tls(name, verify=not login or login.verify)
                if login:
                    _log_in(connection, login.user, login.password)
                if self._db:
                    resp.ask(connection, "SELECT", str(self._db))
                return resp.ask(connection, *(_word(one) for one in words))

    def get(self, key: object) -> Any:
        return self._asked("GET", key)

    def llen(self, key: object) -> Any:
        return self._asked("LLEN", key)

    def lrange(self, key: object, start: object, stop: object) -> Any:
        return self._asked("LRANGE", key, start, stop)

    def hget(self, key: object, field: object) -> Any:
        return self._asked("HGET", key, field)

    def hlen(self, key: object) -> Any:
        return self._asked("HLEN", key)

    def hgetall(self, key: object) -> dict[str, Any]:
        return _paired(self._asked("HGETALL", key))

    def scan(self, cursor: object = 0, match: object = None, count: object = None) -> list[Any]:
        """The cursor to go on with, 0 at the end, and keys."""
        more = [*(("MATCH", match) if match is not None else ()), *(("COUNT", count) if count is not None else ())]
        found = self._asked("SCAN", cursor, *more)
        if not isinstance(found, list) or len(found) != 2 or not str(found[0]).isdecimal():
            raise CommandError("Redis answers SCAN without a cursor")
        return [int(found[0]), found[1]]

    def ttl(self, key: object) -> Any:
        """Seconds; None for a key that is not there or does not expire."""
        found = self._asked("TTL", key)
        return found if isinstance(found, int) and found >= 0 else None

    def keys(self, pattern: object = "*") -> Any:
        return self._asked("KEYS", pattern)

    def smembers(self, key: object) -> list[Any]:
        found = self._asked("SMEMBERS", key)
        return sorted(found, key=str) if isinstance(found, list) else []

    def scard(self, key: object) -> Any:
        return self._asked("SCARD", key)

    def zcard(self, key: object) -> Any:
        return self._asked("ZCARD", key)

    def zrange(self, key: object, start: object, stop: object, desc: object = False, withscores: object = False) -> Any:
        """Members by rank; `withscores`, pairs of member and score."""
        found = self._asked(
            "ZREVRANGE" if desc else "ZRANGE", key, start, stop, *(["WITHSCORES"] if withscores else [])
        )
        return [[name, float(score)] for name, score in _paired(found).items()] if withscores else found

    def dbsize(self) -> Any:
        return self._asked("DBSIZE")

    def info(self, section: object = None) -> dict[str, Any]:
        """The server's figures; numbers are numbers."""
        return _figures(self._asked("INFO", *([section] if section is not None else [])))

    def statistics(self) -> dict[str, Any]:
        """The figures that tell how a server fares, those that only grow as their growth per second."""
        figures = self.info()
        found: dict[str, Any] = {name: figures.get(name) for name in _GAUGES}
        for name in _COUNTERS:
            counter = Counter(self._context, f"redis:{self._host}:{self._port}:{name}")
            found[f"{name.removeprefix('total_')}_per_sec"] = round(counter.per_second(figures.get(name, 0)), 2)
        return found | {"dbsize": self.dbsize()}


def _log_in(connection: Any, user: str, password: str) -> None:
    """The server's own words might repeat what it was told."""
    try:
        resp.ask(connection, "AUTH", *([user] if user else []), password)
    except CommandError:
        raise CommandError("login refused") from None


def _word(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise CommandError("an argument must be a text or a number")
    return text(str(value), "an argument")


def _paired(found: object) -> dict[str, Any]:
    flat = found if isinstance(found, list) else []
    return dict(zip(map(str, flat[::2]), flat[1::2], strict=False))


def _figures(found: object) -> dict[str, Any]:
    lines = (line.partition(":") for line in str(found).splitlines() if line and not line.startswith("#"))
    return {name: _figure(value) for name, colon, value in lines if colon}


def _figure(value: str) -> Any:
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            """A text, unless the other says otherwise."""
    return value
