"""The API as a caller meets it, over the services for tests."""

from __future__ import annotations

import json
import logging
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import app as application
from chalicelib import gateway as edge
from chalicelib.gateway import Application
from chalicelib.monitor.managing import projects
from chalicelib.monitor.services import Services
from chalicelib.store.connection import shared
from chalicelib.store.models import MODELS
from tests.api.client import Api, Entrance
from tests.gateway.entrances import function_url, rest


@pytest.fixture
def chalice_app(services: Services) -> Application:
    """The application, serving the services for tests."""
    edge.serve(application.app, services)
    return application.app


@pytest.fixture
def api(chalice_app: Application, request: pytest.FixtureRequest, keyring: projects.Keyring) -> Api:
    """A caller with the project's read-write key.

    One test comes through a REST API, another through a function URL, the same each time.
    """
    entrance = (rest, function_url)[zlib.crc32(request.node.nodeid.encode()) % 2]
    return Api(Entrance(chalice_app, entrance), keyring.keys["write"])


@pytest.fixture
def reader(api: Api, keyring: projects.Keyring) -> Api:
    """A caller with the project's read-only key."""
    return Api(api.gateway, keyring.keys["read"])


@pytest.fixture
def stranger(api: Api, services: Services) -> Api:
    """A caller with the read-write key of another project."""
    return Api(api.gateway, projects.create(services, "Elsewhere").keys["write"])


Contents = dict[str, list[str]]


@pytest.fixture
def contents(services: Services) -> Callable[[], Contents]:
    """Everything that the tables hold, to be compared before and after, but how many unknown keys came, and how many
    numbers were taken: what comes to nothing leaves its own out."""

    def read() -> Contents:
        names = {model.Meta.table_name for model in MODELS}
        return {name: _items(name) for name in names}

    return read


def _items(table: str) -> list[str]:
    answer = shared().dispatch("Scan", {"TableName": table, "ConsistentRead": True})
    assert "LastEvaluatedKey" not in answer
    return sorted(json.dumps(item, default=str, sort_keys=True) for item in answer["Items"] if not _is_count(item))


def _is_count(item: dict[str, dict[str, str]]) -> bool:
    """Whether an item counts unknown keys, or numbers that were taken."""
    owner, key = (item.get(name, {}).get("S", "") for name in ("owner", "key"))
    return owner.startswith("source#") or (key.startswith("number#") and key.count("#") == 2)


class _Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What was logged as an error, by us or by Chalice."""
    handler, logger = _Kept(), logging.getLogger("tocsin")
    logger.addHandler(handler)
    yield handler.lines
    logger.removeHandler(handler)


@pytest.fixture
def quiet(complaints: list[str]) -> Iterator[None]:
    """Nothing that the test does is logged as an error."""
    yield
    assert complaints == []


@pytest.fixture
def channel(api: Api) -> Callable[..., dict[str, Any]]:
    """Makes channels: an e-mail channel unless told otherwise."""

    def make(name: str = "Ops", kind: str = "email", **settings: Any) -> dict[str, Any]:
        settings = settings or {"address": "ops@example.org"}
        answer = api.post("/api/v1/channels/", json={"kind": kind, "name": name, "settings": settings})
        assert answer.status == 201, answer.text
        return dict(answer.json)

    return make
