"""A web site that stops while nobody is to be told: during maintenance, and behind a device that is down itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chalicelib.monitor.managing.projects import Keyring
from chalicelib.monitor.services import Services
from tests.conftest import Clock
from tests.flows.test_uptime_story import World, opened


@pytest.fixture
def world(
    services: Services, keyring: Keyring, clock: Clock, minute: Callable[[], None], tmp_path: Path
) -> Iterator[World]:
    with opened(services, keyring, clock, minute, tmp_path) as found:
        yield found


def test_maintenance_hides_what_begins_and_ends_in_it_and_is_counted_as_such(world: World) -> None:
    site = world.site()
    device = world.device(site)
    world.minutes(5)
    device.put("/start-maintenance", {"Duration": "00:10"})
    world.minutes(1)
    site.stop()
    world.minutes(5)
    assert (device.status, device.get()["LastCheckResult"]) == ("Maintenance", "connection refused")
    site.start()
    world.minutes(15)

    assert (device.status, world.sent.subjects) == ("Up", [])
    assert device.uptime == {"UpSeconds": 5 * 60 + 11 * 60, "MaintenanceSeconds": 600}
    (outage,) = device.get("/outages")
    assert (outage["Seconds"], outage["MaintenanceSeconds"]) == (300, 300)


def test_a_problem_that_outlives_its_maintenance_is_told_and_counted_from_the_end_of_it(world: World) -> None:
    site = world.site()
    device = world.device(site)
    world.minutes(5)
    device.put("/start-maintenance", {"Duration": "00:10"})
    world.minutes(1)
    site.stop()
    world.minutes(9)
    assert world.sent.subjects == []
    world.minutes(1)
    assert (world.sent.subjects, device.status) == (["DOWN | Web"], "Down")
    assert "connection refused" in world.sent.mails[0].text
    world.minutes(4)
    site.start()
    world.minutes(2)

    assert world.sent.subjects == ["DOWN | Web", "UP | Web"]
    assert device.outages == [("12:06:00", "12:20:00", "connection refused")]
    assert device.uptime == {"UpSeconds": 420, "DownSeconds": 300, "MaintenanceSeconds": 600, "Outages": 1}


def test_a_script_that_stops_its_maintenance_early_hears_of_the_problem_at_once(world: World) -> None:
    site = world.site()
    device = world.device(site)
    world.minutes(1)
    device.put("/start-maintenance")
    site.stop()
    world.minutes(30)
    assert world.sent.subjects == []

    device.put("/stop-maintenance")
    world.minutes(1)
    site.start()
    world.minutes(1)

    assert world.sent.subjects == ["DOWN | Web", "UP | Web"]
    assert device.uptime == {"UpSeconds": 120, "DownSeconds": 60, "MaintenanceSeconds": 1800, "Outages": 1}


def test_an_outage_that_began_before_the_maintenance_and_ends_in_it_is_told_as_over_afterwards(world: World) -> None:
    site = world.site()
    device = world.device(site)
    world.minutes(1)
    site.stop()
    world.minutes(2)
    device.put("/start-maintenance", {"Duration": "00:05"})
    world.minutes(2)
    site.start()
    world.minutes(2)
    assert world.sent.subjects == ["DOWN | Web"]
    world.minutes(3)

    assert world.sent.subjects == ["DOWN | Web", "UP | Web"]
    assert device.uptime == {"UpSeconds": 180, "DownSeconds": 120, "MaintenanceSeconds": 300, "Outages": 1}


def test_what_depends_on_a_device_that_is_down_flips_unheard_and_is_told_if_it_stays_down(world: World) -> None:
    office, shop, blog = (world.site() for _ in range(3))
    router = world.device(office, "Router")
    web, log = (world.device(site, name, MasterDevice=router.id) for site, name in ((shop, "Shop"), (blog, "Blog")))
    world.minutes(2)
    for site in (office, shop, blog):
        site.stop()
    world.minutes(3)
    assert ([device.status for device in (router, web, log)], world.sent.subjects) == (["Down"] * 3, ["DOWN | Router"])

    for site in (office, shop):
        site.start()
    world.minutes(4)
    assert world.sent.subjects == ["DOWN | Router", "UP | Router", "DOWN | Blog"]
    blog.start()
    world.minutes(1)

    assert world.sent.subjects[3:] == ["UP | Blog"]
    assert web.outages == [("12:02:00", "12:05:00", "connection refused")]
    assert web.uptime == {"UpSeconds": 2 * 60 + 5 * 60, "DownSeconds": 180, "Outages": 1}
    assert log.uptime == {"UpSeconds": 2 * 60 + 1 * 60, "DownSeconds": 420, "Outages": 1}
