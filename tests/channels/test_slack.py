"""Slack-compatible webhooks: the message, its escaping, and which refusals are final."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.channels import Outlet, slack
from chalicelib.channels.fields import MASK
from chalicelib.core.errors import Invalid, Undelivered
from chalicelib.core.news import News
from tests.cases import each
from tests.channels.samples import ENDS, HOSTILE, check, news
from tests.channels.servers import Reply, Server


def attachment(told: News) -> dict[str, Any]:
    [only] = slack.message(told)["attachments"]
    assert isinstance(only, dict)
    return only


def fields(told: News) -> dict[str, str]:
    return {field["title"]: field["value"] for field in attachment(told)["fields"]}


@each(
    ("told", "title", "color"),
    [
        (news(), "“Nightly backup” is DOWN.", "danger"),
        (news(reminder=1, downtime=timedelta(hours=1)), "“Nightly backup” is still DOWN.", "danger"),
        (news("up"), "“Nightly backup” is UP.", "good"),
        (ENDS["Watched until"], "“Nightly backup” is not watched any more.", "#5b6b7f"),
        (ENDS["Paused at"], "“Nightly backup” is paused.", "#5b6b7f"),
        (news("test"), "“Nightly backup” sends a test.", "#5b6b7f"),
    ],
)
def test_the_title_and_the_colour_tell_what_happened(told: News, title: str, color: str) -> None:
    shown = attachment(told)
    assert (shown["title"], shown["fallback"], shown["color"]) == (title, title, color)


def test_the_message_arrives_as_json(server: Server, outlet: Outlet) -> None:
    slack.send(slack.clean({"url": server.url("/services/T/B/x")}), [news()], outlet)
    [received] = server.received
    assert (received.method, received.path, received.headers["Content-Type"]) == (
        *("POST", "/services/T/B/x"),
        "application/json",
    )
    assert json.loads(received.body) == slack.message(news())


def test_the_message_tells_why_and_the_facts() -> None:
    told = news()
    assert attachment(told)["text"] == "It reported a failure (exit status 3)."
    assert attachment(told)["title_link"] == told.url
    assert fields(told) == {
        "Description": "Dumps the database.",
        "Project": "Warehouse",
        "Tags": "prod db",
        "Period": "1 day",
        "Grace time": "1 hour",
        "Total pings": "1,234 since 2026-08-01",
        "Last ping": "Failed (exit status 3), 2026-11-21 02:15:07 UTC",
        "Last ping body": "```\nNo space left on device\n```",
    }


def test_what_is_empty_is_left_out() -> None:
    bare = news(check=check(desc="", tags=""), page="", project="", pings=(), body=b"")
    assert list(fields(bare)) == ["Period", "Grace time", "Total pings"]
    assert "title_link" not in attachment(bare)


def test_a_test_holds_no_facts_of_a_check() -> None:
    assert fields(news("test")) == {}


def test_markup_and_mentions_in_a_name_are_shown_as_they_are() -> None:
    told = news(check=check(name="<!channel> <http://evil.example|click> & @here", desc="@everyone <@U123>"))
    assert attachment(told)["title"] == (
        "“&lt;!channel&gt; &lt;http://evil.example|click&gt; &amp; @\u200bhere” is DOWN."
    )
    assert fields(told)["Description"] == "@\u200beveryone &lt;@U123&gt;"


def test_a_body_cannot_end_its_block() -> None:
    value = fields(news(body=b"a```b\n@channel </pre>"))["Last ping body"]
    assert value.startswith("```\n")
    assert value.endswith("\n```")
    assert "```" not in value[3:-3]
    assert "@channel" not in value


@each("text", ["x" * 50_000, "<" * 50_000, "&" * 1_500, "`" * 3_000, "@all " * 800])
def test_a_long_value_is_cut_to_what_the_services_take(text: str) -> None:
    told = news(check=check(desc=text), body=text.encode())
    assert all(len(value) <= slack.VALUE_LIMIT for value in fields(told).values())
    assert fields(told)["Last ping body"].endswith("…\n```")


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_texts_make_a_message_that_can_be_sent(text: str, server: Server, outlet: Outlet) -> None:
    told = news(
        check=check(name=text, desc=text, tags=text), project=text, body=text.encode("utf-8", "replace"), reason=text
    )
    slack.send(slack.clean({"url": server.url()}), [told], outlet)
    shown = server.received[0].body.decode()
    assert "<script" not in shown
    assert "<script" not in json.loads(shown)["attachments"][0]["title"]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, b"no_service"),
        (404, b"no_team"),
        (404, b"channel_not_found"),
        (403, b"invalid_token"),
        (403, b"action_prohibited"),
        (404, b'{"message": "Unknown Webhook", "code": 10015}'),
        (401, b'{"message": "Invalid Webhook Token", "code": 50027}'),
        (400, b'{"id":"web.incoming_webhook.invalid.app_error","message":"Invalid webhook."}'),
        (410, b"channel_is_archived"),
    ],
)
def test_a_hook_that_is_gone_is_gone_for_good(status: int, body: bytes, server: Server, outlet: Outlet) -> None:
    server.answer(Reply(status, {}, body))
    with pytest.raises(Undelivered) as caught:
        slack.send({"url": server.url()}, [news()], outlet)
    assert (caught.value.message, caught.value.permanent) == (f"answered {status}", True)


@pytest.mark.parametrize(
    ("status", "body"), [(500, b"no_service"), (404, b"<html>"), (403, b""), (400, b"invalid_payload")]
)
def test_a_hook_that_only_fails_is_tried_again(status: int, body: bytes, server: Server, outlet: Outlet) -> None:
    server.answer(Reply(status, {}, body))
    with pytest.raises(Undelivered) as caught:
        slack.send({"url": server.url()}, [news()], outlet)
    assert not caught.value.permanent


@pytest.mark.parametrize(
    "url", ["hooks.slack.com/x", "ftp://hooks.slack.com/", "https://hooks.slack.com/a b", "https://$NAME/"]
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(Invalid) as caught:
        slack.clean({"url": url})
    assert caught.value.field == "settings.url"


def test_a_reader_sees_the_host_alone() -> None:
    shown = slack.public(slack.clean({"url": "https://hooks.slack.com/services/T1/B2/s3cret"}))
    assert shown == {"url": f"https://hooks.slack.com/{MASK}"}
