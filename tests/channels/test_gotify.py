"""Gotify: a plain message with a priority."""

from __future__ import annotations

import pytest

from tests.channels.exchanges import answer
from tests.channels.samples import news
from tests.channels.stage import Make, wrong


def test_the_message_is_plain_text_with_a_way_to_the_check(stage: Make) -> None:
    played = stage("gotify", priority=8, priority_up=2)
    played.tell(news())
    [received] = played.server.received
    assert (received.path, received.headers["X-Gotify-Key"]) == ("/message", "Ak3y")
    sent = played.document()
    assert sent["message"].startswith("It reported a failure (exit status 3).")
    assert (sent["title"], sent["priority"]) == ("“Nightly backup” is DOWN.", 8)
    assert sent["extras"] == {
        "client::display": {"contentType": "text/plain"},
        "client::notification": {"click": {"url": news().url}},
    }
    played.tell(news("up"))
    assert played.document()["priority"] == 2


@pytest.mark.parametrize(("status", "final"), [(400, True), (401, True), (403, True), (404, False), (500, False)])
def test_an_application_that_is_gone_is_gone_for_good(status: int, final: bool, stage: Make) -> None:
    played = stage("gotify")
    played.answers(answer(status, {"errorCode": status}))
    assert played.refusal(news()).permanent is final


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"token": "a b"}, "token"),
        ({"url": None}, "url"),
        ({"url": "http://x/?y"}, "url"),
        ({"priority": 11}, "priority"),
    ],
)
def test_what_cannot_be_is_refused_by_its_name(settings: dict[str, object], field: str) -> None:
    assert wrong("gotify", **settings)[0] == f"settings.{field}"
