"""Zulip: a message to a channel or to people."""

from __future__ import annotations

import json

import pytest

from tests.cases import each
from tests.channels.exchanges import answer
from tests.channels.samples import check, news
from tests.channels.stage import Make, wrong


def test_a_channel_has_a_topic_for_each_check(stage: Make) -> None:
    played = stage("zulip")
    played.tell(news())
    [received] = played.server.received
    assert (received.method, received.path) == ("POST", "/api/v1/messages")
    sent = played.form()
    content = sent.pop("content")
    assert sent == {"type": "stream", "to": "ops", "topic": "Nightly backup"}
    assert content.startswith("`Nightly backup` is DOWN.\n```\nIt reported a failure (exit status 3).")


def test_a_topic_may_be_given(stage: Make) -> None:
    played = stage("zulip", topic="alerts")
    played.tell(news(check=check(name="x" * 90)))
    assert played.form()["topic"] == "alerts"


def test_people_are_written_to_by_their_addresses(stage: Make) -> None:
    played = stage("zulip", type="private", to="a@example.org, b@example.org")
    played.tell(news())
    sent = played.form()
    assert (sent["type"], json.loads(sent["to"]), "topic" in sent) == (
        *("private", ["a@example.org", "b@example.org"]),
        False,
    )


def test_a_name_mentions_nobody(stage: Make) -> None:
    played = stage("zulip")
    played.tell(news(check=check(name="@**all** [x](y)")))
    assert played.messages[0].startswith("`@**all** [x](y)` is DOWN.")


@pytest.mark.parametrize(
    ("status", "code", "final"),
    [
        (400, "STREAM_DOES_NOT_EXIST", True),
        (401, "UNAUTHORIZED", True),
        (403, "USER_DEACTIVATED", True),
        (400, "BAD_REQUEST", True),
        (500, "INTERNAL", False),
    ],
)
def test_a_refusal_means_what_its_code_says(status: int, code: str, final: bool, stage: Make) -> None:
    played = stage("zulip")
    played.answers(answer(status, {"result": "error", "msg": "no", "code": code}))
    assert played.refusal(news()).permanent is final


@each(
    ("settings", "field"),
    [
        ({"email": "bot"}, "email"),
        ({"url": None}, "url"),
        ({"type": "group"}, "type"),
        ({"to": None}, "to"),
        ({"to": "  "}, "to"),
        ({"type": "private", "to": "ops"}, "to"),
        ({"topic": "x" * 61}, "topic"),
    ],
)
def test_what_cannot_be_is_refused_by_its_name(settings: dict[str, object], field: str) -> None:
    assert wrong("zulip", **settings)[0] == f"settings.{field}"
