"""tcp(), ping(), dns(), memcached() and counter()."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.commands import CommandError, Readers
from chalicelib.net.lookups import Endpoint
from tests.cases import each
from tests.commands import servers
from tests.commands.scene import NOW, function
from tests.probes.servers.dns import name_server
from tests.probes.servers.scene import free_port


@pytest.fixture
def port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_an_open_port_is_ok_and_a_closed_one_says_why(port: int) -> None:
    closed = free_port()
    assert function("tcp")().open(port) == "OK"
    assert function("tcp")().open(closed) == f"127.0.0.1:{closed}: connection refused"
    assert function("tcp")().open(port, closed) == {
        str(port): "OK",
        str(closed): f"127.0.0.1:{closed}: connection refused",
    }


@each("ports", [(), (0,), (65_536,), ("22",), (True,), tuple(range(1, 30))])
def test_what_is_no_port_is_refused(ports: tuple[Any, ...]) -> None:
    with pytest.raises(CommandError, match="port"):
        function("tcp")().open(*ports)


def test_a_host_is_resolved_or_the_error_told() -> None:
    def resolve(host: str, port: int, seconds: float) -> list[Endpoint]:
        if host == "www.example.org":
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
        raise socket.gaierror(socket.EAI_NONAME, "no")

    for name in ("tcp", "dns"):
        asked = function(name, resolve=resolve)()
        assert asked.resolve("www.example.org") == "127.0.0.1"
        assert asked.resolve("nobody.example.org") == "ERROR: nobody.example.org: host not found"
    assert function("tcp")().resolve() == "127.0.0.1"


@pytest.mark.parametrize("name", ["tcp", "ping", "redis", "memcached"])
def test_a_command_about_a_host_needs_one(name: str) -> None:
    with pytest.raises(CommandError, match=rf"^{name}\(\) needs host: the entity has none$"):
        function(name, {"host": None})()


def test_a_ping_is_a_connection(port: int) -> None:
    assert function("ping")(port=port) is True
    assert function("ping")(port=free_port(), count=2) is False


def test_a_ping_of_what_is_not_allowed_is_an_error_and_not_a_host_that_is_down() -> None:
    with pytest.raises(CommandError, match="address not allowed"):
        function("ping")("127.0.0.2")


def test_records_are_asked_for_by_type() -> None:
    with name_server() as (port, _):
        server = f"127.0.0.1:{port}"
        query = function("dns")().query
        assert query("www.example.org", "A", server) == ["192.0.2.10", "192.0.2.2"]
        assert query("example.org", "mx", [server]) == ["10 mx1.example.org", "20 mx2.example.org"]
        assert query("192.0.2.2", "PTR", server) == ["www.example.org"]
        assert query("nobody.example.org", "A", server) == []
    with pytest.raises(CommandError, match="recordtype must be one of A, NS"):
        query("example.org", "ANY", server)


def test_a_name_server_that_fails_is_an_error() -> None:
    with name_server(code=2) as (port, _), pytest.raises(CommandError, match="name server answers SERVFAIL"):
        function("dns")().query("www.example.org", "A", f"127.0.0.1:{port}")


STATS = (
    b"STAT pid 1\r\nSTAT curr_items 3\r\nSTAT total_connections 50\r\nSTAT cmd_get 100\r\nSTAT version 1.6 x\r\nEND\r\n"
)
HELD = {
    "get a": b"VALUE a 0 9\r\n" + b'{"n": 12}' + b"\r\nEND\r\n",
    "get none": b"END\r\n",
    "get large": b"VALUE large 0 2000000\r\n",
    "get odd": b"WHAT\r\n",
    "stats": STATS,
}


def test_a_value_of_memcached_is_a_text_json_or_none() -> None:
    with servers.memcached(HELD) as port:
        cache = function("memcached")(port=port)
        assert cache.get("a") == '{"n": 12}'
        assert cache.json("a") == {"n": 12}
        assert cache.get("none") is cache.json("none") is None
        for key, message in (("large", "larger than 1000000 bytes"), ("odd", "expected a value of memcached")):
            with pytest.raises(CommandError, match=message):
                cache.get(key)
        with pytest.raises(CommandError, match="without blanks"):
            cache.get("a\r\nflush_all")


def test_figures_of_memcached_tell_growth_per_second() -> None:
    readers = Readers(swap=lambda key, value, now: (0.0, now - 10))
    with servers.memcached(HELD) as port:
        found = function("memcached", readers=readers)(port=port).stats(["version", "uptime"])
    assert found == {"curr_items": 3, "connections_per_sec": 5.0, "cmd_get_per_sec": 10.0, "version": "1.6 x"}


def test_a_counter_tells_growth_and_never_a_fall() -> None:
    kept: dict[str, tuple[float, float]] = {}
    clock = iter([NOW + timedelta(seconds=seconds) for seconds in (0, 60, 120, 120)])

    def swap(key: str, value: float, now: float) -> tuple[float, float] | None:
        before, kept[key] = kept.get(key), (value, now)
        return before

    counter = function("counter", readers=Readers(swap=swap), now=lambda: next(clock))("requests")
    assert counter.per_second(100) == 0
    assert counter.per_second(700) == 10
    assert counter.per_minute(0) == 0
    assert counter.per_second(50) == 0
    assert list(kept) == ["7:web-1:requests"]


def test_a_counter_counts_numbers_alone() -> None:
    with pytest.raises(CommandError, match="value must be a number"):
        function("counter")("requests").per_second("7")
