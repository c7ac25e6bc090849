"""LINE's Messaging API: a push message under a retry key."""

from __future__ import annotations

import pytest

from tests.channels.exchanges import answer
from tests.channels.samples import news
from tests.channels.stage import Make, wrong


def test_the_message_is_pushed_to_the_recipient(stage: Make) -> None:
    played = stage("line")
    played.tell(news())
    [received] = played.server.received
    assert (received.path, received.headers["Authorization"]) == ("/v2/bot/message/push", "Bearer k3y")
    assert played.document()["to"] == "U" + "4" * 32
    assert played.messages[0].startswith("“Nightly backup” is DOWN.\nIt reported a failure (exit status 3).")


def test_the_retry_key_follows_from_the_id_of_the_message(stage: Make) -> None:
    played = stage("line")
    for name in ("n-1", "n-1", "n-2"):
        played.tell(news(id=name))
    first, again, other = (received.headers["X-Line-Retry-Key"] for received in played.server.received)
    assert first == again != other


def test_a_message_that_line_has_already_is_told(stage: Make) -> None:
    played = stage("line")
    played.answers(answer(409, {"message": "The retry key is already accepted"}))
    played.tell(news())
    assert len(played.server.received) == 1


@pytest.mark.parametrize(("status", "final"), [(400, True), (401, True), (403, True), (429, False), (500, False)])
def test_a_refusal_means_what_its_status_says(status: int, final: bool, stage: Make) -> None:
    played = stage("line")
    played.answers(answer(status, {"message": "no"}))
    assert played.refusal(news()).permanent is final


@pytest.mark.parametrize("to", ["U123", "X" + "0" * 32, "", None])
def test_what_is_no_recipient_is_refused(to: str | None) -> None:
    assert wrong("line", to=to)[0] == "settings.to"
