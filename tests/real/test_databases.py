"""MariaDB, PostgreSQL, Redis."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib.commands import CommandError, Credential
from chalicelib.probes import mysql, postgresql, redis
from tests.commands.scene import function
from tests.probes.servers.scene import authority, probe
from tests.real.running import done, free_port, given_to, running

PASSWORD = "s3cret"


@pytest.fixture(scope="module")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder, port = tmp_path_factory.mktemp("mariadb"), free_port()
    given_to("mysql", folder)
    done("mariadb-install-db", "--no-defaults", f"--datadir={folder}/data", "--user=mysql", "--skip-test-db")
    pem, socket = authority().file("127.0.0.1", "localhost"), folder / "socket"
    Path(pem).chmod(0o644)
    given_to("mysql", Path(pem).parent)
    command = [
        *("mariadbd", "--no-defaults", f"--datadir={folder}/data", f"--socket={socket}", f"--port={port}"),
        *("--bind-address=127.0.0.1", "--user=mysql", f"--ssl-cert={pem}", f"--ssl-key={pem}"),
        *(f"--log-error={folder}/errors.log", "--log-warnings=2"),
    ]
    with running(command, port, folder):
        done(
            *("mariadb", "--no-defaults", f"--socket={socket}"),
            said=f"CREATE USER watch@'127.0.0.1' IDENTIFIED BY '{PASSWORD}'; CREATE USER open@'127.0.0.1';",
        )
        yield port


def test_mariadb_tells_its_own_version(mariadb: int) -> None:
    outcome = probe(mysql, port=mariadb)
    assert outcome.ok
    assert outcome.text.startswith("MySQL greeting, version 1")
    assert "MariaDB" in outcome.text


@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize(("user", "password"), [("watch", PASSWORD), ("open", "")])
def test_who_may_logs_in_to_mariadb(mariadb: int, user: str, password: str, tls: bool) -> None:
    outcome = probe(mysql, port=mariadb, user=user, password=password, tls=tls)
    assert outcome.text.endswith(", logged in"), outcome.text


@pytest.mark.parametrize(("user", "password"), [("watch", "wrong"), ("watch", ""), ("nobody", "x")])
def test_who_may_not_is_refused_by_mariadb(mariadb: int, user: str, password: str) -> None:
    assert probe(mysql, port=mariadb, user=user, password=password).text in (
        "login refused (1045)",
        "login refused (1698)",
    )


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder, port = tmp_path_factory.mktemp("postgres"), free_port()
    home = sorted(Path("/usr/lib/postgresql").iterdir())[-1] / "bin"
    (folder / "password").write_text(PASSWORD)
    key = folder / "server.pem"
    key.write_bytes(Path(authority().file("127.0.0.1")).read_bytes())
    given_to("postgres", folder)
    key.chmod(0o600)
    data = folder / "data"
    done(
        *(home / "initdb", "-D", data, "-U", "watch", f"--pwfile={folder}/password"),
        *("--auth-host=scram-sha-256", "--auth-local=trust"),
        user="postgres",
    )
    with (data / "pg_hba.conf").open("a") as rules:
        rules.write("host all all 127.0.0.1/32 scram-sha-256\n")
    settings = {
        "port": port,
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": folder,
        "ssl": "on",
        "ssl_cert_file": key,
        "ssl_key_file": key,
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    user = ("setpriv", "--reuid", "postgres", "--regid", "postgres", "--init-groups")

    def ready() -> bool:
        """It listens before it lets anybody in."""
        return probe(postgresql, port=port, user="watch", password=PASSWORD, database="postgres").ok

    with running([*user, home / "postgres", "-D", data, *options], port, folder, ready):
        yield port


def test_postgresql_is_known_without_a_login(postgres: int) -> None:
    assert probe(postgresql, port=postgres).text == "PostgreSQL answers"


@pytest.mark.parametrize("tls", [False, True])
def test_who_may_logs_in_to_postgresql(postgres: int, tls: bool) -> None:
    outcome = probe(postgresql, port=postgres, user="watch", password=PASSWORD, database="postgres", tls=tls)
    assert (outcome.ok, outcome.text.endswith(", logged in")) == (True, True), outcome.text


@pytest.mark.parametrize(
    ("definition", "text"),
    [
        ({"user": "watch", "password": "wrong"}, "login refused (28P01)"),
        ({"user": "nobody", "password": "x"}, "login refused (28P01)"),
        (
            {"user": "watch", "password": PASSWORD, "database": "none"},
            'PostgreSQL error 3D000: database "none" does not exist',
        ),
    ],
)
def test_who_may_not_is_refused_by_postgresql(postgres: int, definition: dict[str, Any], text: str) -> None:
    assert probe(postgresql, port=postgres, **definition).text == text


@pytest.fixture(scope="module", params=["", PASSWORD])
def redis_server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, str]]:
    folder, port = tmp_path_factory.mktemp("redis"), free_port()
    password = ["--requirepass", request.param] if request.param else []
    with running(["redis-server", "--port", str(port), "--bind", "127.0.0.1", *password], port, folder):
        yield port, request.param


def test_redis_answers(redis_server: tuple[int, str]) -> None:
    port, password = redis_server
    assert probe(redis, port=port).text == ("Redis wants a password" if password else "PONG")
    if password:
        assert probe(redis, port=port, password=password).text == "PONG"
        assert probe(redis, port=port, user="default", password=password).text == "PONG"
        assert probe(redis, port=port, password="wrong").text == "login refused"


def login(kind: str, *, password: str = PASSWORD, tls: bool = False) -> dict[str, Any]:
    """What a run of a command needs to log in."""
    credential = Credential(kind, ("127.0.0.1",), user="watch", password=password, tls=tls)
    return {"credentials": (credential,), "authorities": authority().bundle}


@pytest.mark.parametrize("tls", [False, True])
def test_a_command_reads_postgresql(postgres: int, tls: bool) -> None:
    sql = function("sql", {"shards": {"one": f"127.0.0.1:{postgres}/postgres"}}, **login("postgresql", tls=tls))()
    found = sql.execute("SELECT 1 AS a, 2.5 AS b, 'x' AS c, date '2026-01-05' AS d, ARRAY[1, 2] AS e, NULL AS f")
    assert found.results() == [{"a": 1, "b": 2.5, "c": "x", "d": "2026-01-05", "e": [1, 2], "f": None}]
    assert sql.execute("SELECT count(*) FROM generate_series(1, 7)").result() == 7


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("CREATE TABLE t (n int)", "error 25006: cannot execute CREATE TABLE in a read-only transaction"),
        ("COMMIT; CREATE TABLE t (n int)", "error 42601"),
        ("SELECT * FROM nothing", 'error 42P01: relation "nothing" does not exist'),
        ("SELECT repeat('x', 3000000)", "answer is larger than 2000000 bytes"),
        ("SELECT pg_sleep(5)", "no answer within|statement timeout"),
    ],
)
def test_a_command_changes_nothing_in_postgresql_and_takes_no_more_than_it_may(
    postgres: int, statement: str, message: str
) -> None:
    shards = {"shards": {"one": f"127.0.0.1:{postgres}/postgres"}}
    with pytest.raises(CommandError, match=message):
        function("sql", shards, seconds=2, **login("postgresql"))().execute(statement)


@pytest.mark.parametrize("tls", [False, True])
def test_a_command_reads_mariadb(mariadb: int, tls: bool) -> None:
    shards = {"one": f"127.0.0.1:{mariadb}/information_schema"}
    sql = function("mysql", {"shards": shards}, **login("mysql", tls=tls))()
    found = sql.execute("SELECT 1 AS a, 2.5 AS b, 'x' AS c, DATE '2026-01-05' AS d, NULL AS f")
    assert found.results() == [{"a": 1, "b": 2.5, "c": "x", "d": "2026-01-05", "f": None}]
    assert sql.execute("SELECT count(*) FROM (SELECT 1 UNION SELECT 2) AS t").result() == 2


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("CREATE TABLE t (n int)", "error 1[0-9]+"),
        ("SELECT 1; SELECT 2", "error 1064"),
        ("SELECT * FROM nothing", "error 1109|error 1146"),
        ("SELECT repeat('x', 3000000)", "answer is larger than 2000000 bytes"),
        ("SELECT sleep(5)", "no answer within|error 1969"),
    ],
)
def test_a_command_changes_nothing_in_mariadb_and_takes_no_more_than_it_may(
    mariadb: int, statement: str, message: str
) -> None:
    shards = {"shards": {"one": f"127.0.0.1:{mariadb}/information_schema"}}
    with pytest.raises(CommandError, match=message):
        function("mysql", shards, seconds=2, **login("mysql"))().execute(statement)


@pytest.mark.parametrize(("kind", "command"), [("postgresql", "sql"), ("mysql", "mysql")])
def test_a_refused_login_of_a_command_shows_no_password(postgres: int, mariadb: int, kind: str, command: str) -> None:
    shards = {"shards": {"one": f"127.0.0.1:{postgres if kind == 'postgresql' else mariadb}/mysql"}}
    with pytest.raises(CommandError) as caught:
        function(command, shards, **login(kind, password="wr0ng"))().execute("SELECT 1")
    assert "login refused" in str(caught.value)
    assert "wr0ng" not in str(caught.value)


def test_a_command_reads_redis(redis_server: tuple[int, str]) -> None:
    port, password = redis_server
    credentials = (Credential("redis", ("127.0.0.1",), password=password),) if password else ()
    redis = function("redis", credentials=credentials)(port=port, db=1)
    assert (redis.llen("jobs"), redis.get("a"), redis.hgetall("h"), redis.scan()) == (0, None, {}, [0, []])
    assert redis.info("server")["tcp_port"] == port
