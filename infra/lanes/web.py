"""HTTP as a client outside speaks it to the deployed API."""

import dataclasses
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

from infra.lanes.process import LaneFailed

PATIENCE = 29.0
"""Seconds: API Gateway's own limit."""


@dataclasses.dataclass(frozen=True)
class Api:
    """The management API of one project: the deployed API's root, without a slash at the end, and a read-write key."""

    url: str
    key: str

    @property
    def headers(self) -> dict[str, str]:
        """What every request of the project carries."""
        return {"X-Api-Key": self.key, "Alertra-API-Key": self.key}

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The JSON answer. LaneFailed unless the answer says that it went well."""
        headers = {**self.headers, "Content-Type": "application/json"}
        status, text = fetch(self.url + path, method, json.dumps(body or {}).encode(), headers)
        if status not in (200, 201):
            raise LaneFailed(f"{method} {path} answered {status}: {text[:500]}")
        answer: dict[str, Any] = json.loads(text) if text else {}
        return answer

    def listed(self, path: str) -> list[dict[str, Any]]:
        """The JSON list at an address. LaneFailed unless it is one."""
        status, text = fetch(self.url + path, "GET", None, self.headers)
        found = json.loads(text) if status == 200 else None
        if not isinstance(found, list):
            raise LaneFailed(f"GET {path} answered {status}: {text[:500]}")
        return found


def expect(
    wanted: int, method: str, url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> None:
    """LaneFailed unless the address answers with that status."""
    status, text = fetch(url, method, body, headers or {})
    if status != wanted:
        raise LaneFailed(f"{method} {url} answered {status}, not {wanted}: {text[:500]}")


def fetch(url: str, method: str, body: bytes | None, headers: Mapping[str, str]) -> tuple[int, str]:
    """Status and body of an answer, whatever the status. LaneFailed when there is none."""
    request = urllib.request.Request(url, body, dict(headers), method=method)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")
    except OSError as error:
        raise LaneFailed(f"{method} {url} gave no answer: {error}") from error
