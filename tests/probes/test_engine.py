"""The engine: many probes at a time, each with an outcome, whatever the others do."""

from __future__ import annotations

import contextlib
import json
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from chalicelib import probes
from chalicelib.net.lookups import Endpoint
from chalicelib.probes import http, tcp
from chalicelib.probes.base import Outcome, Task
from chalicelib.probes.connection import Session
from chalicelib.probes.engine import Prober
from tests.channels.servers import Server, speaking
from tests.probes.conftest import HERE, silent

Make = Callable[..., Prober]


def at(url: str, key: str = "", **definition: Any) -> Task:
    return Task(key or url, http.clean({"url": url, **definition}))


class Crowd:
    """A server that counts who is there at the same time; each stays until `enough` have come or a while has passed."""

    def __init__(self, enough: int) -> None:
        self.enough = threading.Barrier(enough)
        self.most = self.now = 0
        self._lock = threading.Lock()

    def speak(self, connection: socket.socket) -> None:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        connection.recv(65_536)
        with contextlib.suppress(threading.BrokenBarrierError):
            self.enough.wait(0.1)
        with self._lock:
            self.now -= 1
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


@contextlib.contextmanager
def crowded(crowd: Crowd) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        listener.settimeout(0.05)
        ended = threading.Event()

        def one(connection: socket.socket) -> None:
            connection.settimeout(5)
            with connection:
                crowd.speak(connection)

        def run() -> None:
            while not ended.is_set():
                try:
                    connection, _ = listener.accept()
                except TimeoutError:
                    continue
                threading.Thread(target=one, args=(connection,)).start()

        thread = threading.Thread(target=run)
        thread.start()
        yield listener.getsockname()[1]
        ended.set()
        thread.join(10)


def test_every_task_has_an_outcome_under_its_key(prober: Make, server: Server) -> None:
    tasks = [at(server.url(f"/{number}"), str(number)) for number in range(60)]
    outcomes = prober(concurrency=4).run(tasks)
    assert outcomes.keys() == {str(number) for number in range(60)}
    assert {outcome.text for outcome in outcomes.values()} == {"200 OK"}
    assert len(server.received) == 60


def test_nothing_to_do_is_done_at_once(prober: Make) -> None:
    assert prober().run([]) == {}


def test_many_go_at_the_same_time_but_no_more_than_allowed(prober: Make) -> None:
    crowd = Crowd(enough=8)
    with crowded(crowd) as port:
        tasks = [at(f"http://127.0.0.1:{port}/{number}") for number in range(32)]
        assert all(outcome.ok for outcome in prober(concurrency=8).run(tasks).values())
    assert crowd.most == 8


def test_types_share_the_places(prober: Make) -> None:
    crowd = Crowd(enough=6)
    with crowded(crowd) as port:
        web = [at(f"http://127.0.0.1:{port}/{number}") for number in range(12)]
        definition = tcp.clean({"host": "127.0.0.1", "port": port, "send": "hello", "expect": "HTTP"})
        others = [Task(f"tcp {number}", definition) for number in range(12)]
        outcomes = prober(concurrency=6).run([*web, *others])
    assert [key for key, outcome in outcomes.items() if not outcome.ok] == []
    assert len(outcomes) == 24
    assert crowd.most <= 6


def test_a_hanging_probe_holds_nobody_else_up(prober: Make, server: Server) -> None:
    with speaking(silent) as port:
        hanging = Task("hangs", replace(http.clean({"url": f"http://127.0.0.1:{port}/"}), timeout=1.5))
        outcomes = prober(concurrency=2).run([hanging, *(at(server.url(f"/{number}")) for number in range(20))])
    assert outcomes.pop("hangs").text == "no answer within 1.5 s"
    assert {outcome.text for outcome in outcomes.values()} == {"200 OK"}
    assert max(outcome.phases.block for outcome in outcomes.values()) < 1_500


