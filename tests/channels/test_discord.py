"""Discord's webhooks: the embed, its limits, and which refusals are final."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.channels import Outlet, discord
from chalicelib.core.news import News
from tests.channels.exchanges import answer
from tests.channels.samples import check, news
from tests.channels.servers import Server
from tests.channels.stage import Make, wrong


def embed(told: News) -> dict[str, Any]:
    [only] = discord.message(told)["embeds"]
    assert isinstance(only, dict)
    return only


def test_the_embed_tells_what_happened_why_and_the_facts(stage: Make) -> None:
    played = stage("discord")
    played.tell(news())
    sent = played.document()
    assert sent["allowed_mentions"] == {"parse": []}
    [shown] = sent["embeds"]
    facts = {field["name"]: field["value"] for field in shown.pop("fields")}
    assert shown == {
        "title": "“Nightly backup” is DOWN.",
        "description": r"It reported a failure \(exit status 3\).",
        "color": 0xD32F2F,
        "footer": {"text": "Tocsin"},
        "timestamp": "2026-11-21T02:15:07.250+00:00",
        "url": news().url,
    }
    assert facts["Description"] == "Dumps the database."
    assert facts["Last ping body"] == "```\nNo space left on device\n```"


@pytest.mark.parametrize(("path", "asked"), [("", "?wait=true"), ("?thread_id=7", "?thread_id=7&wait=true")])
def test_discord_is_asked_to_say_whether_it_took_the_message(
    path: str, asked: str, server: Server, outlet: Outlet
) -> None:
    discord.send(discord.clean({"url": server.url(f"/api/webhooks/1/x{path}")}), [news()], outlet)
    assert server.received[0].path == f"/api/webhooks/1/x{asked}"


def test_markup_in_a_name_is_shown_as_it_is() -> None:
    shown = embed(news(check=check(name="[a](http://b.example) **x** <@1>", desc="@everyone # x")))
    assert (
        shown["title"]
        == r"“\[a\]\(http:" + "\u200b//b.\u200bexample" + r"\) \*\*x\*\* \<" + "\u200b@\u200b" + r"1\>” is DOWN."
    )
    assert shown["fields"][0]["value"] == "@\u200beveryone \\# x"


def test_the_colour_tells_what_happened() -> None:
    colours = [embed(told)["color"] for told in (news(), news("up"), news("test"))]
    assert len(set(colours)) == 3


def test_all_that_an_embed_holds_is_below_its_limit() -> None:
    long = "*" * 900
    shown = embed(news(check=check(name=long, desc=long, tags=long), project=long, body=long.encode() * 2, reason=long))
    whole = [shown["title"], shown["description"], *(field["value"] for field in shown["fields"])]
    assert sum(map(len, whole)) <= 6_000


@pytest.mark.parametrize(
    ("status", "code", "final"),
    [
        (404, 10015, True),
        (404, 10003, True),
        (401, 50027, True),
        (400, 50035, True),
        (403, 50013, True),
        (500, 0, False),
    ],
)
def test_a_webhook_that_is_gone_is_gone_for_good(status: int, code: int, final: bool, stage: Make) -> None:
    played = stage("discord")
    played.answers(answer(status, {"message": "no", "code": code}))
    error = played.refusal(news())
    assert (error.permanent, error.message.startswith(f"answered {status}, error {code}")) == (final, True)


@pytest.mark.parametrize("end", ["/slack", "/github", "/slack?wait=true"])
def test_an_address_for_messages_of_another_form_is_refused(end: str) -> None:
    field, message = wrong("discord", url=f"https://discord.com/api/webhooks/1/x{end}")
    assert (field, "must not end with /slack" in message) == ("settings.url", True)
