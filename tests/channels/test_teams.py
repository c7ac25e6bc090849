"""Microsoft Teams: an Adaptive Card in which nothing of others is markup."""

from __future__ import annotations

import json

import pytest

from chalicelib.channels import Outlet, teams
from tests.channels.exchanges import answer
from tests.channels.samples import check, news
from tests.channels.servers import Server
from tests.channels.stage import Make


def test_the_card_tells_what_happened_why_and_the_facts(stage: Make) -> None:
    played = stage("msteamsw")
    played.tell(news())
    card = played.document()["attachments"][0]["content"]
    title, summary, first, *_ = card["body"]
    assert title["inlines"][0]["text"] == card["fallbackText"] == "“Nightly backup” is DOWN."
    assert title["inlines"][0]["color"] == "attention"
    assert summary["inlines"][0]["text"] == "It reported a failure (exit status 3)."
    assert [run["text"] for run in first["inlines"]] == ["Description: ", "Dumps the database."]
    assert card["actions"] == [{"type": "Action.OpenUrl", "title": "Open the check", "url": news().url}]


def test_no_text_of_others_stands_where_markdown_is_read() -> None:
    name = "[click](http://evil.example) **x** <at>all</at>"
    card = teams.message(news(check=check(name=name, desc=name), reason=name, body=name.encode()))
    blocks = card["attachments"][0]["content"]["body"]
    assert {block["type"] for block in blocks} == {"RichTextBlock"}
    assert {run["type"] for block in blocks for run in block["inlines"]} == {"TextRun"}


def test_the_lines_of_a_body_stay_lines_and_there_are_not_too_many() -> None:
    card = teams.message(news(body="\n".join(str(number) for number in range(50)).encode()))
    lines = [block["inlines"][0]["text"] for block in card["attachments"][0]["content"]["body"] if "spacing" in block]
    assert lines == [str(number) for number in range(20)]


def test_an_address_is_called_to_the_letter(server: Server, outlet: Outlet) -> None:
    path = (
        "/workflows/a1/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig="
        + "aB-_~" * 60
    )
    teams.send(teams.clean({"url": server.url(path)}), [news()], outlet)
    assert server.received[0].path == path


def test_a_card_is_small_enough_for_what_teams_adds_to_it() -> None:
    long = "文" * 20_000
    card = teams.message(news(check=check(name=long, desc=long, tags=long), project=long, body=long.encode()))
    assert len(json.dumps(card)) <= 20_000


@pytest.mark.parametrize(("status", "final"), [(400, True), (401, True), (404, True), (429, False), (502, False)])
def test_a_workflow_that_is_gone_is_gone_for_good(status: int, final: bool, stage: Make) -> None:
    played = stage("msteamsw")
    played.answers(answer(status))
    assert played.refusal(news()).permanent is final
