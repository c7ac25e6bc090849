"""Trying a channel, and the log of what was sent through it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.api.client import Api
from tests.channels.servers import Reply, Server, serving
from tests.conftest import Clock, Story
from tests.sent import Sent

MakeChannel = Callable[..., dict[str, Any]]
Minute = Callable[[], None]


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


def log_of(api: Api, channel: dict[str, Any]) -> list[dict[str, Any]]:
    answer = api.get(f"/api/v1/channels/{channel['id']}/notifications/")
    assert answer.status == 200
    return list(answer.json["notifications"])


def last_error(api: Api, channel: dict[str, Any]) -> str:
    return str(api.get(f"/api/v1/channels/{channel['id']}").json["last_error"])


def test_a_test_goes_out_at_once(api: Api, channel: MakeChannel, sent: Sent) -> None:
    answer = api.post(f"/api/v1/channels/{channel('Ops')['id']}/test")
    assert (answer.status, answer.json) == (200, {"message": "test notification sent"})
    (mail,) = sent.mails
    assert set(mail.to) == {"ops@example.org"}
    assert mail.subject.startswith("TEST | ")


def test_tests_are_limited_in_each_hour_whichever_channel_they_are_of(
    api: Api, channel: MakeChannel, sent: Sent, clock: Clock
) -> None:
    made = [channel("Ops")["id"], channel("More")["id"]]
    answers = [api.post(f"/api/v1/channels/{made[number % 2]}/test") for number in range(61)]
    assert {answer.status for answer in answers[:60]} == {200}
    assert (answers[60].status, answers[60].error) == (
        429,
        "tests of channels are limited to 60 an hour for each project",
    )
    assert len(sent.mails) == 60
    clock.move(seconds=3_599)
    assert api.post(f"/api/v1/channels/{made[0]}/test").status == 429
    clock.move(seconds=1)
    assert api.post(f"/api/v1/channels/{made[0]}/test").status == 200


def test_a_test_is_not_in_the_log(api: Api, channel: MakeChannel) -> None:
    made = channel("Ops")
    api.post(f"/api/v1/channels/{made['id']}/test")
    assert log_of(api, made) == []


@pytest.mark.usefixtures("quiet")
def test_a_test_that_fails_says_why_and_so_does_the_channel(api: Api, channel: MakeChannel, server: Server) -> None:
    server.answer(Reply(500), Reply(200))
    made = channel("Hook", "webhook", url_down=server.url("/the-secret"))
    answer = api.post(f"/api/v1/channels/{made['id']}/test")
    assert (answer.status, answer.error) == (502, "the channel did not take it: answered 500")
    assert last_error(api, made) == "answered 500"
    assert api.post(f"/api/v1/channels/{made['id']}/test").status == 200
    assert last_error(api, made) == ""
    assert [request.path for request in server.received] == ["/the-secret"] * 2


def test_an_error_is_gone_when_the_owner_changes_the_channel(api: Api, channel: MakeChannel, server: Server) -> None:
    server.answer(Reply(500))
    made = channel("Hook", "webhook", url_down=server.url())
    api.post(f"/api/v1/channels/{made['id']}/test")
    answer = api.post(f"/api/v1/channels/{made['id']}", json={"settings": {"url_down": server.url("/new")}})
    assert answer.json["last_error"] == ""


def test_the_log_tells_what_was_sent_newest_first(story: Story, api: Api, channel: MakeChannel, minute: Minute) -> None:
    made = channel("Ops")
    check = api.check(name="Backup", channels="*")
    api.ping(check, "/fail")
    minute()
    story.clock.move(minutes=5)
    api.ping(check)
    minute()
    assert story.sent.subjects == ["DOWN | Backup", "UP | Backup"]
    up, down = log_of(api, made)
    assert down == {
        "check": check["uuid"],
        "status": "down",
        "flip": "2026-11-21T12:00:00.000000+00:00",
        "reminder": 0,
        "state": "sent",
        "attempts": 1,
        "error": "",
        "date": "2026-11-21T12:00:00.000000+00:00",
        "next_attempt": None,
    }
    assert (up["status"], up["flip"][:16], up["state"]) == ("up", "2026-11-21T12:06", "sent")


def test_a_failure_shows_with_the_next_attempt(api: Api, channel: MakeChannel, minute: Minute, server: Server) -> None:
    server.answer(Reply(503))
    made = channel("Hook", "webhook", url_down=server.url())
    api.ping(api.check(channels="*"), "/fail")
    minute()
    (entry,) = log_of(api, made)
    assert (entry["state"], entry["error"], entry["next_attempt"][:16]) == ("retry", "answered 503", "2026-11-21T12:02")
    assert last_error(api, made) == "answered 503"


def test_a_final_failure_shows_without_one(api: Api, channel: MakeChannel, minute: Minute, server: Server) -> None:
    server.answer(Reply(410))
    made = channel("Hook", "webhook", url_down=server.url())
    api.ping(api.check(channels="*"), "/fail")
    minute()
    (entry,) = log_of(api, made)
    assert (entry["state"], entry["error"], entry["next_attempt"]) == ("failed", "answered 410", None)


def test_reminders_are_in_the_log_with_their_number(
    story: Story, api: Api, channel: MakeChannel, minute: Minute
) -> None:
    made = channel("Ops")
    api.post(f"/api/v1/channels/{made['id']}", json={"remind": 300})
    api.ping(api.check(name="Backup", channels="*"), "/fail")
    for _ in range(7):
        minute()
    assert story.sent.subjects == ["DOWN | Backup", "STILL DOWN | Backup"]
    assert [(entry["reminder"], entry["state"]) for entry in log_of(api, made)] == [(1, "sent"), (0, "sent")]


def test_a_channel_logs_its_own_news_alone(api: Api, channel: MakeChannel, minute: Minute) -> None:
    told, other = channel("Ops"), channel("Dev")
    api.ping(api.check(channels="Ops"), "/fail")
    minute()
    assert (len(log_of(api, told)), log_of(api, other)) == (1, [])
