"""sql() and mysql(): shards, logins and rows. The servers themselves are in tests/real."""

from __future__ import annotations

import datetime
import decimal
import uuid
from typing import Any

import pytest

from chalicelib.commands import CommandError, Credential, values
from chalicelib.commands.databases import Shard, Statement
from tests.cases import each
from tests.channels.servers import Doorbell
from tests.commands.postgresql import postgresql
from tests.commands.scene import function
from tests.commands.servers import talking
from tests.probes.servers.mysql import mysql

SQL = Credential("postgresql", ("127.0.0.1",), user="watch", password="s3cret")
MYSQL = Credential("mysql", ("127.0.0.1",), user="watch", password="s3cret")


def test_a_statement_runs_on_each_shard_and_its_rows_come_together() -> None:
    with (
        postgresql(["n", "name"], [["1", "a"], ["2", "b"]]) as (one, _),
        postgresql(["n", "name"], [["3", "c"]]) as (two, _),
    ):
        shards = {"one": f"127.0.0.1:{one}/shop", "two": f"127.0.0.1:{two}/shop"}
        sql = function("sql", {"shards": shards}, credentials=(SQL,))
        found = sql().execute("SELECT n, name FROM t")
        assert found.results() == [{"n": "1", "name": "a"}, {"n": "2", "name": "b"}, {"n": "3", "name": "c"}]
        assert sql(shard="two").execute("SELECT n, name FROM t").results() == [{"n": "3", "name": "c"}]


def test_a_statement_is_alone_in_a_transaction_that_may_read_only() -> None:
    with postgresql(["n"], []) as (port, told):
        shards = {"one": f"127.0.0.1:{port}/shop"}
        function("sql", credentials=(SQL,))(shards=shards).execute("SELECT 1; DROP TABLE t")
    assert told[0].startswith(b"\0\3\0\0")
    assert b"statement_timeout" in told[0]
    assert told[1] == b"QBEGIN READ ONLY\0"
    assert told[2].startswith(b"P\0SELECT 1; DROP TABLE t\0")


def test_a_password_is_not_shown_to_those_on_the_way_to_postgresql() -> None:
    with postgresql(["n"], [], method=3) as (port, told):
        shards = {"one": f"127.0.0.1:{port}/shop"}
        with pytest.raises(CommandError, match="PostgreSQL wants the password over TLS"):
            function("sql", {"shards": shards}, credentials=(SQL,))().execute("SELECT 1")
    assert not any(b"s3cret" in one for one in told)


def test_mysql_answers() -> None:
    with mysql(password="s3cret") as (port, _):
        shards = {"one": f"127.0.0.1:{port}/shop"}
        found = function("mysql", {"shards": shards}, credentials=(MYSQL,))().execute("SELECT 1 AS n")
        assert found.results() == [{"n": 1}]


@pytest.mark.parametrize(("command", "login"), [("sql", SQL), ("mysql", MYSQL)])
def test_nobody_logs_in_at_a_host_that_the_login_is_not_for(command: str, login: Credential) -> None:
    bell = Doorbell()
    shards = {"shards": {"one": f"127.0.0.1:{bell.port}/shop"}}
    other = Credential(login.kind, ("db.example.org", "*.example.net"), user="watch", password="s3cret")
    with pytest.raises(CommandError, match=r"^the project has no login for (PostgreSQL|MySQL) at 127\.0\.0\.1$"):
        function(command, shards, credentials=(other,))().execute("SELECT 1")
    assert bell.rings() == 0
    bell.close()


