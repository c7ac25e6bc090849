"""A caller of the ZMON dialect: the key is a bearer token."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import pytest

from tests.api.client import Answer, Api, Dialect


def basic(text: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(text.encode()).decode()}


@dataclass
class Caller(Dialect):
    """Speaks as zmon-cli does: a bearer token, and a type of content even where there is none."""

    json_type = "application/json"

    def call(self, method: str, path: str, body: object = None, **more: Any) -> Answer:
        """Paths are those below /api/v1, unless they begin with /rest."""
        return super().call(method, path if path.startswith("/rest/") else f"/api/v1{path}", body, **more)

    def presented(self, key: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}


@pytest.fixture
def zmon(api: Api) -> Caller:
    """A caller with the project's read-write key."""
    return Caller(api, api.key)
