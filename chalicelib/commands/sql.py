"""sql(): what a PostgreSQL answers. pg8000 speaks with it, over a connection of the guard's.

A statement is alone (the extended protocol takes no second one) in a transaction that may read only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, ClassVar

from chalicelib.commands import databases
from chalicelib.commands.base import Context
from chalicelib.commands.databases import Database, Row, Run, Shard, Wire
from chalicelib.core.credentials import Credential
from chalicelib.probes import dialogue, postgresql
from chalicelib.probes.base import Failed
from chalicelib.probes.connection import Connection

_CLEAR, _REFUSED = 3, "28"


def make(context: Context) -> Callable[..., Sql]:
    def sql(shards: object = None, shard: object = None) -> Sql:
        return Sql(context, databases.chosen(context, shards, shard, postgresql.PORT, "sql"))

    return sql


class Sql(Database):
    kind: ClassVar[str] = "postgresql"
    shown: ClassVar[str] = "PostgreSQL"

    @contextmanager
    def driven(self, connection: Connection, shard: Shard, login: Credential) -> Iterator[Run]:
        from pg8000.core import CoreConnection
        from pg8000.exceptions import DatabaseError, Error, InterfaceError
        from scramp import ScramException

        class Driver(CoreConnection):  # type: ignore[misc]
            """It does not show a password to those on the way."""

            def handle_AUTHENTICATION_REQUEST(self, data: bytes, context: Any) -> None:  # noqa: N802 - the driver's
                if int.from_bytes(data[:4], "big") == _CLEAR and not login.tls:
                    raise Failed("PostgreSQL wants the password over TLS")
                super().handle_AUTHENTICATION_REQUEST(data, context)

        if login.tls:
            asked = postgresql.Definition(host=shard.host, port=shard.port, tls=True, verify=login.verify)
            postgresql.ask_for_tls(connection, asked)
        milliseconds = max(1, int(1e3 * connection.line.left()))
        try:
            with databases.driving(self.shown, InterfaceError):
                driver = Driver(
                    login.user,
                    database=shard.name,
                    password=login.password,
                    sock=Wire(connection, login),
                    ssl_context=False,
                    application_name=f"tocsin check {self._context.check}",
                    startup_params={"statement_timeout": str(milliseconds)},
                )
                yield lambda statement: _ran(driver, statement)
        except DatabaseError as error:
            raise Failed(_told(error)) from None
        except (Error, ScramException):
            raise Failed("answer is none of PostgreSQL's") from None
        with suppress(OSError, Error):
            driver.close()


def _ran(driver: Any, statement: str) -> list[Row]:
    driver.execute_simple("BEGIN READ ONLY")
    done = driver.execute_unnamed(statement)
    names = [column["name"] for column in done.columns or ()]
    return databases.rows(names, done.rows or ())


def _told(error: Exception) -> str:
    """ErrorResponse: C is the SQLSTATE, M the message, which for a log-in may hold its user."""
    found = error.args[0] if error.args and isinstance(error.args[0], dict) else {}
    code = dialogue.seen(str(found.get("C", "")).encode())
    if code.startswith(_REFUSED):
        return f"login refused ({code})"
    return f"error {code}: {dialogue.seen(str(found.get('M', '')).encode(), 300)}"
