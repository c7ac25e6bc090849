"""Where the time goes: phases that are disjoint, in both engines, against servers whose delays are known."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

import pytest

from chalicelib.net.lookups import Endpoint
from chalicelib.probes import http
from chalicelib.probes.base import Phases, Task
from chalicelib.probes.engine import Prober
from tests.channels.servers import Reply, Server, serving, speaking
from tests.probes.authority import Authority
from tests.probes.conftest import Look

PAUSE = threading.Event()  # never set: waiting for it is the delay


def late(connection: socket.socket) -> None:
    """First byte after 80 ms, last byte 40 ms later."""
    connection.recv(65_536)
    PAUSE.wait(0.08)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
    connection.sendall(b"o")
    PAUSE.wait(0.04)
    connection.sendall(b"k")


def slow_names(host: str, port: int, seconds: float) -> list[Endpoint]:
    PAUSE.wait(0.06)
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]


def spans(phases: Phases) -> list[float]:
    return [phases.dns, phases.connect, phases.ssl, phases.ttfb, phases.ttlb]


def test_the_wait_for_the_first_byte_and_for_the_last_are_two(look: Look) -> None:
    with speaking(late) as port:
        phases = look(f"http://127.0.0.1:{port}/").phases
    assert phases.ttfb >= 79
    assert 39 <= phases.ttlb < phases.ttfb
    assert phases.ssl == 0
    assert phases.dns + phases.connect < phases.ttfb


def test_the_phases_sum_up_to_the_total(look: Look) -> None:
    with speaking(late) as port:
        phases = look(f"http://127.0.0.1:{port}/").phases
    assert phases.total == pytest.approx(sum(spans(phases)))
    assert phases.total >= 119
    assert min(spans(phases)) >= 0


def test_looking_the_name_up_is_a_phase_of_its_own(prober: Callable[..., Prober], server: Server) -> None:
    task = Task("one", http.clean({"url": f"http://www.example.org:{server.port}/"}))
    phases = prober(resolve=slow_names).run([task])["one"].phases
    assert phases.dns >= 59
    assert phases.connect < phases.dns


def test_the_handshake_is_a_phase_of_its_own(look: Look, authority: Authority) -> None:
    with serving(authority.context("127.0.0.1")) as server:
        phases = look(server.url("/", "https")).phases
    assert min(phases.connect, phases.ssl, phases.ttfb) > 0


def test_the_phases_of_redirects_add_up(prober: Callable[..., Prober], server: Server) -> None:
    server.answer(Reply(302, {"Location": "/a"}), Reply(302, {"Location": "/b"}), Reply())
    task = Task("one", http.clean({"url": f"http://www.example.org:{server.port}/"}))
    phases = prober(resolve=slow_names).run([task])["one"].phases
    assert phases.dns >= 3 * 59
    assert phases.total >= phases.dns


def test_a_failure_books_its_time_to_the_phase_that_failed(prober: Callable[..., Prober]) -> None:
    def silent(host: str, port: int, seconds: float) -> list[Endpoint]:
        PAUSE.wait(0.3)
        raise TimeoutError

    task = Task("one", http.clean({"url": "http://www.example.org/"}) | {"timeout": 0.2})
    outcome = prober(resolve=silent).run([task])["one"]
    assert (outcome.ok, outcome.text) == (False, "no answer within 0.2 s")
    assert outcome.phases.dns >= 190
    assert outcome.phases.total == pytest.approx(outcome.phases.dns, abs=5)


def test_waiting_for_a_place_is_no_part_of_the_total(prober: Callable[..., Prober]) -> None:
    with speaking(late) as first, speaking(late) as second, speaking(late) as third:
        ports = (first, second, third)
        tasks = [Task(str(port), http.clean({"url": f"http://127.0.0.1:{port}/"})) for port in ports]
        outcomes = prober(concurrency=2).run(tasks)
    in_turn = sorted((outcome.phases for outcome in outcomes.values()), key=lambda phases: phases.block)
    assert in_turn[1].block < 100 < in_turn[2].block
    assert 119 <= in_turn[2].total < 119 + in_turn[2].block
