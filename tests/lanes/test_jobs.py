from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from infra.lanes import jobs
from infra.lanes.emulator import Emulator
from infra.lanes.process import LaneFailed
from infra.lanes.stack import Stack
from infra.lanes.web import Api


class Queues:
    """SQS with one queue; each look at it finds the next of the given numbers (visible, under way)."""

    def __init__(self, *found: tuple[int, int]) -> None:
        self.found = list(found)

    def get_queue_attributes(self, **_: object) -> dict[str, Any]:
        visible, hidden = self.found.pop(0) if len(self.found) > 1 else self.found[0]
        names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        return {"Attributes": dict(zip(names, (str(visible), str(hidden)), strict=True))}


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Stack:
    monkeypatch.setattr(Stack, "resources", lambda self, kind: {"NewsQueue": "http://127.0.0.1:1/0/news"})
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    return Stack(Emulator("http://127.0.0.1:1", Path("log")), "tocsin-dev", {})


def given(monkeypatch: pytest.MonkeyPatch, queues: Queues) -> None:
    monkeypatch.setattr(Emulator, "client", lambda self, service: queues)


def test_messages_under_way_are_waited_for(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    queues = Queues((1, 0), (0, 1), (0, 0))
    given(monkeypatch, queues)
    jobs.queues_run_empty(stack)
    assert queues.found == [(0, 0)]


def test_messages_that_stay_fail_the_lane_with_the_queues_name(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, Queues((0, 1)))
    monkeypatch.setattr(jobs, "PATIENCE", 0)
    with pytest.raises(LaneFailed, match="messages are left in news"):
        jobs.queues_run_empty(stack)


def answering(monkeypatch: pytest.MonkeyPatch, answer: Mapping[str, Any]) -> Api:
    monkeypatch.setattr(Api, "call", lambda self, method, path: answer)
    return Api("http://127.0.0.1:1", "k")


@pytest.mark.parametrize("entries", [[], [{"error": "SNS answered AuthorizationError"}]])
def test_a_channel_that_told_nothing_fails_the_lane(monkeypatch: pytest.MonkeyPatch, entries: list[Any]) -> None:
    with pytest.raises(LaneFailed, match="log of deliveries"):
        jobs.expect_told(answering(monkeypatch, {"notifications": entries}), "c")


def test_a_channel_that_told_its_news_is_fine(monkeypatch: pytest.MonkeyPatch) -> None:
    jobs.expect_told(answering(monkeypatch, {"notifications": [{"error": None}]}), "c")
