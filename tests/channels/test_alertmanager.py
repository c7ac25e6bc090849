"""Alertmanager: an alert that fires under labels that stay, and is resolved."""

from __future__ import annotations

import socket
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.channels import Outlet, alertmanager
from chalicelib.core.news import News
from tests.cases import each
from tests.channels.exchanges import answer
from tests.channels.samples import CHECK, ENDS, VALID, check, news
from tests.channels.servers import Server
from tests.channels.stage import Make, wrong


def alert(told: News, **settings: object) -> dict[str, Any]:
    return alertmanager.alert(alertmanager.clean({**VALID["alertmanager"], **settings}), told)


def test_down_fires_with_everything_a_person_needs(stage: Make) -> None:
    played = stage("alertmanager", labels={"team": "ops"})
    played.tell(news())
    [received] = played.server.received
    assert (received.method, received.path) == ("POST", "/api/v2/alerts")
    [fired] = played.document()
    assert fired["labels"] == {
        "team": "ops",
        "alertname": "CheckDown",
        "check": CHECK.unique_key,
        "kind": "heartbeat",
        "severity": "critical",
    }
    assert fired["annotations"]["summary"] == "“Nightly backup” is DOWN."
    assert fired["annotations"]["description"] == "It reported a failure (exit status 3)."
    assert "Period: 1 day" in fired["annotations"]["details"]
    assert (fired["startsAt"], fired["generatorURL"]) == ("2026-11-21T02:15:07.250+00:00", news().url)
    assert datetime.fromisoformat(fired["endsAt"]) - news().now == timedelta(days=365)


def test_up_ends_the_same_alert_whatever_the_check_is_called_by_then() -> None:
    up = news("up", check=check(name="Renamed", tags="new", desc=""), project="Other")
    assert up.flip.before
    began, resolved = alert(news(flip=replace(news().flip, at=up.flip.before))), alert(up)
    assert resolved["labels"] == began["labels"]
    assert resolved["startsAt"] == began["startsAt"]
    assert datetime.fromisoformat(resolved["endsAt"]) == up.now.replace(microsecond=up.now.microsecond // 1000 * 1000)


@pytest.mark.parametrize("told", ENDS.values(), ids=ENDS)
def test_a_check_that_nobody_watches_fires_no_more(told: News) -> None:
    assert alert(told)["endsAt"] == alert(news("up"))["endsAt"]


def test_a_reminder_is_the_same_alert() -> None:
    again = alert(news(reminder=2, downtime=timedelta(hours=2)))
    assert (again["labels"], again["startsAt"]) == (alert(news())["labels"], alert(news())["startsAt"])


def test_a_test_is_an_alert_of_its_own_that_ends_by_itself() -> None:
    tried = alert(news("test"))
    assert (tried["labels"]["alertname"], tried["labels"]["severity"]) == ("CheckTest", "info")
    assert datetime.fromisoformat(tried["endsAt"]) - datetime.fromisoformat(tried["startsAt"]) == timedelta(minutes=5)


def test_one_member_of_a_cluster_that_takes_it_is_enough(stage: Make, server: Server) -> None:
    played = stage("alertmanager")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        nobody = f"http://127.0.0.1:{listener.getsockname()[1]}"
    played.tell(news(), url=f"{nobody}, {server.url('')}")
    assert len(played.messages) == 1


def test_every_member_is_told(stage: Make, server: Server) -> None:
    played = stage("alertmanager")
    played.tell(news(), url=f"{server.url('/a')}, {server.url('/b')}")
    assert [received.path for received in server.received] == ["/a/api/v2/alerts", "/b/api/v2/alerts"]


def test_what_one_member_refuses_for_good_and_another_does_not_is_tried_again(stage: Make, server: Server) -> None:
    played = stage("alertmanager")
    played.answers(answer(400, "bad_data"), answer(503))
    error = played.refusal(news(), url=f"{server.url('/a')}, {server.url('/b')}")
    assert (error.message, error.permanent) == ("answered 503", False)


def test_without_a_user_there_is_no_password(server: Server, outlet: Outlet) -> None:
    alertmanager.send(alertmanager.clean({"url": server.url("/")}), [news()], outlet)
    assert "Authorization" not in server.received[0].headers


@each(
    ("settings", "field"),
    [
        ({"url": "https://a.example, ftp://b.example"}, "url"),
        ({"url": "https://a.example,"}, "url"),
        ({"url": ", ".join(["https://a.example"] * 4)}, "url"),
        ({"labels": ["team"]}, "labels"),
        ({"labels": {"te-am": "x"}}, "labels"),
        ({"labels": {"check": "x"}}, "labels"),
        ({"labels": {"team": 7}}, "labels"),
        ({"labels": {"team": ""}}, "labels"),
        ({"labels": {f"l{number}": "x" for number in range(21)}}, "labels"),
        ({"password": 7}, "password"),
    ],
)
def test_what_cannot_be_is_refused_by_its_name(settings: dict[str, object], field: str) -> None:
    assert wrong("alertmanager", **settings)[0] == f"settings.{field}"
