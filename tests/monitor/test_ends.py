"""Ends of conversations: who was told that a check is down hears the end, whatever ends it, once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.channels import words
from chalicelib.core.check import PingKind
from chalicelib.core.errors import Undelivered
from chalicelib.monitor.managing import channels
from chalicelib.monitor.managing import checks as manage
from chalicelib.store import definitions, notifications
from tests.monitor.flaky import BUSY, GONE, Flaky, Scene

UNANSWERED = Undelivered("no answer", unanswered=True)


@pytest.fixture
def told(scene: Scene, flaky: Flaky) -> Scene:
    """Two channels were told that the check is down."""
    for address in ("a", "b"):
        scene.channel(address)
    scene.check("a", "b")
    scene.ping("fail")
    scene.deliver()
    # Channels are told at the same time.
    assert sorted(flaky.told) == [("a", "down", 0), ("b", "down", 0)]
    flaky.told.clear()
    flaky.news.clear()
    scene.clock.move(minutes=5)
    return scene


def assign(scene: Scene, *addresses: str) -> None:
    codes = tuple(scene.channels[address] for address in addresses)
    manage.change(scene.services, scene.now, {"channels": codes})


def headlines(flaky: Flaky) -> list[str]:
    return [words.headline(news) for news in flaky.news]


def test_a_channel_that_leaves_the_check_hears_once_that_nobody_watches_it_for_it(told: Scene, flaky: Flaky) -> None:
    assign(told, "b")
    told.deliver()
    told.ping("success")
    told.deliver()

    assert flaky.told == [("a", "up", 0), ("b", "up", 0)]
    assert headlines(flaky) == ["NOT WATCHED", "UP"]
    assert told.waiting == []


def test_everybody_hears_of_a_deletion_once_and_since_when_it_was_down(told: Scene, flaky: Flaky) -> None:
    began = told.now.since
    assert began is not None
    manage.delete(told.services, told.now)
    told.deliver()
    told.deliver()

    assert sorted(flaky.told) == [("a", "up", 0), ("b", "up", 0)]
    assert {words.summary(news) for news in flaky.news} == {f"It was down since {words.moment(began)}."}
    assert told.waiting == []


def test_the_last_word_of_a_check_that_has_come_up_says_until_when_it_was_down(told: Scene, flaky: Flaky) -> None:
    told.ping("success")
    manage.delete(told.services, told.now)
    told.deliver()

    assert headlines(flaky) == ["NOT WATCHED", "NOT WATCHED"]
    assert all(words.summary(news).startswith("It was down from ") for news in flaky.news)
    assert {news.downtime for news in flaky.news} == {timedelta(minutes=5)}


def test_who_has_not_heard_of_the_outage_hears_of_no_end(scene: Scene, flaky: Flaky) -> None:
    scene.channel("a")
    scene.check("a")
    scene.ping("success")
    scene.deliver()
    manage.delete(scene.services, scene.now)
    scene.deliver()

    assert flaky.told == []
    assert scene.waiting == []


def test_a_channel_that_is_deleted_is_told_nothing(told: Scene, flaky: Flaky) -> None:
    channels.delete(told.services, told.named("a"))
    told.deliver()
    told.ping("success")
    told.deliver()

    assert flaky.told == [("b", "up", 0)]


def test_a_channel_leaves_although_the_check_names_another_that_is_gone(told: Scene, flaky: Flaky) -> None:
    definitions.delete_channel(told.named("a"))
    gone = told.channels["a"]
    manage.change(told.services, told.now, {"channels": (gone,)})
    told.deliver()

    assert flaky.told == [("b", "up", 0)]
    assert told.now.channels == (gone,)


def test_a_last_word_that_fails_is_tried_again_after_the_check_is_gone(told: Scene, flaky: Flaky) -> None:
    flaky.errors["a"] = BUSY
    manage.delete(told.services, told.now)
    told.deliver()
    flaky.errors.clear()
    told.clock.move(seconds=30)
    told.deliver()
    told.deliver()

    assert sorted(flaky.told) == [("a", "up", 0), ("b", "up", 0)]
    assert told.waiting == []


def test_a_channel_that_is_back_before_its_last_word_goes_on_where_it_was_left(told: Scene, flaky: Flaky) -> None:
    flaky.errors["a"] = BUSY
    assign(told, "b")
    told.deliver()
    assign(told, "a", "b")
    told.deliver()
    flaky.errors.clear()
    told.clock.move(minutes=1)
    told.deliver()
    assert flaky.told == []
    told.ping("success")
    told.deliver()

    assert flaky.told == [("a", "up", 0), ("b", "up", 0)]
    assert headlines(flaky) == ["UP", "UP"]


def come_back(told: Scene) -> None:
    """The channel "a" leaves the check, its last word fails, and it is back before the check fails again."""
    told.flaky.errors["a"] = BUSY
    assign(told, "b")
    told.deliver()
    told.ping("success")
    assign(told, "a", "b")
    told.ping("fail")


@pytest.mark.parametrize("error", [BUSY, UNANSWERED, GONE])
def test_a_channel_that_is_back_and_fails_hears_the_end_of_what_it_heard_before(
    told: Scene, flaky: Flaky, error: Undelivered
) -> None:
    come_back(told)
    flaky.errors["a"] = error
    told.deliver_ends(others=True)
    for _ in range(3):
        told.deliver()
        told.clock.move(minutes=1)
    flaky.errors.clear()
    flaky.told.clear()
    manage.delete(told.services, told.now)
    told.deliver()

    assert sorted(flaky.told) == [("a", "up", 0), ("b", "up", 0)]


@pytest.mark.parametrize(
    ("kinds", "heard"),
    [(("success", "fail"), ["DOWN", "NOT WATCHED"]), (("success", "fail", "success"), ["DOWN", "UP"])],
)
def test_a_last_word_that_waits_is_not_told_after_a_later_conversation(
    told: Scene, flaky: Flaky, kinds: tuple[PingKind, ...], heard: list[str]
) -> None:
    assign(told, "b")
    assign(told, "a", "b")
    for kind in kinds:
        told.ping(kind)
        told.clock.move(seconds=1)
        told.deliver_ends(others=True)
    assign(told, "b")
    told.deliver()
    told.clock.move(minutes=2)
    told.deliver()

    to_a = zip(flaky.told, headlines(flaky), strict=True)
    assert [headline for (address, _, _), headline in to_a if address == "a"] == heard
    assert told.waiting == []


def test_a_last_word_waits_while_its_channel_that_is_back_is_being_told_something(told: Scene, flaky: Flaky) -> None:
    come_back(told)
    flaky.before = told.deliver_ends
    told.deliver_ends(others=True)
    flaky.before = lambda: None
    flaky.errors.clear()
    flaky.told.clear()
    manage.delete(told.services, told.now)
    for _ in range(3):
        told.clock.move(minutes=1)
        told.deliver()

    assert sorted(flaky.told) == [("a", "up", 0), ("b", "up", 0)]
    assert told.waiting == []


def test_an_incident_is_closed_although_its_channel_is_back(told: Scene, flaky: Flaky) -> None:
    flaky.opens_incidents = True
    assign(told, "b")
    assign(told, "a", "b")
    told.deliver()

    assert ("a", "NOT WATCHED") in [
        (to, words.headline(news)) for (to, _, _), news in zip(flaky.told, flaky.news, strict=True)
    ]


def test_people_are_owed_up_while_a_check_is_paused(told: Scene, flaky: Flaky) -> None:
    manage.pause(told.services, told.now)
    told.deliver()
    assert flaky.told == []
    told.ping("success")
    told.deliver()

    assert flaky.told == [("a", "up", 0), ("b", "up", 0)]


def test_incidents_are_closed_as_soon_as_their_check_is_paused(told: Scene, flaky: Flaky) -> None:
    flaky.opens_incidents = True
    manage.pause(told.services, told.now)
    told.deliver()
    told.ping("success")
    told.deliver()

    assert headlines(flaky) == ["PAUSED", "PAUSED"]


@pytest.mark.parametrize("error", [BUSY, GONE])
@pytest.mark.parametrize("way", ["edited", "tested", "told"])
def test_a_last_word_that_was_not_taken_is_told_once_when_its_channel_works_again(
    told: Scene, flaky: Flaky, error: Undelivered, way: str
) -> None:
    gone = told.now
    other = told.check("a")
    flaky.errors["a"] = error
    manage.delete(told.services, gone)
    for _ in range(3):
        told.deliver()
        told.clock.move(minutes=10)
    flaky.errors.clear()
    flaky.told.clear()
    if way == "edited":
        channels.change(told.services, told.named("a"), {"name": "A"})
    elif way == "tested":
        channels.try_out(told.services, told.keyring.project, told.named("a"))
        flaky.told.clear()
    else:
        told.ping("fail", other.code)
    for _ in range(3):
        told.clock.move(seconds=31)
        told.deliver_due()

    assert flaky.told.count(("a", "up", 0)) == 1
    assert not list(notifications.debts(told.channels["a"]))


def test_a_last_word_that_nobody_can_take_is_forgotten_after_a_month(told: Scene, flaky: Flaky) -> None:
    flaky.errors["a"] = GONE
    manage.delete(told.services, told.now)
    told.deliver()
    assert [entry.due for entry in told.waiting] == [told.clock.now + timedelta(days=30)]
    told.clock.move(days=31)
    told.deliver()

    assert told.waiting == []
    assert not list(notifications.debts(told.channels["a"]))
