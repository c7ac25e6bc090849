"""Every function is led down all its ways, and what it calls in AWS is exactly what its policy allows."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from chalice.config import Config
from chalice.local import LocalGateway
from chalice.test import Client

import app
from chalicelib import http
from chalicelib.core.check import Channel, Check, Signal
from chalicelib.monitor import channels, manage, pings, projects, sweep
from chalicelib.monitor.house import House
from chalicelib.store import history, queues
from chalicelib.store.faults import StoreFault
from tests.api.client import Api
from tests.conftest import Clock, Queues
from tests.shape.calls import Calls
from tests.shape.test_template_policies import LOGGING, POLICIES, TAKING

# What Lambda does in the function's name.
BY_LAMBDA = LOGGING | TAKING

Invoke = Callable[..., None]


def allowed(function: str) -> dict[str, set[str]]:
    """What the function itself may call."""
    rest = {resource: actions - BY_LAMBDA for resource, actions in POLICIES[function].items()}
    return {resource: actions for resource, actions in rest.items() if actions}


@pytest.fixture(autouse=True)
def app_in_this_house(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "HOUSE", house)
    http.serve(app.app, house)


@pytest.fixture
def calls(house: House) -> Calls:
    return Calls(house.settings.resource(""))


@pytest.fixture
def invoke(calls: Calls) -> Invoke:
    """Calls an event function of app.py as a fresh process would run it, with messages if it takes them."""
    client = Client(app.app)
    minute = {"version": "0", "account": "1", "region": "r", "detail": {}, "detail-type": "t", "source": "s", "id": "e"}
    minute |= {"time": "2026-11-21T12:00:00Z", "resources": []}

    def call(name: str, *messages: dict[str, Any]) -> None:
        bodies = [json.dumps(message) for message in messages]
        fresh()
        with calls.recorded():
            client.lambda_.invoke(name, client.events.generate_sqs_event(bodies, "queue") if bodies else minute)

    return call


def fresh() -> None:
    """Forgets every check, and where the queues are."""
    queues.forget()
    pings.forget()


SETTINGS = {
    "email": {"address": "ops@example.org"},
    "sms": {"number": "+37120000000"},
    "sns": {"topic": "arn:aws:sns:eu-north-1:123456789012:news"},
    "webhook": {"url_down": "http://127.0.0.1:1/", "url_up": "http://127.0.0.1:1/"},
}


@pytest.fixture
def audience(house: House, keyring: projects.Keyring) -> list[Channel]:
    """A channel of each kind. The webhook leads nowhere; the mail is repeated while a check is down."""
    boto3.client("sns").create_topic(Name="news")
    made = [channels.create(house, keyring.project, kind, kind, dict(SETTINGS[kind]), 0) for kind in SETTINGS]
    return [channels.change(made[0], {"remind": 300}), *made[1:]]


@pytest.fixture
def check(house: House, keyring: projects.Keyring, audience: list[Channel]) -> Check:
    """A check that everybody is told of; it is up, and down two minutes after its last ping."""
    everybody = tuple(channel.code for channel in audience)
    values = {"name": "Backup", "slug": "backup", "timeout": 60, "grace": 60, "channels": everybody}
    made = manage.create(house, keyring.project, values)
    ping(house, made)
    return made


def ping(house: House, check: Check, body: bytes = b"") -> None:
    signal = Signal("success", house.clock(), body=body)
    pings.receive(house, pings.Address(code=check.code), signal)


def nowhere(*_: Any, **__: Any) -> None:
    raise StoreFault("out of reach")


def test_the_sweep(
    house: House, check: Check, clock: Clock, invoke: Invoke, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.move(minutes=2)
    invoke("sweep_due")
    clock.move(seconds=40)
    invoke("sweep_due")
    # Without its queue the sweep delivers by itself: what is due, in order, with the retries and the reminders.
    monkeypatch.setattr(queues, "send_all", nowhere)
    invoke("sweep_due")
    ping(house, check, b"back")
    clock.move(seconds=40)
    invoke("sweep_due")
    assert calls.needed == allowed("sweep_due")


def test_the_deliverer(house: House, check: Check, clock: Clock, queues: Queues, invoke: Invoke, calls: Calls) -> None:
    clock.move(minutes=2)
    sweep.expire(house, check.project, check.code)
    invoke("deliver_news", *queues.take("news"))
    ping(house, check, b"back")
    invoke("deliver_news", *queues.take("news"))
    assert calls.needed == allowed("deliver_news")


def test_the_chores(
    house: House,
    keyring: projects.Keyring,
    check: Check,
    audience: list[Channel],
    clock: Clock,
    queues: Queues,
    invoke: Invoke,
    calls: Calls,
) -> None:
    kept = keep_pings(house, keyring, check)
    invoke("do_chores", *kept)
    clock.move(seconds=50)
    invoke("do_chores", {"do": "unassign", "project": check.project, "channel": audience[0].code})
    clock.move(seconds=70)
    invoke("do_chores", {"do": "expire", "project": check.project, "code": check.code})
    invoke("do_chores", {"do": "purge", "owner": check.code})
    assert calls.needed == allowed("do_chores")


def keep_pings(house: House, keyring: projects.Keyring, check: Check) -> list[dict[str, Any]]:
    """The messages of pings that DynamoDB could not take, wholly or in part."""
    queue = Queues(house)
    address = pings.Address(key_hash=projects.hash_of(keyring.keys["ping"]), slug="fresh")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pings, "_find", nowhere)
        pings.receive(house, address, Signal("success", house.clock()), create=True)
        ping(house, check, b"kept")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(history, "record", nowhere)
        ping(house, check, b"recorded later")
    return queue.take("chores")


def test_the_api(
    keyring: projects.Keyring, audience: list[Channel], calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh()
    api = Api(LocalGateway(app.app, Config()), keyring.keys["write"])
    with calls.recorded():
        manage_channels(api, audience)
        made = manage_checks(api)
        send_pings(api, made, keyring.keys["ping"])
        read_all(api, made, audience)
        api.delete(f"/api/v1/checks/{made['uuid']}")
        # Without its queue the API cleans up by itself.
        monkeypatch.setattr(queues, "send", nowhere)
        api.delete(f"/api/v1/checks/{api.check(name='short-lived')['uuid']}")
        api.delete(f"/api/v1/channels/{audience[0].code}")
    assert calls.needed == allowed("api_handler")


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


def send_pings(api: Api, made: dict[str, Any], key: str) -> None:
    for action in ("", "/start", "/fail", ""):
        api.ping(made, action, data=b"some output", method="POST")
        api.ping(made, action)
    # A check that is up and redefined to be due at once is announced to the sweep.
    api.post(f"/api/v1/checks/{made['uuid']}", json={"timeout": 60, "grace": 60})
    api.call("GET", f"/ping/{key}/fresh?create=1", key="")


def read_all(api: Api, made: dict[str, Any], audience: list[Channel]) -> None:
    for path in ("", "/pings/", "/pings/1/body", "/flips/"):
        assert api.get(f"/api/v3/checks/{made['uuid']}{path}").status == 200
    for path in ("checks/", "channels/", "badges/", "status/", f"channels/{audience[0].code}/notifications/"):
        assert api.get(f"/api/v3/{path}").status == 200
