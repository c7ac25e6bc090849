"""The log holds no code of a check and no ping key: whoever has one can ping, and so turn an outage up."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import suppress

import pytest

from chalicelib import log
from chalicelib.core.check import Signal, unique_key
from chalicelib.monitor.intake import pings
from chalicelib.monitor.managing import channels, checks
from chalicelib.monitor.managing.projects import hash_of
from chalicelib.store.faults import StoreFault
from tests.conftest import Story
from tests.flows.conftest import trouble, unavailable

CODE = "2f0f6d5e-1c5a-4a0e-9d4e-0e8f6f6a2d11"


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """What is logged, line by line."""
    found: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: found.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("tocsin")
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield found
    logger.removeHandler(handler)
    logger.setLevel(before)


def test_the_unique_key_stands_in_the_place_of_a_code(lines: list[str]) -> None:
    log.begin(CODE)
    log.warning("a check", code=CODE, among=[f"ping {CODE}"], n=3)
    line = json.loads(lines[0])
    log.begin("")
    assert line["code"] == unique_key(CODE)
    assert line["among"] == [f"ping {unique_key(CODE)}"]
    # The name of a request has the same form, and is what the log is searched by.
    assert (line["n"], line["request"]) == (3, CODE)


def test_an_error_and_its_trace_hold_no_code(lines: list[str]) -> None:
    try:
        raise ValueError(f"check {CODE} is gone")
    except ValueError:
        log.error("not found")
    assert CODE not in lines[0]
    assert unique_key(CODE) in lines[0]


def test_neither_a_code_nor_a_ping_key_is_logged_whatever_happens(story: Story, lines: list[str]) -> None:
    services, project = story.services, story.keyring.project
    channel = channels.create(services, project, "email", "Ops", {"address": "ops@example.org"}, 0)
    made = checks.create(services, project, {"slug": "job", "channels": (channel.code,)})
    key = story.keyring.keys["ping"]
    by_slug = pings.Address(key_hash=hash_of(key), slug="job")
    for address in (pings.Address(code=made.code), by_slug):
        for call in range(6):
            with trouble(call, unavailable, after=False), suppress(StoreFault):
                pings.receive(services, address, Signal("fail" if call % 2 else "success", story.clock.now))
            story.clock.move(seconds=1)
    story.queues.work()
    whole = "\n".join(lines)
    assert "notified" in whole and "kept" in whole
    assert made.code not in whole
    assert key not in whole
