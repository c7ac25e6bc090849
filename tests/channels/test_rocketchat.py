"""Rocket.Chat's incoming webhooks: texts of others stand in code."""

from __future__ import annotations

import pytest

from chalicelib.channels import rocketchat
from tests.channels.exchanges import answer
from tests.channels.samples import check, news
from tests.channels.stage import Make


def test_the_message_tells_what_happened_why_and_the_facts(stage: Make) -> None:
    played = stage("rocketchat")
    played.tell(news())
    sent = played.document()
    assert sent["parseUrls"] is False
    assert sent["text"].splitlines()[:5] == [
        "`Nightly backup` is DOWN.",
        "```",
        "It reported a failure (exit status 3).",
        "",
        "Description: Dumps the database.",
    ]
    assert sent["text"].endswith(f"```\n[Open the check]({news().url})")


def test_names_cannot_leave_their_code() -> None:
    text = rocketchat.message(news(check=check(name="`@all`", desc="```\n@here [x](y)")))["text"]
    assert text.startswith("`ˋ@allˋ` is DOWN.\n```\n")
    assert text.count("```") == 2


@pytest.mark.parametrize(
    ("error", "final"),
    [
        ("Invalid integration id or token provided.", True),
        ("invalid-channel", True),
        ("error-message-size-exceeded", False),
        ("", False),
    ],
)
def test_only_what_speaks_of_the_webhook_is_final(error: str, final: bool, stage: Make) -> None:
    played = stage("rocketchat")
    played.answers(answer(400, {"success": False, "error": error}))
    assert played.refusal(news()).permanent is final
