"""The guard: nothing connects to where it must not, however the address is spelt, resolved or redirected to.

Where it says that nothing connected, a real listener stood at that address and heard nothing.
"""

from __future__ import annotations

import socket

import pytest

from chalicelib.channels.sender import Sender
from chalicelib.core.errors import Undelivered
from chalicelib.net.lookups import Endpoint
from tests.channels.servers import HERE, Doorbell, Reply, Server


def places(*addresses: tuple[str, int]) -> list[Endpoint]:
    return [
        (socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))
        for host, port in addresses
    ]


def refusal(sender: Sender, url: str) -> Undelivered:
    with pytest.raises(Undelivered) as caught:
        sender.send("GET", url, {})
    return caught.value


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "LOCALHOST.",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "0",
        "0.0.0.0",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "１２７.0.0.1",
        "127。0。0。1",
        "user@127.0.0.1",
        "example.org@127.0.0.1",
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_this_machine_is_not_reached_by_any_of_its_names(host: str, scheme: str, doorbell: Doorbell) -> None:
    error = refusal(Sender(), f"{scheme}://{host}:{doorbell.port}/")
    assert (error.message, error.permanent) == ("address not allowed", True)
    assert doorbell.rings() == 0


def test_this_machine_is_not_reached_over_ipv6() -> None:
    try:
        bell = Doorbell("::1", socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no IPv6")
    error = refusal(Sender(), f"http://[::1]:{bell.port}/")
    assert (error.message, error.permanent, bell.rings()) == ("address not allowed", True, 0)
    bell.close()


def test_a_network_that_the_owner_allows_is_reached(server: Server) -> None:
    assert Sender(HERE).send("GET", server.url(), {}).status == 200


def test_an_allowed_network_opens_no_other(doorbell: Doorbell) -> None:
    assert refusal(Sender(("10.0.0.0/8", "::1/128")), f"http://127.0.0.1:{doorbell.port}/").permanent
    assert doorbell.rings() == 0


def test_a_public_name_with_a_private_address_is_refused(doorbell: Doorbell) -> None:
    sender = Sender(resolve=lambda host, port, seconds: places(("127.0.0.1", port)))
    assert refusal(sender, f"http://hooks.example.org:{doorbell.port}/").message == "address not allowed"
    assert doorbell.rings() == 0


def test_a_name_that_answers_differently_the_second_time_gains_nothing(server: Server) -> None:
    forbidden = Doorbell("127.0.0.2")
    answers = [places(("127.0.0.1", server.port)), places(("127.0.0.2", forbidden.port))]
    asked: list[str] = []

    def rebinding(host: str, port: int, seconds: float) -> list[Endpoint]:
        asked.append(host)
        return answers[min(len(asked), 2) - 1]

    sender = Sender(HERE, resolve=rebinding)
    assert sender.send("GET", "http://hooks.example.org/", {}).status == 200
    assert asked == ["hooks.example.org"]
    assert forbidden.rings() == 0
    forbidden.close()


def test_the_forbidden_ones_among_several_addresses_are_passed_over(server: Server) -> None:
    forbidden = Doorbell("127.0.0.2")
    found = places(("127.0.0.2", forbidden.port), ("127.0.0.1", server.port))
    assert Sender(HERE, resolve=lambda *_: found).send("GET", "http://hooks.example.org/", {}).status == 200
    assert forbidden.rings() == 0
    forbidden.close()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_goes_through_the_guard(status: int, server: Server) -> None:
    forbidden = Doorbell("127.0.0.2")
    server.answer(Reply(status, {"Location": f"http://127.0.0.2:{forbidden.port}/latest/meta-data/"}))
    error = refusal(Sender(HERE), server.url())
    assert (error.message, error.permanent) == ("address not allowed", True)
    assert forbidden.rings() == 0
    forbidden.close()


def test_a_later_redirect_goes_through_the_guard_too(server: Server) -> None:
    forbidden = Doorbell("127.0.0.2")
    last = Reply(302, {"Location": f"//127.0.0.2:{forbidden.port}/"})
    server.answer(Reply(302, {"Location": "/a"}), Reply(307, {"Location": "b"}), last)
    assert refusal(Sender(HERE), server.url()).message == "address not allowed"
    assert [received.path for received in server.received] == ["/", "/a", "/b"]
    assert forbidden.rings() == 0
    forbidden.close()


def test_a_name_is_looked_up_and_judged_anew_for_each_redirect(server: Server) -> None:
    forbidden = Doorbell("127.0.0.2")
    found = {
        "first.example.org": places(("127.0.0.1", server.port)),
        "second.example.org": places(("127.0.0.2", forbidden.port)),
    }
    server.answer(Reply(302, {"Location": "http://second.example.org/"}))
    sender = Sender(HERE, resolve=lambda host, port, seconds: found[host])
    assert refusal(sender, "http://first.example.org/").message == "address not allowed"
    assert (len(server.received), forbidden.rings()) == (1, 0)
    forbidden.close()


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"])
def test_no_proxy_is_taken_from_the_environment(
    name: str, monkeypatch: pytest.MonkeyPatch, server: Server, doorbell: Doorbell
) -> None:
    monkeypatch.setenv(name, f"http://127.0.0.1:{doorbell.port}")
    assert Sender(HERE).send("GET", server.url(), {}).status == 200
    assert doorbell.rings() == 0


def test_a_web_address_of_another_kind_is_refused_for_good(doorbell: Doorbell) -> None:
    for scheme in ("ftp", "gopher", "file", "ws"):
        assert refusal(Sender(HERE), f"{scheme}://127.0.0.1:{doorbell.port}/").permanent
    assert doorbell.rings() == 0
