"""infra.local.stopping: everything that sleeps wakes up and ends when the switch is thrown."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from infra.local.stopping import Stopped, Stopping


def test_a_sleeper_wakes_up_when_everything_stops() -> None:
    stopping = Stopping()
    ended = threading.Event()

    def work() -> None:
        try:
            stopping.sleep(1_000)
        finally:
            ended.set()

    stopping.thread("sleeper", work)
    stopping.stop()
    stopping.join(10)

    assert ended.is_set()


def test_nobody_falls_asleep_after_the_stop() -> None:
    stopping = Stopping()
    stopping.stop()

    assert stopping.stopped
    with pytest.raises(Stopped):
        stopping.sleep(0)


def test_a_thread_that_does_not_sleep_holds_nobody_up() -> None:
    stopping = Stopping()
    go_on = threading.Event()
    thread = stopping.thread("busy", lambda: go_on.wait(10))

    stopping.stop()
    stopping.join(0.01)

    assert thread.is_alive() and thread.daemon
    go_on.set()
    thread.join(10)


def test_stopping_is_no_exception_that_a_function_could_catch() -> None:
    stopping = Stopping()
    stopping.stop()

    def careless() -> None:
        try:
            stopping.sleep(1)
        except Exception:  # noqa: BLE001
            pytest.fail("swallowed")

    with ThreadPoolExecutor(1) as pool, pytest.raises(Stopped):
        pool.submit(careless).result()