@each(
    ("shards", "message"),
    [
        (None, "sql() needs shards: the entity has none"),
        ({}, "sql() needs shards: the entity has none"),
        ("db/shop", "sql() needs shards: a dict"),
        ({"one": 7}, "sql() needs shards: a dict"),
        ({"one": "db:5432shop"}, "must be of the form host:port/database"),
        ({"one": "db:5432//shop"}, "must be of the form host:port/database"),
        ({"one": ":5432/shop"}, "must be of the form host:port/database"),
        ({"one": "db:99999/shop"}, "must be of the form host:port/database"),
        ({"one": "user:pass@db/shop"}, "must be of the form host:port/database"),
        ({"one": "-/shop"}, "does not hold a valid host name"),
    ],
)
def test_shards_that_are_none_are_told(shards: object, message: str) -> None:
    with pytest.raises(CommandError) as caught:
        function("sql", {"shards": shards or None})()
    assert message in str(caught.value)


def test_a_shard_that_is_not_there_is_told() -> None:
    with pytest.raises(CommandError, match="no shard of this name"):
        function("sql", {"shards": {"one": "db/shop"}})(shard="two")


def test_the_usual_port_stands_for_none() -> None:
    context: Any = function("sql", {"shards": {"one": "db.example.org/shop"}})
    (shard,) = context()._shards
    assert shard == Shard("db.example.org", 5432, "shop")


def test_a_result_is_added_up_over_the_shards() -> None:
    two = Statement([[{"n": 1, "name": "a"}], [{"n": 2, "name": "b"}], []])
    assert two.result() == {"n": 3, "name": ["a", "b"]}
    assert two.result(agg=max) == two.result(agg="max") == {"n": 2, "name": "b"}
    assert two.result(agg="avg") == {"n": 1.5, "name": ["a", "b"]}
    with pytest.raises(CommandError, match="agg must be one of sum, min, max, avg"):
        two.result(agg="median")
    assert Statement([[{"n": 1}], [{"n": 2}]]).result() == 3
    assert Statement([[]]).result() == {}


def test_more_rows_than_wanted_are_an_error_or_cut() -> None:
    many = Statement([[{"n": number} for number in range(5)]])
    with pytest.raises(CommandError, match="more than 4 rows"):
        many.results(4)
    assert many.results(2, raise_if_limit_exceeded=False) == [{"n": 0}, {"n": 1}]


@each(
    ("value", "found"),
    [
        (decimal.Decimal("2.50"), 2.5),
        (decimal.Decimal("7"), 7),
        (datetime.datetime(2026, 1, 5, 9, tzinfo=datetime.UTC), "2026-01-05T09:00:00+00:00"),
        (datetime.timedelta(minutes=2), 120.0),
        (b"\xff a", "\ufffd a"),
        ([decimal.Decimal(1), None], [1, None]),
        ({"a": (1, 2)}, {"a": [1, 2]}),
        (uuid.UUID(int=7), "00000000-0000-0000-0000-000000000007"),
    ],
)
def test_values_are_as_json_has_them(value: object, found: object) -> None:
    assert values.plain(value) == found


ODD = (
    b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n",
    b"\x00" * 64,
    b"\xff" * 64,
    b"R\x7f\xff\xff\xff" + b"a" * 64,
    b"R\x00\x00\x00\x08\x00\x00\x00\x63" * 3,
    b"\x40\x00\x00\x00\x0a8.0\x00" + b"\x01" * 8,
    b"\x05\x00\x00\x00\x0a8.0\x00",
    b"SSH-2.0-OpenSSH_9.2\r\n",
    b"",
)


@each("said", ODD)
@each(("command", "login"), [("sql", SQL), ("mysql", MYSQL)])
def test_a_server_of_something_else_is_told_in_plain_words(command: str, login: Credential, said: bytes) -> None:
    """Nothing is thrown that a driver thought of, and nothing is waited for that would not fit."""

    def talk(came: Any, out: Any) -> None:
        out.write(said)
        came.read()

    with talking(talk) as port:
        run = function(command, {"shards": {"one": f"127.0.0.1:{port}/shop"}}, credentials=(login,), seconds=0.3)
        with pytest.raises(CommandError) as caught:
            run().execute("SELECT 1")
    assert str(caught.value).startswith(("PostgreSQL at", "MySQL at"))
    assert "s3cret" not in str(caught.value)
