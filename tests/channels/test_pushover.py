"""Pushover: priorities, emergencies, and their end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.channels import pushover
from chalicelib.core.news import News
from tests.cases import each
from tests.channels.exchanges import answer
from tests.channels.samples import AT, CHECK, ENDS, VALID, news
from tests.channels.stage import Make, wrong


def test_the_message_goes_to_the_user(stage: Make) -> None:
    played = stage("po", device="phone,tablet")
    played.tell(news())
    [received] = played.server.received
    assert (received.method, received.path) == ("POST", "/1/messages.json")
    sent = played.form()
    assert sent.pop("message").startswith("It reported a failure (exit status 3).\n\nDescription: Dumps the database.")
    assert sent == {
        "token": VALID["po"]["token"],
        "user": VALID["po"]["user"],
        "title": "“Nightly backup” is DOWN.",
        "timestamp": str(int(AT.timestamp())),
        "priority": "0",
        "url": news().url,
        "url_title": "Open the check",
        "device": "phone,tablet",
    }


def test_a_reminder_bears_its_own_moment_and_not_that_of_the_outage() -> None:
    again = news(reminder=1, now=AT + timedelta(hours=2))
    assert pushover.message(pushover.clean(VALID["po"]), again)["timestamp"] == str(int(AT.timestamp()) + 7_200)


def test_an_emergency_is_repeated_and_bears_the_tag_of_its_check(stage: Make) -> None:
    played = stage("po", priority=2, retry=30, expire=600)
    played.tell(news())
    sent = played.form()
    assert (sent["priority"], sent["retry"], sent["expire"], sent["tags"]) == ("2", "30", "600", CHECK.unique_key)


@pytest.mark.parametrize("told", [news("up"), *ENDS.values()], ids=["up", "deleted", "paused"])
def test_what_has_recovered_is_cancelled_before_it_is_told(told: News, stage: Make) -> None:
    played = stage("po", priority=2, priority_up=-1)
    played.tell(told)
    cancelled, message = played.server.received
    assert cancelled.path == f"/1/receipts/cancel_by_tag/{CHECK.unique_key}.json"
    assert played.form(0) == {"token": VALID["po"]["token"]}
    assert (message.path, played.form(1)["priority"]) == ("/1/messages.json", "-1")


def test_without_emergencies_nothing_is_cancelled(stage: Make) -> None:
    played = stage("po", priority=1)
    played.tell(news("up"))
    assert [received.path for received in played.server.received] == ["/1/messages.json"]


def test_a_recovery_that_cannot_be_cancelled_is_not_told_yet(stage: Make) -> None:
    played = stage("po", priority=2)
    played.answers(answer(500))
    assert not played.refusal(news("up")).permanent
    assert len(played.server.received) == 1


def test_a_test_is_no_emergency(stage: Make) -> None:
    played = stage("po", priority=2)
    played.tell(news("test"))
    assert (played.form()["priority"], "tags" in played.form()) == ("0", False)


def test_a_link_that_is_too_long_is_left_out() -> None:
    long = replace(news().site, root=f"https://example.org/{'x' * 500}")
    assert "url" not in pushover.message(pushover.clean(VALID["po"]), news(site=long))


@pytest.mark.parametrize(
    ("status", "error", "final"),
    [
        (400, "user identifier is not a valid user, group, or subscribed user key", True),
        (400, "application token is invalid, see https://pushover.net/api", True),
        (400, "device name is not valid", True),
        (400, "message cannot be blank", True),
        (500, "", False),
    ],
)
def test_a_4xx_is_final(status: int, error: str, final: bool, stage: Make) -> None:
    played = stage("po")
    played.answers(answer(status, {"status": 0, "errors": [error]}))
    assert played.refusal(news()).permanent is final


@each(
    ("settings", "field"),
    [
        ({"token": "a" * 29}, "token"),
        ({"user": "a" * 31}, "user"),
        ({"user": None}, "user"),
        ({"device": "my phone"}, "device"),
        ({"priority": 3}, "priority"),
        ({"priority": -3}, "priority"),
        ({"priority_up": 2}, "priority_up"),
        ({"retry": 29}, "retry"),
        ({"expire": 10_801}, "expire"),
    ],
)
def test_what_cannot_be_is_refused_by_its_name(settings: dict[str, object], field: str) -> None:
    assert wrong("po", **settings)[0] == f"settings.{field}"
