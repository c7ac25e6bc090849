"""A web site that is looked at from three places, each with a queue in its region and a worker of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from chalicelib.monitor.clocks import sweep, tick
from chalicelib.monitor.looking import probing
from chalicelib.monitor.managing.projects import Keyring
from chalicelib.monitor.services import Services
from chalicelib.probes.engine import Prober
from chalicelib.settings import Settings
from tests import fixtures
from tests.conftest import Clock, Queues
from tests.flows.test_uptime_story import World, opened

STOCKHOLM, DUBLIN, OREGON = "Stockholm SWE", "Dublin IRL", "Oregon USA"
HOME, *ABROAD = PLACES = ((STOCKHOLM, "eu-north-1"), (DUBLIN, "eu-west-1"), (OREGON, "us-west-2"))


class Worker:
    """The worker of a place abroad: it takes what the queue of its region holds and writes to the tables at home."""

    def __init__(self, home: Services, place: str, region: str) -> None:
        settings = replace(home.settings, location=place, home_region=HOME[1])
        self.services = Services(settings, clock=home.clock)
        self.works = True
        self._sqs = boto3.client("sqs", region_name=region)
        self._url = self._sqs.create_queue(QueueName=settings.resource("probes"))["QueueUrl"]

    def work(self) -> bool:
        """Does what waits; answers whether there was anything."""
        messages = self._take() if self.works else []
        for message in messages:
            probing.work(self.services, json.loads(message["Body"]))
            self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
        return bool(messages)

    def _take(self) -> list[dict[str, Any]]:
        return list(self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10).get("Messages", []))


@dataclass
class Regions:
    """The home region, where clocks and deliverers are too, and the workers abroad."""

    services: Services
    clock: Clock
    queues: Queues
    abroad: dict[str, Worker] = field(default_factory=dict)

    def minute(self) -> None:
        end = self.clock.now + timedelta(minutes=1)
        for clockwork in (tick.run, sweep.run):
            clockwork(self.services)
            self._work()
        for moment in iter(fixtures.next_message, None):
            if moment >= end:
                break
            self.clock.now = max(self.clock.now, moment)
            self._work()
        self.clock.now = max(self.clock.now, end)

    def _work(self) -> None:
        self.queues.work()
        while any(worker.work() for worker in self.abroad.values()):
            self.queues.work()


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, location=STOCKHOLM, locations=PLACES)


@pytest.fixture
def regions(services: Services, clock: Clock, queues: Queues) -> Regions:
    return Regions(services, clock, queues, {place: Worker(services, place, region) for place, region in ABROAD})


@pytest.fixture
def world(services: Services, keyring: Keyring, clock: Clock, regions: Regions, tmp_path: Path) -> Iterator[World]:
    with opened(services, keyring, clock, regions.minute, tmp_path) as found:
        for worker in regions.abroad.values():
            worker.services.engine = services.engine
        yield found


PROBED: dict[str, Any] = {"Locations": [STOCKHOLM, DUBLIN, OREGON]}


def test_every_place_looks_every_minute_and_keeps_its_results(world: World) -> None:
    device = world.device(world.site(), **PROBED)
    world.minutes(3)

    found = [one["Location"] for one in device.get("/checks")]
    assert {place: found.count(place) for place in found} == {STOCKHOLM: 3, DUBLIN: 3, OREGON: 3}


def test_an_outage_is_confirmed_by_a_second_place_told_once_and_counted_once(world: World) -> None:
    site = world.site()
    device = world.device(site, **PROBED)
    world.minutes(5)
    site.stop()
    world.minutes(5)
    assert (device.status, world.sent.subjects) == ("Down", ["DOWN | Web"])
    site.start()
    world.minutes(5)

    assert world.sent.subjects == ["DOWN | Web", "UP | Web"]
    assert device.outages == [("12:05:00", "12:10:00", "connection refused")]
    assert device.get("/outages")[0]["Locations"] == [STOCKHOLM, DUBLIN]
    assert device.uptime == {"UpSeconds": 600, "DownSeconds": 300, "Outages": 1}


def test_a_place_that_loses_its_own_way_to_the_site_makes_no_outage(
    world: World, regions: Regions, clock: Clock
) -> None:
    device = world.device(world.site(), **PROBED)
    world.minutes(2)
    regions.abroad[DUBLIN].services.engine = Prober(())
    world.minutes(5)

    failed = [one["Location"] for one in device.get("/checks?Limit=100") if not one["ResultCode"]]
    assert failed == [DUBLIN] * 5
    assert (device.status, device.outages, world.sent.subjects) == ("Up", [], [])
    assert device.uptime == {"UpSeconds": 420}


def test_what_two_of_three_places_cannot_reach_is_down_once_until_one_of_them_can(
    world: World, regions: Regions, clock: Clock
) -> None:
    device = world.device(world.site(), RetryDelay=5, **PROBED)
    world.minutes(2)
    sound = {place: regions.abroad[place].services.engine for place in (DUBLIN, OREGON)}
    for place in sound:
        regions.abroad[place].services.engine = Prober(())
    world.minutes(6)
    assert (device.status, world.sent.subjects) == ("Down", ["DOWN | Web"])
    regions.abroad[OREGON].services.engine = sound[OREGON]
    world.minutes(3)

    assert (device.status, world.sent.subjects) == ("Up", ["DOWN | Web", "UP | Web"])
    assert len(device.outages) == 1


def test_without_retries_one_place_makes_an_outage_as_long_as_it_lasts(
    world: World, regions: Regions, clock: Clock
) -> None:
    device = world.device(world.site(), Retries=0, **PROBED)
    world.minutes(2)
    sound, regions.abroad[DUBLIN].services.engine = regions.abroad[DUBLIN].services.engine, Prober(())
    world.minutes(6)
    assert (device.status, world.sent.subjects) == ("Down", ["DOWN | Web"])
    regions.abroad[DUBLIN].services.engine = sound
    world.minutes(2)

    assert (device.status, world.sent.subjects) == ("Up", ["DOWN | Web", "UP | Web"])


def test_a_place_that_fell_silent_does_not_keep_an_outage_open(world: World, regions: Regions) -> None:
    site = world.site()
    device = world.device(site, Retries=0, **PROBED)
    world.minutes(2)
    site.stop()
    world.minutes(2)
    regions.abroad[DUBLIN].works = False
    site.start()
    world.minutes(4)
    assert (device.status, world.sent.subjects) == ("Up", ["DOWN | Web", "UP | Web"])


def test_a_place_whose_worker_is_gone_does_not_keep_the_others_from_telling(world: World, regions: Regions) -> None:
    site = world.site()
    device = world.device(site, **PROBED)
    world.minutes(1)
    regions.abroad[DUBLIN].works = False
    site.stop()
    world.minutes(1)

    assert (device.status, world.sent.subjects) == ("Down", ["DOWN | Web"])
    assert device.get("/outages")[0]["Locations"] == [STOCKHOLM, OREGON]
