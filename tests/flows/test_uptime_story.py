"""From a web site that stops to the mail, the outage and the uptime: real servers on this machine, the real engine, the
Alertra API, on a clock that only moves when told."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

import app as application
from chalicelib import gateway
from chalicelib.monitor.managing import channels
from chalicelib.monitor.managing.projects import Keyring
from chalicelib.monitor.services import Services
from chalicelib.probes.engine import Prober
from tests.api.alertra.conftest import Caller
from tests.api.client import Api, Entrance
from tests.conftest import Clock
from tests.probes.authority import Authority
from tests.sent import Sent


class _Server(ThreadingHTTPServer):
    def __init__(self, site: Site) -> None:
        self.site = site
        super().__init__(("127.0.0.1", site.port), _Page)

    def handle_error(self, *_: Any) -> None:
        """A caller who does not trust the certificate hangs up: that is what some stories are about."""


class _Page(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        statuses = self.server.site.statuses
        self.send_response(statuses.pop(0) if len(statuses) > 1 else statuses[0])
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


class Site:
    """A web site on this machine that can be stopped and started again where it was. It answers with `statuses` in
    turn, the last of them for ever."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.scheme = "https" if context else "http"
        self.statuses = [200]
        # A socket that is bound and does not listen keeps the port from others while the site is down.
        self._keeper = socket.socket()
        self._keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._keeper.bind(("127.0.0.1", 0))
        self.port: int = self._keeper.getsockname()[1]
        self._running: tuple[_Server, threading.Thread] | None = None
        self.start(context)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/"

    def start(self, context: ssl.SSLContext | None = None) -> None:
        server = _Server(self)
        if context:
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005})
        thread.start()
        self._running = server, thread

    def stop(self) -> None:
        if self._running:
            server, thread = self._running
            server.shutdown()
            thread.join()
            server.server_close()
        self._running = None

    def close(self) -> None:
        self.stop()
        self._keeper.close()


@dataclass
class Device:
    """A device as its owner sees it through the API."""

    alertra: Caller
    id: str

    def get(self, path: str = "") -> Any:
        answer = self.alertra.get(f"/devices/{self.id}{path}")
        assert answer.status == 200, answer.text
        return answer.json

    def put(self, path: str, body: object = None) -> None:
        assert self.alertra.put(f"/devices/{self.id}{path}", body).status == 200

    @property
    def status(self) -> str:
        return str(self.get()["Status"])

    @property
    def uptime(self) -> dict[str, int]:
        """The parts of its life so far that are not empty, and how many outages there were."""
        return {name: value for name, value in self.get("/uptime")["Uptime"].items() if value}

    @property
    def outages(self) -> list[tuple[str, str | None, str]]:
        """(time of day at which it began, at which it ended, reason), newest first."""
        return [(_hour(one["Start"]), one["End"] and _hour(one["End"]), one["Reason"]) for one in self.get("/outages")]


def _hour(stamp: str) -> str:
    return stamp[11:19]


@dataclass
class World:
    """What a story is told in: web sites, their devices, a project with somebody to tell, and time that can pass."""

    services: Services
    alertra: Caller
    authority: Authority
    clock: Clock
    sent: Sent
    minute: Callable[[], None]
    sites: list[Site] = field(default_factory=list)

    def site(self, context: ssl.SSLContext | None = None) -> Site:
        self.sites.append(Site(context))
        return self.sites[-1]

    def context(self, days: float = 90) -> ssl.SSLContext:
        return self.authority.context("127.0.0.1", days=days)

    def device(self, site: Site, name: str = "Web", **fields: Any) -> Device:
        """A device that is looked at every minute, and again a second after a failure: by the clock of the story a look
        takes no time."""
        asked = {"FullName": name, "URL": site.url, "Frequency": 60, "RetryDelay": 1, **fields}
        return Device(self.alertra, self.alertra.device(**asked)["device_id"])

    def minutes(self, number: int) -> None:
        for _ in range(number):
            self.minute()


@contextmanager
def opened(
    services: Services, keyring: Keyring, clock: Clock, minute: Callable[[], None], folder: Path
) -> Iterator[World]:
    channels.create(services, keyring.project, "email", "Ops", {"address": "ops@example.org"}, 0)
    gateway.serve(application.app, services)
    key = keyring.keys["write"]
    caller = Caller(Api(Entrance(application.app), key), key)
    world = World(services, caller, Authority(folder), clock, Sent(), minute)
    services.engine = Prober(services.settings.allowed_networks, authorities=world.authority.bundle)
    yield world
    for site in world.sites:
        site.close()


