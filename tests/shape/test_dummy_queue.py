"""A queue and its function are an entry in the table of functions and three lines in app.py; the rest follows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from chalice.app import SQSEventConfig

import app
from chalicelib import functions, store
from chalicelib.events import Message
from chalicelib.functions import Function
from chalicelib.monitor.services import Services
from chalicelib.store import queues as queueing
from chalicelib.store.models import MODELS
from infra import tables, template
from infra.local import pollers
from infra.local.stopping import Stopping
from tests.conftest import Queues

ENTRY = Function("sort_letters", queue="letters", batch=3, timeout=20, memory=640, may={"checks": "GetItem"})


@pytest.fixture
def sorted_letters(monkeypatch: pytest.MonkeyPatch, services: Services) -> Iterator[list[list[Message]]]:
    """The dummy in the table and in app.py; what it was given."""
    given: list[list[Message]] = []
    monkeypatch.setattr(functions, "FUNCTIONS", (*functions.FUNCTIONS, ENTRY))
    sources, handlers, works = list(app.app.event_sources), dict(app.app.handler_map), dict(app.events.works)

    @app.events
    def sort_letters(messages: list[Message]) -> None:
        given.append(messages)

    store.connect(services.settings)
    for model in MODELS:
        monkeypatch.setattr(model, "create_table", lambda **_: None)
    tables.create(services.settings, boto3.client("sqs"))
    yield given
    app.app.event_sources[:] = sources
    app.app.handler_map.clear()
    app.app.handler_map.update(handlers)
    app.events.works.clear()
    app.events.works.update(works)


def test_what_is_sent_to_it_reaches_its_function(sorted_letters: list[list[Message]], queues: Queues) -> None:
    queueing.send_all("letters", [{"letter": letter} for letter in "abcd"])
    queues.work()

    assert [[message["letter"] for message in batch] for batch in sorted_letters] == [["a", "b", "c"], ["d"]]


def test_the_local_runner_polls_it(sorted_letters: list[list[Message]], services: Services) -> None:
    # The names of the local runner's queues are those that app.py read when it was imported.
    sqs, name = boto3.client("sqs"), "tocsin-local-letters"
    sqs.create_queue(QueueName=name)
    sources = app.app.event_sources
    (source,) = [one for one in sources if isinstance(one, SQSEventConfig) and str(one.queue).endswith("letters")]
    polled = pollers.Poller(sqs, name, source.batch_size, source.name, app.app.handler_map[source.name], Stopping())
    sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"], MessageBody='{"letter": "z"}')

    assert polled.poll() == 1
    assert sorted_letters == [[{"letter": "z"}]]


def test_the_template_has_it_whole(sorted_letters: list[list[Message]]) -> None:
    made: dict[str, Any] = template.merged("dev")["Resources"]
    function = made["SortLetters"]["Properties"]
    role = made[function["Role"]["Fn::GetAtt"][0]]["Properties"]
    statements = {one["Sid"]: one for one in role["Policies"][0]["PolicyDocument"]["Statement"] if "Sid" in one}

    assert (function["Timeout"], function["MemorySize"]) == (20, 640)
    assert made["LettersQueue"]["Properties"]["VisibilityTimeout"] == 120
    assert {"LettersFailedQueue", "LettersFailedAlarm", "SortLettersErrorsAlarm", "SortLettersLogs"} <= set(made)
    assert statements["Take"]["Resource"] == {"Fn::GetAtt": ["LettersQueue", "Arn"]}
    assert statements["Checks"]["Action"] == ["dynamodb:GetItem"]


def test_a_function_that_is_not_in_the_table_is_refused_by_name() -> None:
    def burn_letters(messages: list[Message]) -> None: ...

    with pytest.raises(KeyError, match="burn_letters"):
        app.events(burn_letters)
