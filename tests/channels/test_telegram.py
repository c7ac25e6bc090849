"""Telegram's Bot API: the message, who it goes to, and a group that gets another number."""

from __future__ import annotations

import pytest

from chalicelib.channels import telegram
from chalicelib.channels.fields import MASK
from chalicelib.core.errors import Moved
from tests.cases import each
from tests.channels.exchanges import answer
from tests.channels.samples import VALID, check, news
from tests.channels.stage import Make, wrong


def test_the_message_goes_to_the_chat_as_html_without_previews(stage: Make) -> None:
    played = stage("telegram")
    played.tell(news())
    [received] = played.server.received
    assert (received.method, received.path) == ("POST", f"/bot{VALID['telegram']['token']}/sendMessage")
    sent = played.document()
    text = sent.pop("text")
    assert sent == {"chat_id": "-100123", "parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}
    assert text.splitlines() == [
        "<b>“Nightly backup” is DOWN.</b>",
        "It reported a failure (exit status 3).",
        "",
        "<b>Description</b>: Dumps the database.",
        "<b>Project</b>: Warehouse",
        "<b>Tags</b>: prod db",
        "<b>Period</b>: 1 day",
        "<b>Grace time</b>: 1 hour",
        "<b>Total pings</b>: 1,234 since 2026-08-01",
        "<b>Last ping</b>: Failed (exit status 3), 2026-11-21 02:15:07 UTC",
        "<b>Last ping body</b>: <pre>No space left on device</pre>",
        "",
        f'<a href="{news().url}">Open the check</a>',
    ]


def test_a_topic_of_a_forum_is_written_to(stage: Make) -> None:
    played = stage("telegram", topic="42")
    played.tell(news())
    assert played.document()["message_thread_id"] == 42


def test_markup_links_and_mentions_in_a_name_are_shown_as_they_are() -> None:
    told = telegram.text(news(check=check(name="<b>x</b> @ops evil.example", desc="@everyone <a href=x>")))
    assert told.startswith("<b>“&lt;\u200bb&gt;x&lt;\u200b/b&gt; @\u200bops evil.\u200bexample” is DOWN.</b>")
    assert "<b>Description</b>: @\u200beveryone &lt;a href=x&gt;" in told


def test_a_group_that_became_a_supergroup_is_told_with_its_new_number(stage: Make) -> None:
    played = stage("telegram")
    played.answers(answer(400, {"ok": False, "error_code": 400, "parameters": {"migrate_to_chat_id": -1001234}}))
    with pytest.raises(Moved) as caught:
        played.tell(news())
    assert (caught.value.settings, caught.value.permanent) == ({"chat": "-1001234"}, False)


@pytest.mark.parametrize("number", [True, None, "evil", 1.5, {"x": 1}])
def test_a_new_number_that_is_none_is_not_believed(number: object, stage: Make) -> None:
    played = stage("telegram")
    played.answers(answer(400, {"parameters": {"migrate_to_chat_id": number}}))
    assert not isinstance(played.refusal(news()), Moved)


@pytest.mark.parametrize(
    ("status", "description", "final"),
    [
        (403, "Forbidden: bot was blocked by the user", True),
        (403, "Forbidden: bot was kicked from the supergroup chat", True),
        (403, "Forbidden: user is deactivated", True),
        (403, "Forbidden: the group chat was deleted", True),
        (403, "Forbidden: bot is not a member of the channel chat", True),
        (400, "Bad Request: chat not found", True),
        (400, "Bad Request: message thread not found", True),
        (404, "Not Found", True),
        (400, "Bad Request: not enough rights to send text messages to the chat", False),
        (500, "Internal Server Error", False),
    ],
)
def test_who_has_sent_the_bot_away_is_not_written_to_again(
    status: int, description: str, final: bool, stage: Make
) -> None:
    played = stage("telegram")
    played.answers(answer(status, {"ok": False, "error_code": status, "description": description}))
    assert played.refusal(news()).permanent is final


@each(
    ("settings", "field"),
    [
        ({"token": "110201543"}, "token"),
        ({"token": "110201543:short"}, "token"),
        ({"token": "110201543:" + "/" * 35}, "token"),
        ({"chat": "ops"}, "chat"),
        ({"chat": "@x"}, "chat"),
        ({"chat": None}, "chat"),
        ({"chat": -100123}, "chat"),
        ({"topic": "general"}, "topic"),
        ({"topic": "0"}, "topic"),
    ],
)
def test_what_cannot_be_is_refused_by_its_name(settings: dict[str, object], field: str) -> None:
    assert wrong("telegram", **settings)[0] == f"settings.{field}"


def test_a_reader_sees_the_chat_but_not_the_token() -> None:
    assert telegram.public(telegram.clean(VALID["telegram"])) == {"token": MASK, "chat": "-100123", "topic": ""}
