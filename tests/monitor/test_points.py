"""Taking points in, and which rules they have judged when."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.core.check import Check
from chalicelib.monitor.intake import points
from chalicelib.monitor.managing import projects, rules
from chalicelib.monitor.services import Services
from chalicelib.store import queues as queueing
from chalicelib.store import series
from tests import specs
from tests.conftest import Clock, Story

Nudges = list[tuple[int, list[str]]]


@pytest.fixture
def nudges(monkeypatch: pytest.MonkeyPatch) -> Nudges:
    """The delay in seconds and the rules of every message to those who judge."""
    sent: Nudges = []

    def send_all(queue: str, messages: list[Any], *, delay: int = 0) -> None:
        if queue == "rules":
            sent.extend((delay, [code for _, code in message["checks"]]) for message in messages)

    monkeypatch.setattr(queueing, "send_all", send_all)
    return sent


def alert(services: Services, keyring: projects.Keyring, metric: str) -> Check:
    return rules.create(services, keyring.project, {"name": f"About {metric}", "spec": specs.above(metric)})


def push(services: Services, keyring: projects.Keyring, line: str) -> None:
    points.take(services, keyring.project.code, line.encode())


def test_a_point_has_the_rules_of_its_series_judged_at_once(
    services: Services, keyring: projects.Keyring, nudges: Nudges
) -> None:
    load, _ = alert(services, keyring, "*.load"), alert(services, keyring, "*.disk")
    nudges.clear()

    push(services, keyring, "web.load 9")

    assert nudges == [(0, [load.code])]


def test_points_that_follow_closely_have_it_judged_once_more_after_a_pause(
    services: Services, keyring: projects.Keyring, clock: Clock, nudges: Nudges
) -> None:
    load = alert(services, keyring, "*.load")
    nudges.clear()

    push(services, keyring, "web1.load 1")
    for _ in range(3):
        clock.move(seconds=0.5)
        push(services, keyring, "web2.load 9")

    # The second point of web2 in one bucket says nothing before that is over.
    assert nudges == [(0, [load.code]), (3, [load.code]), (34, [load.code])]


def test_a_new_rule_is_known_at_once_where_it_was_made(
    services: Services, keyring: projects.Keyring, clock: Clock, nudges: Nudges
) -> None:
    push(services, keyring, "web.load 1")
    load = alert(services, keyring, "web.load")
    clock.move(minutes=1)
    nudges.clear()

    push(services, keyring, "web.load 9")

    assert nudges == [(0, [load.code])]


def test_a_new_rule_is_judged_once_when_every_process_knows_it(
    services: Services, keyring: projects.Keyring, nudges: Nudges
) -> None:
    load = alert(services, keyring, "web.load")

    (nudge,) = nudges
    assert nudge == (6, [load.code])
    assert nudge[0] > points.REMEMBERED.total_seconds()


def test_a_changed_rule_is_judged_for_its_new_series(
    services: Services, keyring: projects.Keyring, clock: Clock, nudges: Nudges
) -> None:
    load = alert(services, keyring, "web.load")
    push(services, keyring, "db.load 1")
    rules.change(services, load, {"spec": specs.above("db.load")})
    clock.move(minutes=1)
    nudges.clear()

    push(services, keyring, "db.load 9")
    push(services, keyring, "web.load 9")

    assert nudges == [(0, [load.code])]


def test_a_point_that_took_long_to_keep_is_judged_though_a_nudge_came_before_it(
    story: Story, nudges: Nudges, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = alert(story.services, story.keyring, "*.load")
    push(story.services, story.keyring, "web1.load 1")
    story.clock.move(seconds=1)
    push(story.services, story.keyring, "web2.load 2")
    nudges.clear()
    add = series.add

    def slowly(*given: Any, **options: Any) -> series.Added:
        story.clock.move(seconds=1)
        return add(*given, **options)

    monkeypatch.setattr(series, "add", slowly)
    story.clock.move(seconds=2.5)
    push(story.services, story.keyring, "web3.load 9")

    assert [codes for _, codes in nudges] == [[load.code]]


def test_a_series_that_sends_several_points_in_a_bucket_has_it_judged_when_that_is_over(
    services: Services, keyring: projects.Keyring, clock: Clock, nudges: Nudges
) -> None:
    load = alert(services, keyring, "web.load")
    for _ in range(3):
        push(services, keyring, "web.load 1")
        clock.move(seconds=3)
    clock.move(seconds=21)
    nudges.clear()

    for _ in range(5):
        push(services, keyring, "web.load 1")
        clock.move(seconds=3)

    assert nudges == [(35, [load.code])]


def test_a_point_ahead_of_our_clock_has_it_judged_when_its_time_has_come(
    services: Services, keyring: projects.Keyring, clock: Clock, nudges: Nudges
) -> None:
    load = alert(services, keyring, "web.load")
    nudges.clear()

    push(services, keyring, f"web.load 1 {int(clock.now.timestamp()) + 100}")

    assert nudges == [(125, [load.code])]
