"""Tests of alert notifications: they are sent at once, and nothing is kept of them."""

from __future__ import annotations

import json
from dataclasses import replace

from tests.api.grafana.conftest import EMAIL, Caller
from tests.channels.servers import Reply, Server
from tests.conftest import Story


def test_a_test_is_sent_and_nothing_is_kept(grafana: Caller, story: Story) -> None:
    answer = grafana.post("/alert-notifications/test", EMAIL)
    assert (answer.status, answer.json) == (200, {"message": "Test notification sent"})
    assert [set(mail.to) for mail in story.sent.mails] == [{"ops@example.org"}]
    assert grafana.get("/alert-notifications").json == []


def test_a_test_through_a_channel_that_is_there_has_what_is_secure_of_it(
    grafana: Caller, story: Story, server: Server
) -> None:
    settings = {"url": server.url("/hook"), "username": "ann", "password": "hidden"}
    made = grafana.notification(type="webhook", settings=settings)
    assert grafana.post("/alert-notifications/test", made).status == 200
    (received,) = server.received
    assert received.headers["Authorization"] == "Basic YW5uOmhpZGRlbg=="
    told = json.loads(received.body)
    assert (told["state"], told["ruleName"], told["title"]) == ("ok", "Ops", "[OK] Ops")


def test_a_test_that_fails_says_so_without_a_secret(grafana: Caller, server: Server) -> None:
    server.answer(Reply(500))
    settings = {"url": server.url("/token-abc"), "username": "ann", "password": "hidden"}
    answer = grafana.post("/alert-notifications/test", {**EMAIL, "type": "webhook", "settings": settings})
    assert (answer.status, answer.json["message"]) == (502, "Failed to send alert notifications")
    assert "hidden" not in answer.text and "token-abc" not in answer.text


def test_what_is_wrong_with_a_test_is_told(grafana: Caller) -> None:
    answer = grafana.post("/alert-notifications/test", {**EMAIL, "settings": {"addresses": "nobody"}})
    assert (answer.status, answer.json["message"]) == (400, "Email: holds 'nobody', which is not an e-mail address")
    assert grafana.post("/alert-notifications/test", {"type": "x"}).status == 400


def test_tests_are_few(grafana: Caller) -> None:
    answers = [grafana.post("/alert-notifications/test", EMAIL).status for _ in range(61)]
    assert answers == [200] * 60 + [429]


def test_a_test_is_not_sent_to_who_has_not_confirmed_that_he_wants_the_projects_news(
    grafana: Caller, story: Story
) -> None:
    story.services.settings = replace(story.services.settings, confirm_addresses=True)
    answer = grafana.post("/alert-notifications/test", EMAIL)
    assert (answer.status, answer.json["message"]) == (502, "Failed to send alert notifications")
    assert "ops@example.org" in answer.json["error"] and story.sent.mails == []
