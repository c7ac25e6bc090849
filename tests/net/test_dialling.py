"""The guard, and which of several places is connected to."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from chalicelib.net import dialling
from chalicelib.net.dialling import NotAllowed, connect, find
from chalicelib.net.lookups import Endpoint
from tests.cases import each

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


@pytest.fixture
def silent() -> Iterator[int]:
    """A port that answers nobody: whoever listens there has all the connections that it wants."""
    with socket.create_server(("127.0.0.2", 0), backlog=0) as made:
        port: int = made.getsockname()[1]
        callers = [socket.socket() for _ in range(4)]
        for caller in callers:
            caller.setblocking(False)
            caller.connect_ex(("127.0.0.2", port))
        yield port
        for caller in callers:
            caller.close()


def test_a_name_is_looked_up_once_and_the_forbidden_places_are_left_out() -> None:
    asked: list[tuple[str, int, float]] = []

    def resolve(host: str, port: int, seconds: float) -> list[Endpoint]:
        asked.append((host, port, seconds))
        return [endpoint(host) for host in ("127.0.0.2", "93.184.215.14", "127.0.0.1", "10.0.0.1")]

    found = find("www.example.org", 80, 5.0, HERE, resolve)
    assert [one[4][0] for one in found] == ["93.184.215.14", "127.0.0.1"]
    assert asked == [("www.example.org", 80, 5.0)]


@each("host", ["127.0.0.1", "127.1", "0x7f.1", "169.254.169.254", "::1", "fe80::1%lo", "10.0.0.1"])
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


def test_a_place_that_is_silent_holds_the_next_up_for_a_moment_only(listener: socket.socket, silent: int) -> None:
    port = listener.getsockname()[1]
    began = time.monotonic()
    with connect([endpoint("127.0.0.2", silent), endpoint("127.0.0.1", port)], lambda: 30.0) as made:
        assert made.getpeername() == ("127.0.0.1", port)
    assert time.monotonic() - began < 10


def test_a_place_that_refuses_does_not_hold_the_next_up(
    listener: socket.socket, closed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialling, "STAGGER", 3_600.0)
    port = listener.getsockname()[1]
    with connect([endpoint("127.0.0.1", closed), endpoint("127.0.0.1", port)], lambda: 5.0) as made:
        assert made.getpeername() == ("127.0.0.1", port)


def test_the_families_are_tried_in_turn() -> None:
    places = [endpoint(host, family=family) for host, family in (("a", 6), ("b", 6), ("c", 6), ("d", 4), ("e", 4))]
    assert [one[4][0] for one in dialling._interleaved(places)] == ["a", "d", "b", "e", "c"]


def test_when_all_are_silent_the_time_is_up_for_all_of_them(silent: int) -> None:
    remaining: Iterator[float] = iter([0.3] * 5)

    def left() -> float:
        try:
            return next(remaining)
        except StopIteration:
            raise TimeoutError from None

    with pytest.raises(TimeoutError):
        connect([endpoint("127.0.0.2", silent)] * 2, left)


def test_the_last_failure_is_told_when_nobody_takes_a_connection(closed: int) -> None:
    with pytest.raises(ConnectionRefusedError):
        connect([endpoint("127.0.0.1", closed)] * 3, lambda: 5.0)


@pytest.mark.parametrize("places", [1, 2])
def test_when_no_time_is_left_nothing_is_dialled(listener: socket.socket, places: int) -> None:
    def none() -> float:
        raise TimeoutError

    listener.setblocking(False)
    with pytest.raises(TimeoutError):
        connect([endpoint("127.0.0.1", listener.getsockname()[1])] * places, none)
    with pytest.raises(BlockingIOError):
        listener.accept()
