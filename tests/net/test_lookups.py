"""Looking names up in threads that may be left behind."""

from __future__ import annotations

import socket
import threading

import pytest

from chalicelib.net import lookups
from chalicelib.net.lookups import Endpoint
from tests.cases import each


@each("spelt", ["127.0.0.1", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "localhost"])
def test_every_spelling_is_resolved_to_an_address(spelt: str) -> None:
    found = {endpoint[4][0] for endpoint in lookups.look_up(spelt, 80, 5)}
    assert found <= {"127.0.0.1", "::1"}
    assert found


@pytest.mark.parametrize("name", ["nobody.invalid", "a" * 64 + ".example.org", ".", "a..b"])
def test_an_unknown_or_impossible_name_is_an_error(name: str) -> None:
    with pytest.raises(socket.gaierror):
        lookups.look_up(name, 80, 5)


def test_a_resolver_that_does_not_answer_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    done = threading.Event()

    def silent(host: str, port: int, seconds: float) -> list[Endpoint]:
        done.wait(10)
        return []

    monkeypatch.setattr(lookups, "_system", silent)
    with pytest.raises(TimeoutError):
        lookups.look_up("www.example.org", 80, 0.05)
    done.set()


def test_a_thread_that_is_free_serves_the_next_name() -> None:
    askers = lookups.Askers()
    threads: list[int] = []
    for _ in range(5):
        done = threading.Event()

        def job(done: threading.Event = done) -> None:
            threads.append(threading.get_ident())
            done.set()

        askers.submit(job)
        assert done.wait(5)
        while not askers._idle:
            pass
    assert len(set(threads)) == 1


def test_a_thread_that_is_held_up_holds_no_other_name_up() -> None:
    askers, held, done = lookups.Askers(), threading.Event(), threading.Event()

    def wait() -> None:
        held.wait(10)

    for _ in range(30):
        askers.submit(wait)
    askers.submit(done.set)
    assert done.wait(5)
    held.set()


def test_the_time_that_a_name_took_is_told_with_it() -> None:
    told: list[float] = []
    done = threading.Event()

    def slow(host: str, port: int, seconds: float) -> list[Endpoint]:
        threading.Event().wait(0.05)
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    def hear(found: list[Endpoint] | OSError, seconds: float) -> None:
        assert isinstance(found, socket.gaierror)
        told.append(seconds)
        done.set()

    lookups.ask("www.example.org", 80, 5, hear, slow)
    assert done.wait(5)
    assert told[0] >= 0.049
