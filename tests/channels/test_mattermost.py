"""Mattermost's incoming webhooks: an attachment whose Markdown is escaped."""

from __future__ import annotations

import pytest

from chalicelib.channels import mattermost
from tests.channels.exchanges import answer
from tests.channels.samples import check, news
from tests.channels.stage import Make


def test_the_attachment_tells_what_happened_why_and_the_facts(stage: Make) -> None:
    played = stage("mattermost")
    played.tell(news())
    [shown] = played.document()["attachments"]
    assert shown["text"] == (
        f"**[“Nightly backup” is DOWN.]({news().url})**\nIt reported a failure \\(exit status 3\\)."
    )
    assert (shown["fallback"], shown["color"], shown["footer"]) == ("“Nightly backup” is DOWN.", "#d32f2f", "Tocsin")
    assert {"title": "Description", "value": "Dumps the database.", "short": True} in shown["fields"]
    assert shown["fields"][-1]["value"] == "```\nNo space left on device\n```"


def test_markup_mentions_and_links_in_a_name_are_shown_as_they_are() -> None:
    told = news(check=check(name="[x](http://evil.example) <!channel>", desc="@all ~town-square **x**"))
    [shown] = mattermost.message(told)["attachments"]
    assert shown["text"].startswith(
        r"**[“\[x\]\(http:" + "\u200b//evil.\u200bexample" + r"\) \<" + "\u200b" + r"\!channel\>” is"
    )
    assert shown["fields"][0]["value"] == "@\u200ball \\~town-square \\*\\*x\\*\\*"


def test_a_check_without_a_page_is_no_link() -> None:
    [shown] = mattermost.message(news(page=""))["attachments"]
    assert shown["text"].startswith("**“Nightly backup” is DOWN.**\n")


@pytest.mark.parametrize(
    ("status", "number", "final"),
    [
        (400, "web.incoming_webhook.invalid.app_error", True),
        (404, "web.incoming_webhook.channel.app_error", True),
        (501, "web.incoming_webhook.disabled.app_error", False),
        (403, "web.incoming_webhook.permissions.app_error", True),
        (400, "web.incoming_webhook.parse.app_error", False),
        (404, "", False),
    ],
)
def test_only_what_speaks_of_the_webhook_is_final(status: int, number: str, final: bool, stage: Make) -> None:
    played = stage("mattermost")
    played.answers(answer(status, {"id": number, "message": "no", "status_code": status}))
    assert played.refusal(news()).permanent is final
