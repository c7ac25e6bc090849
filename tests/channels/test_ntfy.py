"""ntfy: the message, its priority, and the server and token that it goes to."""

from __future__ import annotations

import json
import re

import pytest

from chalicelib.channels import Outlet, ntfy
from tests.cases import each
from tests.channels.exchanges import answer
from tests.channels.samples import news
from tests.channels.servers import Server
from tests.channels.stage import Make, wrong


def test_the_message_goes_to_the_topic(stage: Make) -> None:
    played = stage("ntfy", priority=5, priority_up=2)
    played.tell(news())
    [received] = played.server.received
    assert (received.method, received.path, received.headers["Authorization"]) == ("POST", "/", "Bearer tk_k3y")
    sent = played.document()
    assert sent.pop("message").startswith("It reported a failure (exit status 3).\n\nDescription: Dumps the database.")
    assert re.fullmatch("[0-9a-f]{32}", sent.pop("sequence_id"))
    assert sent == {
        "topic": "ops-k3y-7f3a",
        "title": "“Nightly backup” is DOWN.",
        "priority": 5,
        "tags": ["rotating_light"],
        "click": news().url,
    }


def test_what_is_sent_again_takes_the_place_of_the_first(stage: Make) -> None:
    played = stage("ntfy")
    for name in ("n-1", "n-1", "n-2"):
        played.tell(news(id=name))
    first, again, other = (json.loads(received.body)["sequence_id"] for received in played.server.received)
    assert first == again != other


@pytest.mark.parametrize(("event", "priority"), [("down", 5), ("up", 2), ("test", 2)])
def test_only_down_has_the_priority_of_down(event: str, priority: int, stage: Make) -> None:
    played = stage("ntfy", priority=5, priority_up=2)
    played.tell(news(event))
    assert played.document()["priority"] == priority


def test_an_open_topic_needs_no_token(server: Server, outlet: Outlet) -> None:
    ntfy.send(ntfy.clean({"topic": "ops", "url": server.url("/ntfy/")}), [news()], outlet)
    assert (server.received[0].path, "Authorization" in server.received[0].headers) == ("/ntfy/", False)


def test_without_a_server_it_is_that_of_the_makers() -> None:
    assert ntfy.clean({"topic": "ops"}) == {
        "topic": "ops",
        "url": "https://ntfy.sh",
        "token": "",
        "priority": 3,
        "priority_up": 3,
    }


@pytest.mark.parametrize(
    ("code", "final"), [(40301, True), (40101, True), (41301, True), (40009, True), (42901, False), (50001, False)]
)
def test_a_refusal_means_what_its_code_says(code: int, final: bool, stage: Make) -> None:
    played = stage("ntfy")
    played.answers(answer(code // 100, {"code": code, "http": code // 100, "error": "no"}))
    assert played.refusal(news()).permanent is final


@each(
    ("settings", "field"),
    [
        ({"topic": "a/b"}, "topic"),
        ({"topic": "x" * 65}, "topic"),
        ({"url": "ntfy.sh"}, "url"),
        ({"url": "https://ntfy.sh/?x=1"}, "url"),
        ({"url": "https://me:pw@ntfy.sh"}, "url"),
        ({"token": "a b"}, "token"),
        ({"token": "a\r\nX-Evil: 1"}, "token"),
        ({"priority": 0}, "priority"),
        ({"priority": 6}, "priority"),
        ({"priority": "5"}, "priority"),
        ({"priority_up": True}, "priority_up"),
        ({"priority_up": 2.5}, "priority_up"),
    ],
)
def test_what_cannot_be_is_refused_by_its_name(settings: dict[str, object], field: str) -> None:
    assert wrong("ntfy", **settings)[0] == f"settings.{field}"
