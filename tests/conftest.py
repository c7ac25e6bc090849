"""The services for tests: AWS in process, a clock that only moves when told, and ways to look at what was sent.

TOCSIN_TEST_ENGINE, the URL of a DynamoDB, runs the same tests on that engine instead of the one in process, and
TOCSIN_TEST_TRANSPORT=lean calls it through our own transport.
"""

from __future__ import annotations

import itertools
import json
import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import boto3
import pytest
from hypothesis import settings as settings_of_examples

import app
from chalicelib import functions, store
from chalicelib.channels.base import Outlet
from chalicelib.core.check import Check
from chalicelib.core.status import Judged, Observed
from chalicelib.monitor import transitions
from chalicelib.monitor.clocks import deadlines, sweep, tick
from chalicelib.monitor.managing import projects
from chalicelib.monitor.services import Services
from chalicelib.settings import Settings
from chalicelib.store import connection
from chalicelib.store.transport.client import Client
from infra import emulated, tables
from infra.local import dynamodb
from tests import fixtures
from tests.sent import Sent

ENGINE = os.environ.get("TOCSIN_TEST_ENGINE", "")
LEAN = bool(ENGINE) and os.environ.get("TOCSIN_TEST_TRANSPORT") == "lean"
NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)


class Clock:
    """A clock that stands until it is moved; sleeping moves it."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=max(seconds, 0))

    def move(self, **by: float) -> datetime:
        self.now += timedelta(**by)
        return self.now


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="the cases marked as long, and many more random ones")


def pytest_configure(config: pytest.Config) -> None:
    settings_of_examples.register_profile("quick", max_examples=15)
    settings_of_examples.register_profile("long", max_examples=250)
    settings_of_examples.load_profile("long" if config.getoption("--long") else "quick")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--long"):
        left_out = [item for item in items if item.get_closest_marker("long")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: some tests wait for what happens in real time."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture
def long(request: pytest.FixtureRequest) -> bool:
    """Whether there is time for many cases."""
    return bool(request.config.getoption("--long"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "eu-north-1",
        "AWS_REGION": "eu-north-1",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    if ENGINE:
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", ENGINE)
    # Plain moto takes twice as long for a call; that both answer the same is tested.
    with emulated.aws(), dynamodb.quick():
        yield


@cache
def client(service: str) -> Any:
    """A client for all tests: making one costs more than a test does."""
    return boto3.client(service)


_numbers = itertools.count()


@pytest.fixture
def settings(aws: None) -> Settings:
    return Settings(
        topic_prefix="*",
        stage="test",
        prefix=f"t{next(_numbers)}{uuid.uuid4().hex[:6]}" if ENGINE else "tocsin",
        site_root="https://tocsin.example.org",
        mail_from="Tocsin <alerts@tocsin.example.org>",
        allowed_networks=("127.0.0.0/8",),
        # Few, as a minute of the clock asks each of them; more than one, so that none is forgotten.
        due_shards=2,
        outbox_shards=2,
        wheel_shards=2,
        lean_transport=LEAN,
    )


@pytest.fixture
def services(settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    # Messages become readable, visible again and too old by the clock that only moves when told.
    monkeypatch.setattr("moto.sqs.models.unix_time_millis", lambda: clock.now.timestamp() * 1000)
    monkeypatch.setattr("moto.sqs.models.unix_time", lambda: clock.now.timestamp())
    # A fresh process: `connect` forgets what the store remembers, and new services remember nothing.
    store.connect(settings)
    assert not LEAN or isinstance(connection.shared().client, Client)
    sqs = client("sqs")
    tables.create(settings, sqs) if ENGINE else fixtures.place(settings, sqs)
    fixtures.verify("alerts@tocsin.example.org")
    codes = itertools.count(1)
    outlet = Outlet(settings.allowed_networks, client("sesv2"), client("sns"), mail_set=settings.resource("mail"))
    made = Services(
        settings,
        clock=clock,
        sleep=clock.sleep,
        new_code=lambda: f"{next(codes):08x}-0000-4000-8000-000000000000",
        outlet=outlet,
    )
    monkeypatch.setattr(app, "SERVICES", made)
    yield made
    if ENGINE:
        tables.drop()


@pytest.fixture
def keyring(services: Services) -> projects.Keyring:
    return projects.create(services, "Website")


@pytest.fixture
def sent(services: Services) -> Sent:
    return Sent()


class Queues:
    """Hands what the queues hold to the functions that AWS would call."""

    def __init__(self, services: Services) -> None:
        self.services = services

    def take(self, noun: str) -> list[dict[str, Any]]:
        queue = self.services.settings.resource(noun)
        taken: list[dict[str, Any]] = []
        while fixtures.holds_messages(queue):
            taken += map(json.loads, fixtures.take_messages(queue))
        return taken

    def work(self) -> None:
        """Looks, judges, delivers and does everything that waits, until nothing does."""
        while sum(self._work(noun, function) for noun, function in functions.fed().items()):
            continue

    def _work(self, noun: str, function: functions.Function) -> int:
        messages = self.take(noun)
        for start in range(0, len(messages), function.batch):
            app.events.works[function.name](messages[start : start + function.batch])
        return len(messages)

    def sweep(self) -> None:
        """A sweep, and the decisions on what is due now."""
        sweep.run(self.services)
        for message in self.take("deadlines"):
            deadlines.work(self.services, message)

    def until(self, end: datetime) -> None:
        """Works on what waits and on what becomes readable before `end`, each message at its moment."""
        clock = self.services.clock
        assert isinstance(clock, Clock)
        self.work()
        for moment in iter(fixtures.next_message, None):
            if moment >= end:
                break
            clock.now = max(clock.now, moment)
            self.work()
        clock.now = max(clock.now, end)


@pytest.fixture
def queues(services: Services) -> Queues:
    return Queues(services)


@dataclass
class Story:
    """The running system as a test tells of it: a project, its services and their clock, the queues, and what was
    sent."""

    services: Services
    clock: Clock
    queues: Queues
    keyring: projects.Keyring
    sent: Sent

    @property
    def project(self) -> str:
        return self.keyring.project.code

    def see(self, check: Check, *, ok: bool) -> Check:
        """A probe looks at the check."""
        look = Observed(self.clock.now, ok, "TCP connect ok" if ok else "no answer", "Home")
        return transitions.apply(self.services, check.project, check.code, look)

    def judge(self, rule: Check, *, firing: bool, reason: str = "is 93, above 90") -> Check:
        """A rule is judged, for this reason if it fires."""
        judged = Judged(self.clock.now, firing, reason=reason if firing else "")
        return transitions.apply(self.services, rule.project, rule.code, judged)

    def tick(self) -> None:
        """The minute's tick and what follows from it."""
        tick.run(self.services)
        self.queues.work()

    def sweep_for(self, minutes: int) -> None:
        """Lets minutes pass, each with its sweep and what becomes of that."""
        for _ in range(minutes):
            sweep.run(self.services)
            self.queues.until(self.clock.now + timedelta(minutes=1))


@pytest.fixture
def story(services: Services, clock: Clock, queues: Queues, keyring: projects.Keyring, sent: Sent) -> Story:
    return Story(services, clock, queues, keyring, sent)


@pytest.fixture
def minute(services: Services, clock: Clock, queues: Queues) -> Callable[[], None]:
    """Lets one minute pass as AWS would: tick and sweep at its start, the workers whenever there is anything to do."""

    def passes() -> None:
        end = clock.now + timedelta(minutes=1)
        tick.run(services)
        queues.work()
        sweep.run(services)
        queues.until(end)

    return passes
