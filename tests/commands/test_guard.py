"""No command reaches what the owner has not opened, whichever way the address is written or found. A real listener
stands at the address and hears nothing."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib import commands
from chalicelib.commands import CommandError, Credential
from chalicelib.net.lookups import Endpoint
from tests.cases import each
from tests.channels.servers import Doorbell
from tests.commands.scene import function

LOGINS = tuple(Credential(kind, ("*",), user="u", password="p") for kind in ("postgresql", "mysql", "redis", "aws"))
# How each command that reaches a host is led to one.
REACHES: dict[str, Callable[..., Any]] = {
    "http": lambda http, host, port: http(f"http://{host}:{port}/").code(),
    "elasticsearch": lambda elasticsearch, host, port: elasticsearch(f"http://{host}:{port}").health(),
    "redis": lambda redis, host, port: redis(host, port).llen("a"),
    "memcached": lambda memcached, host, port: memcached(host, port).get("a"),
    "sql": lambda sql, host, port: sql({"one": f"{host}:{port}/d"}).execute("SELECT 1"),
    "mysql": lambda mysql, host, port: mysql({"one": f"{host}:{port}/d"}).execute("SELECT 1"),
    "ping": lambda ping, host, port: ping(host, port=port),
    "tcp": lambda tcp, host, port: told(tcp(host).open(port)),
    "dns": lambda dns, host, port: dns().query("example.org", "A", f"{host}:{port}"),
}
SILENT = {"counter", "time", "history", "entities", "metrics", "results"}
# Of AWS, the address is the owner's; tests/commands/test_aws.py leads them astray.
OWNERS = {"s3", "cloudwatch"}


def told(answer: str) -> None:
    raise CommandError(answer)


def test_every_command_that_reaches_a_host_is_looked_at_here() -> None:
    assert {*REACHES, *SILENT, *OWNERS} == set(commands.NAMES)


@each("host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0"])
@each("name", REACHES)
def test_this_machine_is_not_reached(name: str, host: str) -> None:
    bell = Doorbell()
    with pytest.raises(CommandError, match="address not allowed"):
        REACHES[name](function(name, networks=(), credentials=LOGINS), host, bell.port)
    assert bell.rings() == 0
    bell.close()


@each("name", REACHES)
def test_a_public_name_with_a_private_address_is_not_reached(name: str) -> None:
    def resolve(host: str, port: int, seconds: float) -> list[Endpoint]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    bell = Doorbell()
    reached = function(name, networks=(), credentials=LOGINS, resolve=resolve)
    with pytest.raises(CommandError, match="address not allowed"):
        REACHES[name](reached, "www.example.org", bell.port)
    assert bell.rings() == 0
    bell.close()


@each("name", REACHES)
def test_the_metadata_of_the_cloud_is_not_reached(name: str) -> None:
    with pytest.raises(CommandError, match="address not allowed"):
        REACHES[name](function(name, networks=(), credentials=LOGINS), "169.254.169.254", 80)


# To take the connection is all that the others ask for, or they have none.
@pytest.mark.parametrize("name", ["http", "elasticsearch", "redis", "memcached", "sql", "mysql"])
def test_a_host_that_takes_connections_and_is_silent_is_told(name: str, doorbell: Doorbell) -> None:
    asked = function(name, networks=("127.0.0.2/32",), credentials=LOGINS, seconds=0.3)
    with pytest.raises(CommandError, match=r"no answer within 0\.3 s$"):
        REACHES[name](asked, "127.0.0.2", doorbell.port)


@pytest.mark.parametrize("name", REACHES)
def test_no_error_holds_a_password(name: str, doorbell: Doorbell) -> None:
    secret = tuple(Credential(one.kind, ("*",), user="us3r", password="s3cret") for one in LOGINS)
    with pytest.raises(CommandError) as caught:
        REACHES[name](function(name, networks=(), credentials=secret), "127.0.0.2", doorbell.port)
    assert "s3cret" not in str(caught.value)
    assert "s3cret" not in repr(secret)
