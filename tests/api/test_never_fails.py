"""Whatever is sent to any operation of any dialect, the answer is one that the document has, and never a fault of ours.

What the document says may be sent is sent, and what is nearly that; the dialects' own tests go deeper.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from chalicelib.monitor.services import Services
from tests.api import anything, fitting
from tests.api.alertra.conftest import WEB
from tests.api.anything import TEXT, VALUE
from tests.api.client import Api
from tests.api.hostedgraphite.conftest import ABOVE
from tests.conftest import Queues

pytestmark = pytest.mark.usefixtures("quiet")
few = settings(anything.careful, max_examples=max(settings().max_examples // 6, 1))

Operation = dict[str, Any]
Schema = dict[str, Any]

OPERATIONS = [
    pytest.param(method.upper(), path, operation, id=operation["operationId"])
    for path, methods in fitting.document()["paths"].items()
    for method, operation in methods.items()
    # These answer alike in three versions; what is one version's own is tested there.
    if not path.startswith(("/api/v2/", "/api/v3/"))
]
SENDABLE = some.text(some.characters(codec="utf-8"), max_size=12)
LIKELY = some.sampled_from(
    ["0", "1", "-1", "9" * 30, "*", "", "code", "Y", "xml", "a.*", "-1h", "2026-11-21", "up", "["]
)


def like(schema: Schema) -> some.SearchStrategy[Any]:
    """What the schema describes."""
    if "$ref" in schema:
        return like(fitting.document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    if "anyOf" in schema:
        return some.one_of([like(one) for one in schema["anyOf"]])
    if "enum" in schema:
        return some.sampled_from(schema["enum"])
    if "properties" in schema:
        nearly = {name: like(one) | VALUE for name, one in schema["properties"].items()}
        return some.fixed_dictionaries({}, optional=nearly)
    return KINDS.get(schema.get("type", ""), lambda _: VALUE)(schema)


def _text(schema: Schema) -> some.SearchStrategy[Any]:
    return TEXT | LIKELY | some.just("a" * schema.get("maxLength", 20))


def _whole(schema: Schema) -> some.SearchStrategy[Any]:
    return some.integers(schema.get("minimum", -1), schema.get("maximum", 10**12))


KINDS: dict[str, Any] = {
    "string": _text,
    "integer": _whole,
    "number": lambda _: some.floats() | some.integers(),
    "boolean": lambda _: some.booleans(),
    "null": lambda _: some.none(),
    "array": lambda schema: some.lists(like(schema.get("items", {})), max_size=3),
    "object": lambda schema: some.dictionaries(TEXT, like(schema.get("additionalProperties", {})), max_size=3),
}


@pytest.fixture
def made(api: Api, services: Services) -> dict[str, str]:
    """One thing of each kind, by the word that stands before it in a path."""
    check = api.check(name="Backup", tags="a")
    api.ping(check, "/start", method="POST", data=b"begun")
    settings = {"kind": "email", "name": "Ops", "settings": {"address": "ops@example.org"}}
    channel = api.post("/api/v1/channels/", json=settings).json["id"]
    device = ask(api, "POST", "/v1.1/devices", WEB)["device_id"]
    window = ask(api, "POST", f"/v1.1/devices/{device}/maintenance", {"At": "01:00", "Duration": "01:00"})["window_id"]
    ask(api, "POST", "/api/v1/sink", "a;b=c 1")
    found = {"alerts": ask(api, "POST", "/v2/alerts/", ABOVE)["id"], "notifications": channel, "notification": channel}
    mute = {"name": "Nights", "start_time": "22:00", "duration": 60}
    found["schedules"] = ask(api, "POST", "/v2/schedules/", mute)["id"]
    page = api.get(f"/api/v1/checks/{check['uuid']}/page").json["page_url"].rpartition("/")[2]
    found |= {"checks": check["uuid"], "channels": channel, "devices": device, "maintenance": window, "pings": "1"}
    email = {"name": "Night", "type": "email", "settings": {"addresses": "night@example.org"}}
    found["uid"] = ask(api, "POST", "/api/alert-notifications", email)["uid"]
    found |= {"alert-notifications": "2", "alerts-notifications": "2"}
    return found | {"ping": check["uuid"], "tags": "b", "b": "2", "badge": "x", "status": page}


def ask(api: Api, method: str, path: str, body: object) -> Any:
    data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    answer = api.call(method, path, data=data, headers=bearer(api) | {"Content-Type": "application/json"})
    assert answer.status < 300, answer.text
    return json.loads(answer.text or "null")


def bearer(api: Api) -> dict[str, str]:
    return {"Authorization": f"Bearer {api.key}"}


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS)
@few
@given(data=some.data())
def test_any_call(
    method: str, path: str, operation: Operation, data: Any, api: Api, made: dict[str, str], queues: Queues
) -> None:
    target = "/".join(_parts(path, made, data))
    query = {
        one["name"]: data.draw(SENDABLE | LIKELY) for one in operation.get("parameters", []) if one["in"] == "query"
    }
    wanted = data.draw(some.sets(some.sampled_from(sorted(query)))) if query else set()
    body, headers = b"", bearer(api)
    if "requestBody" in operation:
        ((media_type, content), *_) = operation["requestBody"]["content"].items()
        body = _body(data, media_type, content["schema"])
        headers |= {"Content-Type": media_type}
    asked = urlencode({name: query[name] for name in sorted(wanted)})
    answer = api.call(method, f"{target}?{asked}", data=body or None, headers=headers)
    assert answer.status < 500 or answer.status == 502, answer.text
    queues.work()


def _parts(path: str, made: dict[str, str], data: Any) -> list[str]:
    """The parts of a path: mostly what exists, sometimes anything."""
    found, before = [], ""
    for part in path.split("/"):
        if part.startswith("{"):
            odd = data.draw(some.integers(0, 3)) == 0
            part = quote(data.draw(SENDABLE), safe="") if odd else made.get(before, "x")
        found.append(part)
        before = part
    return found


def _body(data: Any, media_type: str, schema: Schema) -> bytes:
    if media_type != fitting.JSON:
        return bytes(data.draw(some.binary(max_size=60)))
    return json.dumps(data.draw(like(schema) | VALUE)).encode()
