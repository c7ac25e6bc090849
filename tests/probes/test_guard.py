"""The guard of the probes: nothing connects to where it must not, however the address is spelt, resolved or redirected
to. Where it says that nothing connected, a real listener stood at that address and heard nothing.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

import pytest

from chalicelib.net.lookups import Endpoint
from chalicelib.probes import http
from chalicelib.probes.base import Failed, Outcome, Task
from chalicelib.probes.connection import Session
from chalicelib.probes.engine import Prober
from chalicelib.probes.fields import host_name
from tests.channels.servers import Doorbell, Reply, Server

Make = Callable[..., Prober]

LOOPBACK = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "017700000001",
    "127.0.0.1.",
    "0",
    "0.0.0.0",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:127.0.0.1]",
    "localhost",
    "LOCALHOST.",
    "１２７.0.0.1",
    "127。0。0。1",
    "①②⑦.0.0.1",
]
ELSEWHERE = [
    "169.254.169.254",
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "169.254.170.2",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "[::]",
    "[::127.0.0.1]",
    "[fe80::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[ff02::1]",
    "[2001:db8::1]",
    "[2002:7f00:1::1]",
    "[2002:a9fe:a9fe::1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::169.254.169.254]",
    "[64:ff9b:1::808:808]",
    "[2001:0:808:808:0:0:f5ff:fffe]",
    "[::ffff:169.254.169.254]",
    "[::ffff:10.0.0.1]",
]


@pytest.fixture
def bell() -> Iterator[Doorbell]:
    """At 127.0.0.1, which the tests of this file do not allow."""
    listener = Doorbell()
    yield listener
    listener.close()


@pytest.fixture
def connects(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every socket that this process makes for the internet, and how: the guard's last word is that there is none."""
    made: list[object] = []
    real = socket.socket

    class Watched(real):  # type: ignore[misc, valid-type]
        def __init__(self, family: int = -1, *rest: object, **named: object) -> None:
            if family in (socket.AF_INET, socket.AF_INET6):
                made.append(family)
            super().__init__(family, *rest, **named)

    monkeypatch.setattr(socket, "socket", Watched)
    return made


def places(*addresses: tuple[str, int]) -> list[Endpoint]:
    return [
        (socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))
        for host, port in addresses
    ]


def look(prober: Prober, url: str) -> Outcome:
    return prober.run([Task("one", http.clean({"url": url, "timeout": 5}))])["one"]


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("host", LOOPBACK)
def test_this_machine_is_not_reached_by_any_of_its_names(
    host: str, scheme: str, prober: Make, bell: Doorbell, connects: list[object]
) -> None:
    outcome = look(prober(()), f"{scheme}://{host}:{bell.port}/")
    assert (outcome.ok, outcome.text) == (False, "address not allowed")
    assert (bell.rings(), connects) == (0, [])


