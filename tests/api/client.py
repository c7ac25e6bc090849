"""Calls the app the way AWS does: an event per request, through one of the entrances that AWS has."""

from __future__ import annotations

import base64
import gzip
import json as jsonlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from tests.api import fitting
from tests.gateway.entrances import Event, Sent, rest

# What curl sends with --data when nobody tells it what the body is.
FORM = "application/x-www-form-urlencoded"
_NOTHING = object()


@dataclass(frozen=True)
class Answer:
    """An answer as it leaves the gateway; header names are lower case."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return jsonlib.loads(self.text)

    @property
    def error(self) -> str:
        """The message of an error in the Management API's shape, and nothing beside it."""
        document = self.json
        assert list(document) == ["error"], document
        return str(document["error"])


class Gateway(Protocol):
    """What stands before the app: `Entrance`, or Chalice's LocalGateway."""

    def handle_request(self, method: str, path: str, headers: dict[str, str], body: bytes | None) -> dict[str, Any]: ...


class Entrance:
    """The app behind an entrance of AWS: a REST API unless told otherwise."""

    def __init__(self, app: Callable[[Event, Any], dict[str, Any]], entrance: Callable[[Sent], Event] = rest) -> None:
        self._app = app
        self._event = entrance

    def event(self, method: str, path: str, headers: dict[str, str], body: bytes | None) -> Event:
        return self._event(Sent(method, path, list(headers.items()), body or b""))

    def handle_request(self, method: str, path: str, headers: dict[str, str], body: bytes | None) -> dict[str, Any]:
        return self._app(self.event(method, path, headers, body), None)


class Api:
    """A caller with a key: the given one, another one with `key=`, none with `key=""`."""

    def __init__(self, gateway: Gateway, key: str) -> None:
        self.gateway = gateway
        self.key = key

    def get(self, path: str, **more: Any) -> Answer:
        return self.call("GET", path, **more)

    def post(self, path: str, json: object = _NOTHING, **more: Any) -> Answer:
        if json is not _NOTHING:
            more["data"] = jsonlib.dumps(json).encode()
        return self.call("POST", path, **more)

    def delete(self, path: str, **more: Any) -> Answer:
        return self.call("DELETE", path, **more)

    def call(
        self,
        method: str,
        path: str,
        *,
        key: str | None = None,
        data: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        sent = {"host": "tocsin.example.org"}
        presented = self.key if key is None else key
        if presented:
            sent["x-api-key"] = presented
        if data is not None:
            sent["content-type"] = FORM
        sent |= {name.lower(): value for name, value in (headers or {}).items()}
        answer = _answer(self.gateway.handle_request(method, path, sent, data))
        fitting.answered(method, path, data, answer.status, answer.headers.get("content-type", ""), answer.text)
        return answer

    def check(self, **fields: Any) -> dict[str, Any]:
        """A new check."""
        answer = self.post("/api/v1/checks/", json=fields)
        assert answer.status == 201, answer.text
        return dict(answer.json)

    def shown(self, check: dict[str, Any], version: int = 1) -> dict[str, Any]:
        """The check as it is now."""
        answer = self.get(f"/api/v{version}/checks/{check['uuid']}")
        assert answer.status == 200, answer.text
        return dict(answer.json)

    def pings(self, check: dict[str, Any]) -> list[dict[str, Any]]:
        """The check's logged pings, newest first."""
        answer = self.get(f"/api/v1/checks/{check['uuid']}/pings/")
        assert answer.status == 200, answer.text
        return list(answer.json["pings"])

    def ping(self, check: dict[str, Any], action: str = "", method: str = "GET", **more: Any) -> Answer:
        """A ping by uuid, as a job sends it: without a key. `action` is what follows the uuid: "/start", "?rid=..."."""
        return self.call(method, f"/ping/{check['uuid']}{action}", key="", **more)


@dataclass
class Dialect:
    """Calls in a dialect's own manner: where its paths begin, how it sends the key, and what it calls JSON."""

    api: Api
    key: str

    prefix: ClassVar[str] = ""
    json_type: ClassVar[str] = FORM

    def presented(self, key: str) -> dict[str, str]:
        raise NotImplementedError

    def get(self, path: str, **more: Any) -> Answer:
        return self.call("GET", path, **more)

    def post(self, path: str, body: object = None, **more: Any) -> Answer:
        return self.call("POST", path, body, **more)

    def put(self, path: str, body: object = None, **more: Any) -> Answer:
        return self.call("PUT", path, body, **more)

    def delete(self, path: str, body: object = None, **more: Any) -> Answer:
        return self.call("DELETE", path, body, **more)

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        data: bytes | None = None,
        headers: dict[str, str] | None = None,
        key: str | None = None,
    ) -> Answer:
        """With the own key unless told otherwise, without any for an empty one."""
        key = self.key if key is None else key
        sent = (self.presented(key) if key else {}) | (headers or {})
        if body is not None:
            data, sent = jsonlib.dumps(body).encode(), {"Content-Type": self.json_type} | sent
        return self.api.call(method, f"{self.prefix}{path}", key="", data=data, headers=sent)


def _answer(response: dict[str, Any]) -> Answer:
    headers = {name.lower(): value for name, value in response["headers"].items()}
    body = response["body"]
    if response["isBase64Encoded"]:
        assert headers["content-encoding"] == "gzip", "nothing else is sent as binary"
        body = gzip.decompress(base64.b64decode(body)).decode()
    return Answer(response["statusCode"], headers, body)
