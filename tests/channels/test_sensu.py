"""Sensu Go: an event of a check that is called as the public key of ours."""

from __future__ import annotations

import pytest

from tests.cases import each
from tests.channels.exchanges import answer
from tests.channels.samples import CHECK, check, news
from tests.channels.stage import Make, wrong


def test_down_is_an_event_with_status_2(stage: Make) -> None:
    played = stage("sensugo", handlers="slack, pagerduty", entity="warehouse")
    played.tell(news())
    [received] = played.server.received
    assert (received.path, received.headers["Authorization"]) == ("/api/core/v2/namespaces/default/events", "Key k3y")
    event = played.document()
    assert event["entity"] == {
        "entity_class": "proxy",
        "metadata": {"name": "warehouse", "namespace": "default"},
    }
    check = event["check"]
    assert check.pop("output").startswith("“Nightly backup” is DOWN.\nIt reported a failure (exit status 3).")
    assert check == {
        "metadata": {
            "name": CHECK.unique_key,
            "namespace": "default",
            "annotations": {"name": "Nightly backup", "project": "Warehouse", "url": news().url},
        },
        "status": 2,
        "issued": int(news().now.timestamp()),
        "interval": 86_400,
        "handlers": ["slack", "pagerduty"],
    }


def test_up_is_the_same_check_with_status_0(stage: Make) -> None:
    played = stage("sensugo")
    played.tell(news("up", check=check(name="Renamed")))
    up = played.document()["check"]
    assert (up["metadata"]["name"], up["status"]) == (CHECK.unique_key, 0)


def test_a_test_is_a_check_of_its_own(stage: Make) -> None:
    played = stage("sensugo")
    played.tell(news("test"))
    tried = played.document()["check"]
    assert (tried["metadata"]["name"], tried["status"]) == ("tocsin.test", 0)


@pytest.mark.parametrize(("status", "final"), [(400, True), (401, True), (403, True), (404, True), (500, False)])
def test_a_namespace_that_is_gone_is_gone_for_good(status: int, final: bool, stage: Make) -> None:
    played = stage("sensugo")
    played.answers(answer(status, {"message": "no"}))
    assert played.refusal(news()).permanent is final


@each(
    ("settings", "field"),
    [
        ({"namespace": "a/b"}, "namespace"),
        ({"entity": "my host"}, "entity"),
        ({"handlers": "a,,b"}, "handlers"),
        ({"url": None}, "url"),
        ({"key": "a b"}, "key"),
    ],
)
def test_what_cannot_be_is_refused_by_its_name(settings: dict[str, object], field: str) -> None:
    assert wrong("sensugo", **settings)[0] == f"settings.{field}"
