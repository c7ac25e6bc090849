"""Requests that lead the function of the API down all its ways."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import app
from chalicelib import store
from chalicelib.core.check import Channel, Check, Signal
from chalicelib.monitor.intake import pings
from chalicelib.monitor.memory import Memory
from chalicelib.monitor.services import Services
from tests.api.client import Api
from tests.boards import dashboard, panel
from tests.conftest import NOW, Clock
from tests.definitions import alert, command

# Calls an event function of app.py, with the messages that it is given.
Invoke = Callable[..., None]


def ping(services: Services, check: Check, body: bytes = b"") -> None:
    signal = Signal("success", services.clock(), body=body)
    pings.receive(services, pings.Address(code=check.code), signal)


def fresh() -> None:
    """The process that serves remembers nothing, as one that has just begun."""
    store.connect(app.SERVICES.settings)
    app.SERVICES.memory = Memory()


def speak_of_devices(api: Api) -> None:
    """A device from its making to its end, with a maintenance and a look at one result."""
    key = {"alertra-api-key": api.key}
    sent = json.dumps({"FullName": "Web", "URL": "https://example.org/"}).encode()
    made = api.call("POST", "/v1.1/devices", key="", headers=key, data=sent).json["device_id"]
    for method, path in (
        ("PUT", "/start-maintenance"),
        ("PUT", "/stop-maintenance"),
        ("GET", "/uptime"),
        ("GET", f"/checks/{'0' * 48}"),
        ("GET", "/daily"),
        ("DELETE", ""),
    ):
        assert api.call(method, f"/v1.1/devices/{made}{path}", key="", headers=key).status in (200, 404)


def speak_of_metrics(api: Api, breach: Callable[[str], None]) -> None:
    """Points in, an alert that they nudge and break, and the series deleted."""
    key = {"authorization": f"Bearer {api.key}"}
    alert = {"name": "Load", "metric": "load", "alert_criteria": {"type": "above", "above_value": 5}}
    made = api.call("POST", "/v2/alerts", key="", headers=key, data=json.dumps(alert).encode()).json["id"]
    breach(made)
    fresh()
    yesterday = int((NOW - timedelta(days=1)).timestamp())
    for method, path, data in (
        ("GET", f"/v2/alerts/{made}", None),
        ("POST", "/api/v1/sink", b"load 9"),
        ("POST", "/api/v1/sink", f"load 9 {yesterday}".encode()),
        ("POST", f"/v2/alerts/{made}/muted", b'{"duration": 5}'),
        ("GET", "/render?target=load", None),
        ("POST", "/api/v1/metric/delete?pattern=load", None),
        ("DELETE", f"/v2/alerts/{made}", None),
    ):
        answer = api.call(method, path, key="", headers=key, data=data)
        assert answer.status in (200, 202), (path, answer.text)


TRIAL = {"check_command": "1", "alert_condition": "> 0", "entities": [{"type": "host"}]}


def speak_of_entities(api: Api) -> None:
    """An entity, definitions, a downtime, a dashboard and a group from their making to their end."""
    key = {"authorization": f"Bearer {api.key}"}
    for method, path, data in (
        ("PUT", "/api/v1/entities", b'{"id": "web-1", "type": "host"}'),
        ("PUT", "/api/v1/entities", b'{"id": "web-1", "type": "host", "port": 1}'),
        ("GET", "/api/v1/entities", None),
        ("GET", "/api/v1/entities/web-1", None),
        ("POST", "/rest/entity-filters", b"{}"),
        ("POST", "/rest/scheduleTrialRun", json.dumps(TRIAL).encode()),
        *_definitions(),
        ("DELETE", "/api/v1/entities/web-1", None),
        (
            "POST",
            "/api/v1/downtimes",
            b'{"comment": "-", "recurring": {"at": "2:00", "duration": 1}, "entities": ["db-1"]}',
        ),
        ("GET", "/rest/downtimes", None),
        ("POST", "/api/v1/dashboard", b'{"name": "Cities"}'),
        ("GET", "/api/v1/dashboard/1", None),
        ("PUT", "/api/v1/groups/ops/active/ann", None),
        ("GET", "/api/v1/groups", None),
        ("GET", "/api/v1/quick-search", None),
        ("GET", "/api/v1/status", None),
        ("GET", "/api/v1/status/alert/1,2/", None),
        ("GET", "/rest/allAlerts", None),
    ):
        answer = api.call(method, path, key="", headers=key, data=data)
        assert answer.status == 200, (path, answer.text)


def speak_of_alerts(api: Api) -> None:
    """The alerts of all dialects, the pause of one, and a channel from its making to its end."""
    key = {"authorization": f"Bearer {api.key}"}
    channel = b'{"name": "Night", "type": "email", "settings": {"addresses": "night@example.org"}}'
    number = json.loads(api.call("POST", "/api/alert-notifications", key="", headers=key, data=channel).text)["id"]
    alert = json.loads(api.call("GET", "/api/alerts", key="", headers=key).text)[0]["id"]
    board, other = (_json({"dashboard": dashboard(panel(one), uid="shop"), "overwrite": True}) for one in (1, 2))
    for method, path, data in (
        ("GET", f"/api/alerts/{alert}", None),
        ("POST", f"/api/alerts/{alert}/pause", b'{"paused": true}'),
        ("POST", "/api/admin/pause-all-alerts", b'{"paused": false}'),
        ("PUT", f"/api/alert-notifications/{number}", channel),
        ("POST", "/api/alert-notifications/test", channel),
        ("DELETE", f"/api/alert-notifications/{number}", None),
        ("POST", "/api/dashboards/db", board),
        ("POST", "/api/dashboards/db", other),
        ("POST", "/api/alerts/test", _json({"dashboard": dashboard(panel()), "panelId": 1})),
        ("GET", "/api/dashboards/uid/shop", None),
        ("GET", "/api/search", None),
        ("DELETE", "/api/dashboards/db/shop", None),
        ("GET", "/api/health", None),
        ("GET", "/api/org", None),
    ):
        answer = api.call(method, path, key="", headers=key, data=data)
        assert answer.status == 200, (path, answer.text)


def _definitions() -> list[tuple[str, str, bytes | None]]:
    """A command that comes to be run for others, and an alert on it that comes to be told to others."""
    told, others = (
        alert(check_definition_id=2, notifications=[f"send_mail('{name}@example.org')"]) for name in ("ann", "bob")
    )
    return [
        ("POST", "/api/v1/check-definitions", _json(command(name="Other"))),
        ("POST", "/api/v1/alert-definitions", _json(told)),
        ("PUT", "/api/v1/alert-definitions/2", _json(others)),
        ("POST", "/api/v1/check-definitions/2", _json(command(name="Other", entities=[{"type": "city"}]))),
        ("GET", "/api/v1/checks/all-active-alert-definitions", None),
        ("GET", "/rest/alertNotifications?id=2", None),
        ("DELETE", "/api/v1/alert-definitions/2", None),
        ("DELETE", "/api/v1/check-definitions/2", None),
    ]


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


def manage_channels(api: Api, audience: list[Channel]) -> None:
    for channel in audience:
        api.post(f"/api/v1/channels/{channel.code}/test")
    made = api.post("/api/v1/channels/", json={"kind": "sms", "settings": {"number": "+37120000000"}})
    api.post(f"/api/v1/channels/{made.json['id']}", json={"name": "Night shift"})


def manage_checks(api: Api) -> dict[str, Any]:
    made = api.check(name="Nightly", timeout=60, grace=60, channels="*")
    api.post(f"/api/v1/checks/{made['uuid']}", json={"name": "Weekly", "slug": "weekly"})
    api.post(f"/api/v1/checks/{made['uuid']}/pause")
    api.post(f"/api/v3/checks/{made['uuid']}/resume")
    return made


def send_pings(api: Api, made: dict[str, Any], key: str, clock: Clock) -> None:
    for action in ("", "/start", "/fail", ""):
        api.ping(made, action, data=b"some output", method="POST")
        api.ping(made, action)
    # A check that is up and redefined to be due before the next sweep is announced to those who decide.
    clock.move(seconds=50)
    api.post(f"/api/v1/checks/{made['uuid']}", json={"timeout": 61, "grace": 60})
    api.call("GET", f"/ping/{key}/fresh?create=1", key="")
    api.call("GET", f"/ping/{key}/fresh", key="")


def read_all(api: Api, made: dict[str, Any], audience: list[Channel]) -> None:
    for path in ("", "/pings/", "/pings/1/body", "/flips/"):
        assert api.get(f"/api/v3/checks/{made['uuid']}{path}").status == 200
    for path in ("checks/", "channels/", "badges/", "status/", f"channels/{audience[0].code}/notifications/"):
        assert api.get(f"/api/v3/{path}").status == 200
    assert api.get("/metrics").status == 200
