"""The published document's own examples of whoever may not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.monitor.managing import projects
from tests.api.zmon.conftest import Caller

EXAMPLES = json.loads((Path(__file__).parent / "refusals.json").read_text())


@pytest.mark.parametrize("example", EXAMPLES, ids=[one["source"].rpartition(" ")[2] for one in EXAMPLES])
def test_a_request_that_is_refused(zmon: Caller, keyring: projects.Keyring, example: dict[str, Any]) -> None:
    headers = {"Authorization": example["authorization"]} if "authorization" in example else {}
    key = keyring.keys[example["key"]] if "key" in example else ""
    answer = zmon.put("/entities", {"id": "web-1", "type": "host"}, key=key, headers=headers)
    assert (answer.status, answer.json) == (example["status"], json.loads(example["answer"]))
    assert len(json.dumps(answer.json, separators=(",", ":"))) == example["length"]
    assert answer.headers["content-type"].startswith("application/json")
