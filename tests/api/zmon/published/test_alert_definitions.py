"""The published document's own examples of alert definitions, one after the other."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chalicelib.monitor.managing import projects
from chalicelib.store import numbers
from tests.api.zmon.conftest import Caller, basic
from tests.conftest import Clock
from tests.definitions import command

EXAMPLES = json.loads((Path(__file__).parent / "alert_definitions.json").read_text())
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _there_was_more_before(zmon: Caller, keyring: projects.Keyring) -> None:
    """Check definition 20 exists, and 787 alert definitions have been made."""
    for noun, count in (("command", 19), ("alert", 787)):
        for _ in range(count):
            numbers.take(keyring.project.code, noun)
    assert zmon.post("/check-definitions", command(entities=[{"type": "city"}])).json["id"] == 20


def test_the_published_calls_are_answered_as_published(zmon: Caller, clock: Clock) -> None:
    headers = {**basic(f"hjacobs:{zmon.key}"), "Content-Type": "application/json"}
    for example in EXAMPLES:
        if "at" in example:
            clock.now = EPOCH + timedelta(milliseconds=example["at"])
        data = example.get("body", "").encode()
        answer = zmon.call(example["method"], example["path"], data=data, key="", headers=headers)
        assert answer.status == example["status"], example["source"]
        assert json.dumps(answer.json) == json.dumps(json.loads(example["answer"])), example["source"]