@pytest.fixture
def world(
    services: Services, keyring: Keyring, clock: Clock, minute: Callable[[], None], tmp_path: Path
) -> Iterator[World]:
    with opened(services, keyring, clock, minute, tmp_path) as found:
        yield found


def refuses(_world: World, site: Site) -> None:
    site.stop()


def errs(world: World, site: Site) -> None:
    site.stop()
    site.statuses = [500]
    site.start(world.context() if site.scheme == "https" else None)


def expires(world: World, site: Site) -> None:
    site.stop()
    site.start(world.context(days=-1))


TROUBLES = [
    ("http", refuses, "connection refused"),
    ("http", errs, "500 Internal Server Error"),
    ("https", refuses, "connection refused"),
    ("https", errs, "500 Internal Server Error"),
    ("https", expires, "certificate expired"),
]


@pytest.mark.parametrize(("scheme", "trouble", "reason"), TROUBLES)
def test_a_site_that_stops_and_comes_back_is_told_listed_and_counted_to_the_second(
    world: World, scheme: str, trouble: Callable[[World, Site], None], reason: str
) -> None:
    context = world.context() if scheme == "https" else None
    site = world.site(context)
    device = world.device(site)
    assert (device.status, device.get()["Method"]) == ("Checking", scheme.upper())
    world.clock.move(seconds=37)
    world.minutes(5)
    assert (device.status, device.get()["LastCheckResult"], world.sent.subjects) == ("Up", "200 OK", [])

    trouble(world, site)
    world.minutes(1)
    assert (device.status, device.get()["LastCheckResult"]) == ("Down", reason)
    world.minutes(9)
    assert world.sent.subjects == ["DOWN | Web"]
    assert reason in world.sent.mails[0].text
    assert device.outages == [("12:06:00", None, reason)]

    site.stop()
    site.statuses = [200]
    site.start(context)
    world.minutes(3)
    world.clock.move(seconds=11)

    assert world.sent.subjects == ["DOWN | Web", "UP | Web"]
    assert (device.status, device.outages) == ("Up", [("12:06:00", "12:16:00", reason)])
    assert device.get("/outages")[0]["Locations"] == ["Home"]
    up = 5 * 60 + 3 * 60 + 11
    assert device.uptime == {"UpSeconds": up, "DownSeconds": 600, "UnknownSeconds": 37, "Outages": 1}


def test_every_look_of_the_story_is_kept(world: World) -> None:
    site = world.site()
    device = world.device(site)
    world.minutes(2)
    site.stop()
    world.minutes(2)
    site.start()
    world.minutes(1)

    found = [(_hour(one["Timestamp"]), one["ResultCode"], one["CheckResult"]) for one in device.get("/checks")]
    refused = (0, "connection refused")
    retry, first = ("12:02:01", *refused), ("12:02:00", *refused)
    assert found == [
        *(("12:04:00", 1, "200 OK"), ("12:03:00", *refused)),
        *(retry, first),
        *(("12:01:00", 1, "200 OK"), ("12:00:00", 1, "200 OK")),
    ]


def test_a_failure_that_the_retry_does_not_see_is_nobodys_news(world: World) -> None:
    site = world.site()
    device = world.device(site)
    world.minutes(1)
    site.statuses = [503, 200]
    world.minutes(3)

    assert [one["ResultCode"] for one in device.get("/checks")] == [1, 1, 1, 0, 1]
    assert (device.status, device.outages, world.sent.subjects) == ("Up", [], [])
    assert device.uptime == {"UpSeconds": 240}


def test_with_two_retries_three_failures_make_an_outage_from_the_first_on(world: World) -> None:
    site = world.site()
    device = world.device(site, Retries=2)
    world.minutes(1)
    site.statuses = [503, 503, 200, 503, 503, 504, 200]
    world.minutes(3)

    assert device.outages == [("12:02:00", "12:03:00", "504 Gateway Timeout")]
    assert world.sent.subjects == ["DOWN | Web", "UP | Web"]
