"""Where the time goes: phases that are disjoint, in both engines, against servers whose delays are known."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.net.lookups import Endpoint
from chalicelib.probes import http
from chalicelib.probes.base import Phases, Task
from chalicelib.probes.engine import Prober
from tests.channels.servers import Reply, Server, serving, speaking
from tests.probes.authority import Authority
from tests.probes.conftest import Look

PAUSE = threading.Event()  # never set: waiting for it is the delay


def pausing(first: float, last: float) -> Callable[[socket.socket], None]:
    """A server whose first byte comes after `first` seconds, and its last byte `last` seconds later."""

    def answer(connection: socket.socket) -> None:
        connection.recv(65_536)
        PAUSE.wait(first)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
        connection.sendall(b"o")
        PAUSE.wait(last)
        connection.sendall(b"k")

    return answer


def slow_names(host: str, port: int, seconds: float) -> list[Endpoint]:
    PAUSE.wait(0.2)
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]


def spans(phases: Phases) -> list[float]:
    return [phases.dns, phases.connect, phases.ssl, phases.ttfb, phases.ttlb]


# The two waits of these cases lie far apart, because a busy machine lets the client read its first byte late.
@pytest.mark.parametrize(("first", "last", "longest"), [(0.5, 0.0, "ttfb"), (0.0, 0.5, "ttlb")])
def test_the_wait_for_the_first_byte_and_for_the_last_are_two(
    first: float, last: float, longest: str, look: Look
) -> None:
    with speaking(pausing(first, last)) as port:
        phases = look(f"http://127.0.0.1:{port}/").phases
    assert phases.ssl == 0
    assert getattr(phases, longest) == max(spans(phases))
    assert phases.total >= 499


def test_the_phases_sum_up_to_the_total(look: Look) -> None:
    with speaking(pausing(0.08, 0.04)) as port:
        phases = look(f"http://127.0.0.1:{port}/").phases
    assert phases.total == pytest.approx(sum(spans(phases)))
    assert phases.total >= 119
    assert min(spans(phases)) >= 0


def test_looking_the_name_up_is_a_phase_of_its_own(prober: Callable[..., Prober], server: Server) -> None:
    task = Task("one", http.clean({"url": f"http://www.example.org:{server.port}/"}))
    phases = prober(resolve=slow_names).run([task])["one"].phases
    assert phases.dns >= 199
    assert phases.connect < phases.dns


def test_the_handshake_is_a_phase_of_its_own(look: Look, authority: Authority) -> None:
    with serving(authority.context("127.0.0.1")) as server:
        phases = look(server.url("/", "https")).phases
    assert min(phases.connect, phases.ssl, phases.ttfb) > 0


def test_the_phases_of_redirects_add_up(prober: Callable[..., Prober], server: Server) -> None:
    server.answer(Reply(302, {"Location": "/a"}), Reply(302, {"Location": "/b"}), Reply())
    task = Task("one", http.clean({"url": f"http://www.example.org:{server.port}/"}))
    phases = prober(resolve=slow_names).run([task])["one"].phases
    assert phases.dns >= 3 * 199
    assert phases.total >= phases.dns


def test_a_failure_books_its_time_to_the_phase_that_failed(prober: Callable[..., Prober]) -> None:
    def silent(host: str, port: int, seconds: float) -> list[Endpoint]:
        PAUSE.wait(0.3)
        raise TimeoutError

    task = Task("one", replace(http.clean({"url": "http://www.example.org/"}), timeout=0.2))
    outcome = prober(resolve=silent).run([task])["one"]
    assert (outcome.ok, outcome.text) == (False, "name servers do not answer")
    assert outcome.phases.dns >= 190
    assert outcome.phases.total == pytest.approx(outcome.phases.dns, abs=5)


def test_waiting_for_a_place_is_no_part_of_the_total(prober: Callable[..., Prober]) -> None:
    slow = pausing(0.5, 0.0)
    with speaking(slow) as first, speaking(slow) as second, speaking(slow) as third:
        ports = (first, second, third)
        tasks = [Task(str(port), http.clean({"url": f"http://127.0.0.1:{port}/"})) for port in ports]
        outcomes = prober(concurrency=2).run(tasks)
    in_turn = sorted((outcome.phases for outcome in outcomes.values()), key=lambda phases: phases.block)
    assert in_turn[1].block < 400 < in_turn[2].block
    assert 499 <= in_turn[2].total < 499 + in_turn[2].block
