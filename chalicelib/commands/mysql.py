"""mysql(): what a MySQL or one of its kin answers. PyMySQL speaks with it, over a connection of the guard's.

A statement is alone (the server is not told to take several) in a transaction that may read only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, NoReturn

from chalicelib.commands import databases
from chalicelib.commands.base import Context
from chalicelib.commands.databases import Database, Row, Run, Shard, Wire
from chalicelib.core.credentials import Credential
from chalicelib.probes import dialogue, mysql
from chalicelib.probes.base import Failed
from chalicelib.probes.connection import Connection, trust

# ER_ACCESS_DENIED_ERROR, ER_ACCESS_DENIED_NO_PASSWORD_ERROR.
_REFUSED = (1045, 1698)
_WITHOUT_TLS = ("mysql_clear_password", "sha256_password", "dialog")


def make(context: Context) -> Callable[..., Mysql]:
    def mysql_(shards: object = None, shard: object = None) -> Mysql:
        return Mysql(context, databases.chosen(context, shards, shard, mysql.PORT, "mysql"))

    return mysql_


class _Secret:
    """Takes the place of the methods that show the password itself, on a connection that others can read."""

    def __init__(self, _connection: object) -> None:
        pass

    def authenticate(self, _packet: object) -> NoReturn:
        raise Failed("MySQL wants the password over TLS")


class Mysql(Database):
    kind: ClassVar[str] = "mysql"
    shown: ClassVar[str] = "MySQL"

    @contextmanager
    def driven(self, connection: Connection, shard: Shard, login: Credential) -> Iterator[Run]:
        import pymysql
        from pymysql.connections import Connection as Driver

        wire = Wire(connection, login)
        settings: dict[str, Any] = {"ssl_disabled": True, "auth_plugin_map": dict.fromkeys(_WITHOUT_TLS, _Secret)}
        if login.tls:
            settings = {"ssl": trust(connection.line.authorities, verify=login.verify)}
        where = {"host": shard.host, "port": shard.port, "database": shard.name}
        try:
            with databases.driving(self.shown, pymysql.err.Error):
                driver = Driver(
                    user=login.user, password=login.password, charset="utf8mb4", defer_connect=True, **where, **settings
                )
                driver.ctx = wire
                driver.connect(wire)
                yield lambda statement: _ran(driver, statement, connection.line.left())
        except pymysql.err.Error as error:
            raise Failed(_told(error)) from None
        except RuntimeError:
            # The way around TLS takes a package that is not here.
            raise Failed("MySQL wants the password over TLS") from None
        driver.close()


def _ran(driver: Any, statement: str, seconds: float) -> list[Row]:
    limit = f"max_execution_time = {max(1, int(1e3 * seconds))}"
    if "mariadb" in driver.server_version.lower():
        limit = f"max_statement_time = {seconds:.3f}"
    with driver.cursor() as cursor:
        cursor.execute(f"SET SESSION {limit}")
        cursor.execute("START TRANSACTION READ ONLY")
        cursor.execute(statement)
        names = [column[0] for column in cursor.description or ()]
        return databases.rows(names, list(cursor.fetchall()))


def _told(error: Exception) -> str:
    if len(error.args) < 2:
        return "answer is none of MySQL's"
    code, message = error.args[:2]
    if code in _REFUSED:
        return f"login refused ({code})"
    return f"error {code}: {dialogue.seen(str(message).encode(), 300)}"
