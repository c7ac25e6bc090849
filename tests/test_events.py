"""Event functions: of a batch that fails, each message is done by itself, and only those that failed come again."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.events import Events, Message
from chalicelib.settings import Settings


class App:
    """Registers as Chalice does, and hands back what it was given."""

    def on_sqs_message(self, **_: Any) -> Any:
        return lambda called: called


class Event:
    """A batch of messages, each with its number."""

    def __init__(self, bodies: list[str], left: int = 60_000) -> None:
        self.context = SimpleNamespace(get_remaining_time_in_millis=lambda: left)
        self.records = [
            SimpleNamespace(body=body, to_dict=lambda n=n: {"messageId": n}) for n, body in enumerate(bodies)
        ]

    def __iter__(self) -> Any:
        return iter(self.records)


done: list[list[Message]] = []


def deliver_news(messages: list[Message]) -> None:
    done.append(messages)
    if {"poison": True} in messages:
        raise RuntimeError("poison")


@pytest.fixture
def called() -> Any:
    done.clear()
    return Events(App(), Settings(), lambda *_: None)(deliver_news)


GOOD, POISON = '{"n": 1}', '{"poison": true}'


def test_a_batch_that_goes_well_is_done_at_once(called: Any) -> None:
    assert called(Event([GOOD, GOOD])) is None
    assert len(done) == 1


@pytest.mark.parametrize("poison", [POISON, "no JSON"])
def test_what_cannot_be_dealt_with_comes_again_without_its_batch(called: Any, poison: str) -> None:
    assert called(Event([GOOD, poison, GOOD])) == {"batchItemFailures": [{"itemIdentifier": 1}]}
    assert done[-1] == [{"n": 1}]


@pytest.mark.parametrize("event", [Event([POISON]), Event([POISON, POISON]), Event([GOOD, POISON], left=20_000)])
def test_where_all_fail_or_there_is_no_time_the_function_fails(called: Any, event: Event) -> None:
    with pytest.raises(RuntimeError):
        called(event)
