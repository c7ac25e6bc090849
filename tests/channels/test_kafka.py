"""Kafka through a REST proxy, in both versions of its API."""

from __future__ import annotations

import pytest

from chalicelib.channels import sns
from tests.channels.exchanges import answer
from tests.channels.samples import CHECK, news
from tests.channels.stage import Make, wrong


def test_version_2_gets_the_record_under_the_key_of_its_check(stage: Make) -> None:
    played = stage("kafka")
    played.tell(news())
    [received] = played.server.received
    assert (received.path, received.headers["Content-Type"]) == (
        *("/topics/news", "application/vnd.kafka.json.v2+json"),
    )
    assert played.document() == {"records": [{"key": CHECK.unique_key, "value": sns.message(news())}]}


def test_version_3_gets_it_in_a_cluster(stage: Make) -> None:
    played = stage("kafka", cluster="c1")
    played.tell(news())
    [received] = played.server.received
    assert (received.path, received.headers["Content-Type"]) == (
        *("/v3/clusters/c1/topics/news/records", "application/json"),
    )
    assert played.document() == {
        "key": {"type": "JSON", "data": CHECK.unique_key},
        "value": {"type": "JSON", "data": sns.message(news())},
    }


@pytest.mark.parametrize(
    ("status", "said", "final"),
    [
        (200, {"error_code": 40301, "message": "no"}, True),
        (200, {"error_code": 422, "message": "no"}, True),
        (200, {"error_code": 50003, "message": "no"}, False),
        (200, {"offsets": [{"error_code": 50002, "error": "no"}]}, False),
        (404, {"error_code": 40401, "message": "Topic not found."}, True),
        (408, {"error_code": 408}, False),
        (503, None, False),
    ],
)
def test_an_error_in_a_success_is_one(status: int, said: object, final: bool, stage: Make) -> None:
    played = stage("kafka")
    played.answers(answer(status, said))
    assert played.refusal(news()).permanent is final


@pytest.mark.parametrize(
    ("settings", "field"),
    [({"url": None}, "url"), ({"topic": "a b"}, "topic"), ({"topic": None}, "topic"), ({"cluster": "../x"}, "cluster")],
)
def test_what_cannot_be_is_refused_by_its_name(settings: dict[str, object], field: str) -> None:
    assert wrong("kafka", **settings)[0] == f"settings.{field}"
