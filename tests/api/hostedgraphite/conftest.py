"""A caller of the Hosted Graphite dialect: the key is the user name of basic authentication."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import pytest

from tests.api.client import Answer, Api, Dialect
from tests.conftest import Clock

ABOVE = {"name": "alert1", "metric": "test.metric.1", "alert_criteria": {"type": "above", "above_value": 5}}


def basic(text: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(text.encode()).decode()}


@dataclass
class Caller(Dialect):
    """Sends the key as the user name of basic authentication."""

    clock: Clock

    def presented(self, key: str) -> dict[str, str]:
        return basic(f"{key}:")

    def alert(self, **fields: Any) -> str:
        """The id of a new alert."""
        answer = self.post("/v2/alerts/", {**ABOVE, **fields})
        assert answer.status == 201, answer.text
        return str(answer.json["id"])

    def shown(self, alert: str) -> dict[str, Any]:
        answer = self.get(f"/v2/alerts/{alert}/")
        assert answer.status == 200, answer.text
        return dict(answer.json)

    def send(self, *lines: str) -> Answer:
        """Sends lines; a line without a time gets the present one."""
        now = int(self.clock.now.timestamp())
        whole = [line if len(line.split()) == 3 else f"{line} {now}" for line in lines]
        return self.post("/api/v1/sink", data="\n".join(whole).encode())


@pytest.fixture
def graphite(api: Api, clock: Clock) -> Caller:
    return Caller(api, api.key, clock)
