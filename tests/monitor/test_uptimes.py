"""Uptime and outages from what is kept: flips, also when old ones are gone, and silences, also when they have ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core.check import Check
from chalicelib.core.uptime import Uptime
from chalicelib.monitor.managing import checks, silences
from chalicelib.monitor.managing.projects import Keyring
from chalicelib.monitor.services import Services
from chalicelib.monitor.views import uptimes
from tests import specs
from tests.conftest import NOW, Story

HOUR = timedelta(hours=1)


@pytest.fixture
def check(services: Services, keyring: Keyring) -> Check:
    return checks.create(
        services,
        keyring.project,
        {"kind": "probe", "name": "Web", "period": 60, "spec": replace(specs.PING, retries=0)},
    )


def test_time_before_the_check_was_made_is_unknown(story: Story, check: Check) -> None:
    story.see(check, ok=True)
    story.clock.move(hours=1)
    found = uptimes.of_check(story.services, check, NOW - 2 * HOUR, story.clock.now)
    assert found == Uptime(up=3600, down=0, maintenance=0, unknown=7200, outages=0)


def test_a_span_that_ends_before_the_check_was_made_is_all_unknown(services: Services, check: Check) -> None:
    found = uptimes.of_check(services, check, NOW - 2 * HOUR, NOW - HOUR)
    assert found == Uptime(up=0, down=0, maintenance=0, unknown=3600, outages=0)
    assert uptimes.outages(services, check, NOW - 2 * HOUR, NOW - HOUR) == []


def test_a_span_without_a_flip_of_its_own_knows_its_status(story: Story, check: Check) -> None:
    for ok in (True, False, True):
        story.see(check, ok=ok)
        story.clock.move(hours=2)
    found = [uptimes.of_check(story.services, check, NOW + n * HOUR, NOW + (n + 1) * HOUR) for n in (0, 2, 4)]
    assert [(one.up, one.down, one.outages) for one in found] == [(3600, 0, 0), (0, 3600, 1), (3600, 0, 0)]


def test_what_was_before_a_forgotten_flip_follows_from_the_next(story: Story, check: Check) -> None:
    story.see(check, ok=True)
    story.see(check, ok=False)
    story.clock.move(days=399)
    story.see(check, ok=True)
    story.clock.move(days=2)
    down = uptimes.of_check(story.services, check, NOW + timedelta(days=10), NOW + timedelta(days=11))
    assert (down.down, down.outages) == (86_400, 1)
    (outage,) = uptimes.outages(story.services, check, NOW + timedelta(days=10), story.clock.now)
    assert (outage.began, outage.ended) == (NOW + timedelta(days=10), NOW + timedelta(days=399))


def test_a_silence_that_has_ended_counts_as_long_as_it_lasted(story: Story, check: Check) -> None:
    check = story.see(check, ok=True)
    check = silences.lay(story.services, check, None, "maintenance")
    story.clock.move(minutes=10)
    check = silences.lift(story.services, check)
    story.clock.move(minutes=10)
    assert uptimes.of_check(story.services, check, NOW, story.clock.now) == Uptime(600, 0, 600, 0, 0)


def test_outages_come_newest_first_each_with_its_cause(story: Story, check: Check) -> None:
    story.see(check, ok=True)
    for _ in range(2):
        story.clock.move(hours=1)
        story.see(check, ok=False)
        story.clock.move(minutes=1)
        story.see(check, ok=True)
    found = uptimes.outages(story.services, check, NOW, story.clock.move(hours=1))
    assert [outage.began - NOW for outage in found] == [2 * HOUR + timedelta(minutes=1), HOUR]
    assert [(outage.seconds, outage.flip.reason if outage.flip else "") for outage in found] == [(60, "no answer")] * 2


def test_an_outage_that_began_before_the_span_is_shown_from_its_beginning(story: Story, check: Check) -> None:
    story.see(check, ok=True)
    story.clock.move(hours=1)
    check = story.see(check, ok=False)
    story.clock.move(hours=3)
    (outage,) = uptimes.outages(story.services, check, NOW + 2 * HOUR, story.clock.now)
    assert (outage.began, outage.ended, outage.seconds) == (NOW + HOUR, None, 7200)


def test_an_outage_that_begins_with_the_span_is_one_and_one_that_ends_with_it_is_none(
    story: Story, check: Check
) -> None:
    for ok in (True, False, True):
        story.see(check, ok=ok)
        story.clock.move(hours=1)
    for begin, expected in ((NOW + HOUR, 1), (NOW + 2 * HOUR, 0)):
        assert len(uptimes.outages(story.services, check, begin, story.clock.now)) == expected
        assert uptimes.of_check(story.services, check, begin, story.clock.now).outages == expected
    (outage,) = uptimes.outages(story.services, check, NOW + HOUR, story.clock.now)
    assert (outage.seconds, outage.flip is not None) == (3600, True)
