"""The published document's own examples: requests as they stand there, answers as they stand there."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from chalicelib.probes.base import Outcome, Phases
from tests.api.alertra.conftest import Caller, Engine, Look, check_of
from tests.api.client import Answer
from tests.conftest import Clock, Story


def example(name: str) -> dict[str, Any]:
    return dict(json.loads((Path(__file__).parent / f"{name}.json").read_text()))


def asked(alertra: Caller, found: dict[str, Any], device: dict[str, Any]) -> Answer:
    path = found["path"].replace("<YOUR-DEVICE-ID>", device["device_id"]).replace("<DEVICE_ID>", device["device_id"])
    return alertra.call(found["method"], path, found.get("body"), headers=found.get("headers"))


def test_automate_maintenance(alertra: Caller) -> None:
    found, device = example("start_maintenance"), alertra.device()
    answer = asked(alertra, found, device)
    assert answer.status == found["status"]
    assert alertra.get(f"/devices/{device['device_id']}").json["Status"] == "Maintenance"


def test_get_uptime_statistics(alertra: Caller, look: Look, clock: Clock) -> None:
    found = example("uptime")
    clock.now = datetime(2014, 1, 1, tzinfo=UTC)
    device = alertra.device(Retries=0)
    look(device)
    clock.move(days=10)
    look(device, fails="no answer")
    clock.move(seconds=386)
    look(device)
    clock.now = datetime(2014, 1, 1, tzinfo=UTC) + timedelta(seconds=3_600_941 + 386)
    answer = asked(alertra, found, device)
    assert answer.status == found["status"]
    uptime = answer.json["Uptime"]
    assert uptime.pop("UnknownSeconds") == 0
    assert list(answer.json) == ["Uptime"]
    assert list(uptime.items()) == list(found["answer"]["Uptime"].items())


def test_get_check_data(story: Story, alertra: Caller, look: Look, engine: Engine) -> None:
    """The sample's times are those of a probe without phases, all of them its last."""
    found = example("checks")
    (sample,) = found["answer"]
    story.clock.now = datetime.fromisoformat(sample["Timestamp"]).astimezone(UTC)
    story.services.settings = replace(story.services.settings, location=sample["Location"])
    device = alertra.device(URL=None, Method="TCP", HostData={"Host": "example.org", "Port": 25})
    look(device)
    engine.outcome = Outcome(True, "220 ready", Phases(ttlb=sample["RequestTime"]))
    story.clock.move(minutes=1)
    from chalicelib.monitor.looking import probing

    check = check_of(story.keyring, device)
    at = int(story.clock.now.timestamp() * 1000)
    probing.work(story.services, {"at": at, "checks": [[check.project, check.code]]})
    answer = asked(alertra, found, device)
    assert answer.status == found["status"]
    (shown,) = answer.json
    assert len(shown.pop("check_id")) == 48
    assert shown.pop("CheckResult") == "220 ready"
    assert datetime.fromisoformat(shown.pop("Timestamp")) == story.clock.now
    assert shown == {key: value for key, value in sample.items() if key not in ("check_id", "Timestamp")}