def test_this_machine_is_not_reached_over_ipv6(prober: Make, connects: list[object]) -> None:
    try:
        bell = Doorbell("::1", socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no IPv6")
    connects.clear()
    for host in ("[::1]", "[0:0:0:0:0:0:0:1]", "[::0001]"):
        assert look(prober(()), f"http://{host}:{bell.port}/").text == "address not allowed"
    assert (bell.rings(), connects) == (0, [])
    bell.close()


@pytest.mark.parametrize("host", ELSEWHERE)
def test_no_socket_is_made_for_what_is_not_public(host: str, prober: Make, connects: list[object]) -> None:
    outcome = look(prober(()), f"http://{host}/latest/meta-data/")
    assert (outcome.ok, outcome.text) == (False, "address not allowed")
    assert connects == []


@pytest.mark.parametrize("host", [*LOOPBACK, *ELSEWHERE])
def test_a_line_dials_nothing_that_is_not_public(host: str, bell: Doorbell, connects: list[object]) -> None:
    bare = host_name(host, "host")
    for dial in (Session(5).dial, Session(5).datagram):
        with pytest.raises(Failed, match="address not allowed"):
            dial(bare, bell.port)
    assert (bell.rings(), connects) == (0, [])


def test_an_allowed_network_opens_no_other(prober: Make, bell: Doorbell) -> None:
    engine = prober(("127.0.0.2/32", "10.0.0.0/8", "::1/128"))
    assert look(engine, f"http://127.0.0.1:{bell.port}/").text == "address not allowed"
    assert bell.rings() == 0


def test_a_public_name_with_a_private_address_is_refused(prober: Make, bell: Doorbell, connects: list[object]) -> None:
    engine = prober((), resolve=lambda host, port, seconds: places(("127.0.0.1", port)))
    assert look(engine, f"http://www.example.org:{bell.port}/").text == "address not allowed"
    assert (bell.rings(), connects) == (0, [])


def test_an_address_with_a_zone_is_refused(prober: Make, connects: list[object]) -> None:
    engine = prober((), resolve=lambda host, port, seconds: places(("fe80::1%lo", port)))
    assert look(engine, "http://www.example.org/").text == "address not allowed"
    assert connects == []


def test_a_name_that_answers_differently_the_second_time_gains_nothing(
    prober: Make, server: Server, doorbell: Doorbell
) -> None:
    asked: list[str] = []

    def rebinding(host: str, port: int, seconds: float) -> list[Endpoint]:
        asked.append(host)
        return places(("127.0.0.1" if len(asked) == 1 else "127.0.0.2", port))

    engine = prober(resolve=rebinding)
    assert look(engine, f"http://www.example.org:{server.port}/").text == "200 OK"
    assert asked == ["www.example.org"]
    assert look(engine, f"http://www.example.org:{doorbell.port}/").text == "address not allowed"
    assert doorbell.rings() == 0


def test_a_name_that_changes_between_two_redirects_is_judged_anew(
    prober: Make, server: Server, doorbell: Doorbell
) -> None:
    answers = iter(["127.0.0.1", "127.0.0.2"])
    engine = prober(resolve=lambda host, port, seconds: places((next(answers), port)))
    server.answer(Reply(302, {"Location": f"http://www.example.org:{doorbell.port}/"}))
    assert look(engine, f"http://www.example.org:{server.port}/").text == "address not allowed"
    assert (len(server.received), doorbell.rings()) == (1, 0)


@pytest.mark.parametrize("order", [1, -1])
def test_the_forbidden_ones_among_several_addresses_are_passed_over(order: int, prober: Make, server: Server) -> None:
    found = [("127.0.0.2", server.port), ("127.0.0.1", server.port)][::order]
    engine = prober(resolve=lambda host, port, seconds: places(*found))
    with socket.create_server(("127.0.0.2", server.port)) as forbidden:
        forbidden.setblocking(False)
        assert look(engine, f"http://www.example.org:{server.port}/").text == "200 OK"
        with pytest.raises(BlockingIOError):
            forbidden.accept()


def test_when_the_allowed_address_is_dead_the_forbidden_is_not_tried(prober: Make, doorbell: Doorbell) -> None:
    engine = prober(resolve=lambda host, port, seconds: places(("127.0.0.1", port), ("127.0.0.2", port)))
    assert look(engine, f"http://www.example.org:{doorbell.port}/").text == "connection refused"
    assert doorbell.rings() == 0


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.2",
        "127.2",
        "2130706434",
        "0x7f000002",
        "0177.0.0.2",
        "[::ffff:127.0.0.2]",
        "0",
        "[::]",
        "169.254.169.254",
    ],
)
def test_a_redirect_to_another_spelling_is_refused(host: str, prober: Make, server: Server, doorbell: Doorbell) -> None:
    server.answer(Reply(302, {"Location": f"//{host}:{doorbell.port}/"}))
    assert look(prober(), server.url()).text == "address not allowed"
    assert (len(server.received), doorbell.rings()) == (1, 0)


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"])
def test_no_proxy_is_taken_from_the_environment(
    name: str, monkeypatch: pytest.MonkeyPatch, prober: Make, server: Server, doorbell: Doorbell
) -> None:
    monkeypatch.setenv(name, f"http://127.0.0.2:{doorbell.port}")
    assert look(prober(), server.url()).text == "200 OK"
    assert doorbell.rings() == 0


def test_a_network_that_is_none_is_an_error_at_once() -> None:
    with pytest.raises(ValueError, match=r"10\.0\.0\.0/99"):
        Prober(("10.0.0.0/99",))