def test_silent_hosts_take_no_place_from_others(prober: Make, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """More of them than there are places, and all of them first."""
    for one in ("engine", "curl"):
        monkeypatch.setattr(f"chalicelib.probes.{one}.SILENT", 0.05)
    order: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        web = replace(http.clean({"url": f"http://127.0.0.1:{port}/"}), timeout=1.5)
        line = replace(tcp.clean({"host": "127.0.0.1", "port": port, "expect": "x"}), timeout=1.5)
        silent = [Task(f"silent {number}", one) for one in (web, line) for number in range(6)]
        tasks = [
            *(Task(f"{one.definition.type} {one.key}", one.definition) for one in silent),
            at(server.url(), "good"),
        ]
        prober(concurrency=4).run(tasks, lambda key, _: order.append(key))
    assert order[0] == "good"
    assert len(order) == 13


def test_names_that_nobody_answers_for_hold_nobody_else_up(prober: Make, server: Server) -> None:
    """Forty names whose servers are silent, more than curl has threads for, and a good one behind them."""
    forever = threading.Event()

    def resolve(host: str, port: int, seconds: float) -> list[Endpoint]:
        if host.startswith("silent"):
            forever.wait(10)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    definitions = (http.clean({"url": f"http://silent{number}.example.org/"}) for number in range(40))
    silent = [Task(one.url, replace(one, timeout=0.5)) for one in definitions]
    good = at(f"http://good.example.org:{server.port}/", "good")
    engine = prober(resolve=resolve)
    outcomes = engine.run([*silent, good])
    assert outcomes.pop("good").text == "200 OK"
    assert {outcome.text for outcome in outcomes.values()} == {"name servers do not answer"}
    assert engine.run([good])["good"].ok
    forever.set()


def test_a_probe_that_breaks_is_an_outcome_and_a_line_in_the_log(
    prober: Make, server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(definition: dict[str, Any], session: Session) -> Outcome:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(tcp, "run", broken)
    definition = tcp.clean({"host": "127.0.0.1", "port": 9})
    with caplog.at_level(logging.ERROR, "tocsin"):
        outcomes = prober().run([Task("bad", definition), at(server.url(), "good")])
    assert (outcomes["bad"].ok, outcomes["bad"].text) == (False, "internal error")
    assert outcomes["good"].ok
    assert json.loads(caplog.messages[0])["message"] == "a probe broke"


def test_an_http_probe_that_breaks_is_an_outcome_too(
    prober: Make, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    good = at(server.url(), "good")
    engine = prober(concurrency=2)
    broken = [
        Task("no url", probes.read({"type": "http", "timeout": 5})),
        Task("odd", http.Definition(url=server.url(), headers={"X": "\ud800"})),
    ]
    with caplog.at_level(logging.CRITICAL, "tocsin"):
        outcomes = engine.run([*broken, good])
    assert {key: outcome.text for key, outcome in outcomes.items()} == {
        "no url": "internal error",
        "odd": "internal error",
        "good": "200 OK",
    }
    assert engine.run([good])["good"].ok


@pytest.mark.parametrize("definition", [{}, {"type": "gopher"}, {"type": None, "timeout": 3}, {"type": "tcp"}])
def test_a_definition_that_is_none_is_an_outcome(
    definition: dict[str, Any], prober: Make, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.CRITICAL, "tocsin"):
        outcome = prober().run([Task("one", probes.read(definition))])["one"]
    assert (outcome.ok, outcome.text) == (False, "internal error")


def test_without_pycurl_http_takes_the_other_way(monkeypatch: pytest.MonkeyPatch, server: Server) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pycurl", None)
    monkeypatch.delitem(sys.modules, "chalicelib.probes.curl", raising=False)
    monkeypatch.delitem(sys.modules, "chalicelib.probes.transfer", raising=False)
    monkeypatch.delattr(probes, "curl", raising=False)
    monkeypatch.delattr(probes, "transfer", raising=False)
    assert Prober(HERE).run([at(server.url(), "one")])["one"].text == "200 OK"
    with pytest.raises(ImportError):
        Prober(HERE, use_curl=True)


def test_an_interrupted_run_leaves_nothing_behind(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    from chalicelib.probes.curl import Curl

    engine = Prober(HERE, use_curl=True)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Curl, "_wait", _interrupt)
        engine.run([at(server.url(), "first"), at(f"http://localhost:{server.port}/", "named")])
    assert engine.run([at(server.url(), "second")]).keys() == {"second"}


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def test_each_outcome_is_told_as_soon_as_it_is_known(prober: Make, server: Server) -> None:
    told: list[str] = []
    first = threading.Event()

    def hang(connection: socket.socket) -> None:
        connection.recv(65_536)
        first.wait(5)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    def done(key: str, outcome: Outcome) -> None:
        assert outcome.ok
        told.append(key)
        first.set()

    with speaking(hang) as port:
        tasks = [at(f"http://127.0.0.1:{port}/", "slow", timeout=4), at(server.url(), "quick")]
        outcomes = prober().run(tasks, done)

    assert told == ["quick", "slow"] == sorted(outcomes)
