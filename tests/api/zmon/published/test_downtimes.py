"""The published document's own examples of downtimes, on its days and with its ids."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.api.zmon.conftest import Caller, basic
from tests.conftest import Story
from tests.park import Park

EXAMPLES = json.loads((Path(__file__).parent / "downtimes.json").read_text())
SCHEDULED = EXAMPLES[0]["body"]


@pytest.mark.parametrize("example", EXAMPLES, ids=[one["source"] for one in EXAMPLES])
def test_a_downtime_as_published(zmon: Caller, story: Story, example: dict[str, Any]) -> None:
    story.clock.now = datetime.fromisoformat(example["at"])
    park = Park(story)
    park.command(number=20, entities=[{"type": "city"}])
    park.alert(number=704, check_definition_id=20)
    for city in ("cd-kinshasa", "cn-peking"):
        park.entity(city, type="city")
    story.services.new_code = lambda: example["id"]
    # The author is the user, and the password the key.
    as_published = {"key": "", "headers": {**basic(f"hjacobs:{zmon.key}"), "Content-Type": "application/json"}}
    if "made" in example:
        story.clock.now = datetime.fromisoformat(example["made"])
        assert zmon.call("POST", "/downtimes", data=SCHEDULED.encode(), **as_published).status == 200
        story.clock.now = datetime.fromisoformat(example["at"])
    body = example.get("body", "").encode() or None
    assert body is None or len(body) == example["length"]
    answer = zmon.call(example["method"], example["path"], data=body, **as_published)
    assert (answer.status, answer.json) == (200, json.loads(example["answer"]))
    assert json.dumps(answer.json, separators=(",", ":")) == example["answer"]
    assert answer.headers["content-type"].startswith("application/json")
