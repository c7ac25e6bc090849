"""redis(): what a command reads, and that it changes and shows nothing."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.commands import CommandError, Credential, Readers
from tests.cases import each
from tests.commands import servers
from tests.commands.scene import function

INFO = b"\r\n".join(
    (
        b"# Server",
        b"redis_version:7.0.15",
        b"used_memory:1000",
        b"mem_fragmentation_ratio:1.5",
        b"total_commands_processed:50",
    )
)
REPLIES = {
    "LLEN jobs": b":3\r\n",
    "GET a": b"$2\r\nhi\r\n",
    "GET none": b"$-1\r\n",
    "LRANGE jobs 0 -1": b"*2\r\n$1\r\na\r\n$1\r\nb\r\n",
    "HGETALL h": b"*4\r\n$1\r\na\r\n$1\r\n1\r\n$1\r\nb\r\n$1\r\n2\r\n",
    "SCAN 0 MATCH x* COUNT 10": b"*2\r\n$1\r\n7\r\n*1\r\n$2\r\nx1\r\n",
    "TTL a": b":-1\r\n",
    "TTL b": b":30\r\n",
    "SMEMBERS s": b"*2\r\n$1\r\nb\r\n$1\r\na\r\n",
    "ZRANGE z 0 -1": b"*1\r\n$1\r\nm\r\n",
    "ZREVRANGE z 0 -1 WITHSCORES": b"*2\r\n$1\r\nm\r\n$3\r\n1.5\r\n",
    "INFO": b"$%d\r\n%s\r\n" % (len(INFO), INFO),
    "INFO memory": b"$%d\r\n%s\r\n" % (len(INFO), INFO),
    "DBSIZE": b":9\r\n",
    "SELECT 2": b"+OK\r\n",
    "AUTH watch s3cret": b"+OK\r\n",
    "AUTH wrong": b"-ERR wrong is no password\r\n",
    "KEYS *": b"*999999\r\n",
    "GET large": b"$2000000\r\n",
    "GET odd": b"HTTP/1.1 400 Bad Request\r\n",
    "GET deep": b"*1\r\n" * 50,
}


@each(
    ("method", "args", "found"),
    [
        ("llen", ("jobs",), 3),
        ("get", ("a",), "hi"),
        ("get", ("none",), None),
        ("lrange", ("jobs", 0, -1), ["a", "b"]),
        ("hgetall", ("h",), {"a": "1", "b": "2"}),
        ("scan", (0, "x*", 10), [7, ["x1"]]),
        ("ttl", ("a",), None),
        ("ttl", ("b",), 30),
        ("smembers", ("s",), ["a", "b"]),
        ("zrange", ("z", 0, -1), ["m"]),
        ("zrange", ("z", 0, -1, True, True), [["m", 1.5]]),
    ],
)
def test_replies_become_plain_values(method: str, args: tuple[Any, ...], found: Any) -> None:
    with servers.redis(REPLIES) as (port, _):
        assert getattr(function("redis")(port=port), method)(*args) == found


def test_figures_of_info_are_numbers() -> None:
    with servers.redis(REPLIES) as (port, _):
        found = function("redis")(port=port).info("memory")
    assert found["used_memory"] == 1000
    assert found["mem_fragmentation_ratio"] == 1.5
    assert found["redis_version"] == "7.0.15"


def test_statistics_tell_growth_per_second() -> None:
    kept: list[str] = []

    def swap(key: str, value: float, now: float) -> tuple[float, float]:
        kept.append(key)
        return 0.0, now - 10

    with servers.redis(REPLIES) as (port, _):
        found = function("redis", readers=Readers(swap=swap))(port=port).statistics()
    assert found["commands_processed_per_sec"] == 5.0
    assert found["keyspace_hits_per_sec"] == 0.0
    assert found["used_memory"] == 1000
    assert found["dbsize"] == 9
    assert f"7:web-1:redis:127.0.0.1:{port}:total_commands_processed" in kept


def test_the_login_and_the_database_come_before_the_question() -> None:
    login = Credential("redis", ("127.0.0.1",), user="watch", password="s3cret")
    with servers.redis(REPLIES) as (port, asked):
        function("redis", credentials=(login,))(port=port, db=2).llen("jobs")
    assert asked == ["AUTH watch s3cret", "SELECT 2", "LLEN jobs"]


def test_a_password_stays_with_the_hosts_that_it_is_for() -> None:
    login = Credential("redis", ("cache.example.org", "*.example.net"), password="s3cret")
    with servers.redis(REPLIES) as (port, asked):
        function("redis", credentials=(login,))(port=port).llen("jobs")
    assert asked == ["LLEN jobs"]


def test_a_refused_login_repeats_nothing_of_it() -> None:
    login = Credential("redis", ("*",), password="wrong")
    with servers.redis(REPLIES) as (port, _), pytest.raises(CommandError) as caught:
        function("redis", credentials=(login,))(port=port).llen("jobs")
    assert str(caught.value) == "login refused"


def test_a_password_in_the_text_of_a_command_is_refused() -> None:
    with pytest.raises(CommandError, match="from the settings of the project"):
        function("redis")(password="s3cret")


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("unknown", 'Redis answers "ERR unknown command"'),
        ("large", "answer is larger than 1000000 bytes"),
        ("odd", 'expected a Redis reply, got "HTTP/1.1 400 Bad Request"'),
        ("deep", "answer is nested too deeply"),
    ],
)
def test_what_goes_wrong_is_told_in_plain_words(key: str, message: str) -> None:
    with servers.redis(REPLIES) as (port, _), pytest.raises(CommandError) as caught:
        function("redis")(port=port).get(key)
    assert message in str(caught.value)


def test_a_list_without_end_is_not_read() -> None:
    with servers.redis(REPLIES) as (port, _), pytest.raises(CommandError, match="more than 20000 items"):
        function("redis")(port=port).keys()


def test_words_cannot_become_two() -> None:
    with servers.redis(REPLIES) as (port, asked), pytest.raises(CommandError):
        function("redis")(port=port).get("a\r\nFLUSHALL\r\n")
    assert len(asked) == 1


def test_a_password_goes_over_tls_where_the_login_says_so() -> None:
    """The server here speaks none, and hears no more than the beginning of a handshake."""
    login = Credential("redis", ("127.0.0.1",), password="s3cret", tls=True)
    heard: list[bytes] = []

    def talk(came: Any, out: Any) -> None:
        heard.append(came.read1())
        out.write(b"-ERR unknown command\r\n")

    with servers.talking(talk) as port, pytest.raises(CommandError, match="TLS handshake failed"):
        function("redis", credentials=(login,))(port=port).llen("jobs")
    assert heard[0].startswith(b"\x16\x03")
    assert b"s3cret" not in heard[0]
