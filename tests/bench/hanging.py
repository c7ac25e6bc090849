"""What it takes to tell many channels of one flip when one of them does not answer."""

from __future__ import annotations

import argparse
import http.server
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from chalicelib.core.check import Signal
from chalicelib.monitor.intake import pings
from chalicelib.monitor.managing import channels as managing
from chalicelib.monitor.managing import checks as manage
from chalicelib.monitor.managing import projects
from chalicelib.monitor.services import Services
from tests.bench import workers
from tests.bench.meter import fresh_services

CHANNELS, ROUNDS = 10, 3
HANG = "/hang"
LONGEST = 60.0


class _Receiver(http.server.BaseHTTPRequestHandler):
    """Notes when it was called; one path is never answered."""

    hits: list[tuple[float, str]] = []  # noqa: RUF012
    protocol_version = "HTTP/1.1"
    over = threading.Event()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.hits.append((time.time(), self.path))
        if self.path == HANG:
            self.over.wait(LONGEST)
            self.close_connection = True
            return
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def hanging(_arguments: argparse.Namespace) -> None:
    """One flip to ten channels of which one hangs, told by a deliverer in a process of its own: from the ping on."""
    for which, word in ((0, "first"), (CHANNELS - 1, "last")):
        with _receiver() as port:
            # Each with queues of its own: what hangs is tried again later.
            times = [_told(fresh_services(f"hanging{which}r{one}"), port, which) for one in range(ROUNDS)]
        first, ninth, failed = (sorted(each)[ROUNDS // 2] for each in zip(*times, strict=True))
        print(f"one flip to {CHANNELS} channels, of which the {word} hangs: one is told after {first:.2f} s,", end=" ")
        print(f"nine after {ninth:.2f} s; that which hangs has failed after {failed:.1f} s (median of {ROUNDS})")


@contextmanager
def _receiver() -> Iterator[int]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Receiver)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    _Receiver.over.set()
    server.shutdown()
    _Receiver.over.clear()


@contextmanager
def _deliverer(services: Services) -> Iterator[None]:
    process = workers.started("tests.bench.deliverer", services)
    yield
    process.communicate()


def _told(services: Services, port: int, which: int) -> tuple[float, float, float]:
    """Seconds until the first and the last of those that answer were called, and until it is written that the other
    failed."""
    project = projects.create(services, "Bench").project
    channels = [
        managing.create(services, project, "webhook", f"Hook {number}", _settings(port, number, which))
        for number in range(CHANNELS)
    ]
    check = manage.create(services, project, {"name": "Backup", "timeout": 3_600, "grace": 60})
    check = manage.change(services, check, {"channels": tuple(one.code for one in channels)})
    address, _Receiver.hits = pings.Address(code=check.code), []
    pings.receive(services, address, Signal("success", services.clock()))
    with _deliverer(services):
        began = time.time()
        pings.receive(services, address, Signal("fail", services.clock()))
        while not (log := managing.sent_log(services, channels[which])) and time.time() < began + LONGEST:
            time.sleep(0.05)
        failed = time.time() - began
    assert [bool(one.error) for one in log] == [True], log
    times = sorted(moment - began for moment, path in _Receiver.hits if path != HANG)
    assert len(times) == CHANNELS - 1, _Receiver.hits
    return times[0], times[-1], failed


def _settings(port: int, number: int, which: int) -> dict[str, object]:
    url = f"http://127.0.0.1:{port}{HANG if number == which else f'/{number}'}"
    return {"method_down": "POST", "url_down": url, "body_down": "$NAME"}
