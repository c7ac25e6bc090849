"""The guard, and which of several places is connected to."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.net.dialling import NotAllowed, connect, find
from chalicelib.net.lookups import Endpoint

HERE = ("127.0.0.1/32",)
NOBODYS_FAMILY = 4_711


def endpoint(host: str, port: int = 80, family: int = socket.AF_INET) -> Endpoint:
    return family, socket.SOCK_STREAM, 6, "", (host, port)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made


@pytest.fixture
def closed() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as made:
        port: int = made.getsockname()[1]
        return port


class Deaf:
    """Sockets that connect to nothing; `waits` are the seconds that each was given."""

    waits: list[float]
    closed: int

    def __init__(self, *_: object) -> None:
        pass

    def settimeout(self, seconds: float) -> None:
        type(self).waits.append(seconds)

    def connect(self, address: tuple[str, int]) -> None:
        raise OSError(errno.EHOSTUNREACH, f"not {address[0]}")

    def close(self) -> None:
        type(self).closed += 1


@pytest.fixture
def deaf(monkeypatch: pytest.MonkeyPatch) -> type[Deaf]:
    Deaf.waits, Deaf.closed = [], 0
    monkeypatch.setattr(socket, "socket", Deaf)
    return Deaf


def test_a_name_is_looked_up_once_and_the_forbidden_places_are_left_out() -> None:
    asked: list[tuple[str, int, float]] = []

    def resolve(host: str, port: int, seconds: float) -> list[Endpoint]:
        asked.append((host, port, seconds))
        return [endpoint(host) for host in ("127.0.0.2", "93.184.215.14", "127.0.0.1", "10.0.0.1")]

    found = find("www.example.org", 80, 5.0, HERE, resolve)
    assert [one[4][0] for one in found] == ["93.184.215.14", "127.0.0.1"]
    assert asked == [("www.example.org", 80, 5.0)]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "0x7f.1", "169.254.169.254", "::1", "fe80::1%lo", "10.0.0.1"])
def test_a_host_all_of_whose_places_are_forbidden_is_not_allowed(host: str) -> None:
    with pytest.raises(NotAllowed, match=r"^address not allowed$"):
        find(host, 80, 5.0)


def test_an_answer_that_is_no_address_is_not_allowed() -> None:
    with pytest.raises(NotAllowed):
        find("www.example.org", 80, 5.0, HERE, lambda *_: [endpoint("localhost")])


def test_a_name_without_places_is_not_found() -> None:
    with pytest.raises(socket.gaierror):
        find("www.example.org", 80, 5.0, HERE, lambda *_: [])


def test_the_first_place_that_takes_a_connection_has_it(listener: socket.socket, closed: int) -> None:
    port = listener.getsockname()[1]
    endpoints = [endpoint("127.0.0.1", closed), endpoint("127.0.0.1", port), endpoint("127.0.0.2", port)]
    with connect(endpoints, lambda: 5.0) as made:
        assert made.getpeername() == ("127.0.0.1", port)
        assert made.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_place_of_a_family_that_this_machine_lacks_gives_way(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    with connect([endpoint("::1", port, NOBODYS_FAMILY), endpoint("127.0.0.1", port)], lambda: 5.0) as made:
        assert made.getpeername() == ("127.0.0.1", port)


def test_no_place_may_use_up_the_time_of_those_behind_it(deaf: type[Deaf]) -> None:
    remaining: Iterator[Any] = iter([12.0, 8.0, 4.0])
    with pytest.raises(OSError, match=r"not 192\.0\.2\.3"):
        connect([endpoint(f"192.0.2.{last}") for last in (1, 2, 3)], lambda: next(remaining))
    assert (deaf.waits, deaf.closed) == ([4.0, 4.0, 4.0], 3)


def test_when_no_time_is_left_nothing_is_dialled(deaf: type[Deaf]) -> None:
    def none() -> float:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        connect([endpoint("192.0.2.1"), endpoint("192.0.2.2")], none)
    assert (deaf.waits, deaf.closed) == ([], 0)
