"""A check of every dialect, told through one channel, seen in one list and paused from there: on real sockets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.monitor.clocks import tick
from tests import definitions
from tests.api.alertra.conftest import Caller as Alertra
from tests.api.client import Answer, Api
from tests.api.grafana.conftest import Caller as Grafana
from tests.api.hostedgraphite.conftest import Caller as Graphite
from tests.api.zmon.conftest import Caller as Zmon
from tests.channels.servers import Received, Reply, Server, serving
from tests.conftest import Story

NAMES = ["Backup", "Load", "Queue", "Web"]
FAILING = [("Backup", "alerting"), ("Load on web-1", "alerting"), ("Queue", "alerting"), ("Web", "alerting")]
PAUSED = {"Backup": "paused", "Load": "INACTIVE", "Queue": ("healthy", True, None), "Web": "Inactive"}
AWAKE = {"Backup": "new", "Load": "ACTIVE", "Queue": ("healthy", False, 0), "Web": "Checking"}


def _of_all(state: str) -> dict[str, str]:
    return dict.fromkeys(NAMES, state)


@dataclass
class House:
    """What is watched: a job, a machine that says what it has to do, a queue's length, and a web site. `well` says
    whether all of it is; `machine` is the site, and where the machine says it; `receiver` is told."""

    api: Api
    story: Story
    receiver: Server
    machine: Server
    well: bool = True
    ids: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        clock, key = self.story.clock, self.api.key
        self.grafana, self.alertra = Grafana(self.api, key), Alertra(self.api, key)
        self.graphite, self.zmon = Graphite(self.api, key, clock), Zmon(self.api, key)
        self.machine.plays = self._answers
        settings = {"url": self.receiver.url("/told")}
        self.channel = self.grafana.notification(name="Ops", type="webhook", settings=settings)
        self.backup = self.api.check(name="Backup", timeout=3600, grace=3600, channels=self.channel["uid"])
        url = self.machine.url("/")
        self.web = self.alertra.device(FullName="Web", URL=url, Contacts=[self.channel["uid"]], Frequency=60)
        self.queue = self.graphite.alert(
            name="Queue",
            metric="queue.length",
            notification_type=["state_change"],
            alert_criteria={"type": "above", "above_value": 5},
            notification_channels=["Ops"],
        )
        self._asked(self.zmon.put("/entities", {"id": "web-1", "type": "host"}))
        command = definitions.command(command=f"http('{self.machine.url('/load')}').json()['load']")
        check = self._asked(self.zmon.post("/check-definitions", {**command, "last_modified_by": "ann"}))
        load = definitions.alert(
            name="Load",
            condition="> 5",
            check_definition_id=check["id"],
            notifications=["notify_channel('Ops')"],
            last_modified_by="ann",
        )
        self.load: int = self._asked(self.zmon.post("/alert-definitions", load))["id"]

    def _answers(self, asked: Received) -> Reply:
        if asked.path == "/load":
            return Reply(body=json.dumps({"load": 1 if self.well else 9}).encode())
        return Reply(200 if self.well else 500)

    @staticmethod
    def _asked(answer: Answer) -> Any:
        assert answer.status == 200, answer.text
        return answer.json if answer.text else None

    def live(self, *, well: bool, minutes: int = 2, ping: bool = True) -> None:
        """Everything is well from now on or nothing is, and some minutes pass."""
        self.well = well
        for _ in range(minutes):
            if ping:
                self.api.ping(self.backup, "" if well else "/fail")
            self.graphite.send(f"queue.length {1 if well else 9}")
            tick.run(self.story.services)
            self.story.queues.until(self.story.clock.now + timedelta(minutes=1))
            self.story.queues.sweep()
            self.story.queues.work()

    def told(self) -> list[tuple[str, str]]:
        """The receiver's messages since it was asked last: names and states."""
        told = [json.loads(one.body) for one in self.receiver.received]
        self.receiver.received.clear()
        return sorted((one["ruleName"], one["state"]) for one in told)

    def number(self, name: str) -> int:
        return next(int(one["id"]) for one in self.grafana.alerts() if one["name"] == name)

    def in_dialects(self) -> dict[str, Any]:
        """What each dialect says of its own."""
        muted = self.graphite.get(f"/v2/alerts/{self.queue}/muted").json
        return {
            "Backup": self.api.shown(self.backup)["status"],
            "Load": self.zmon.get(f"/alert-definitions/{self.load}").json["status"],
            "Queue": (self.graphite.shown(self.queue)["status"], muted["muted"], muted["duration"]),
            "Web": self.alertra.get(f"/devices/{self.web['device_id']}").json["Status"],
        }


@pytest.fixture
def house(api: Api, story: Story) -> Iterator[House]:
    with serving() as receiver, serving() as machine:
        yield House(api, story, receiver, machine)


def test_all_that_fails_stands_in_one_list_and_is_told_through_one_channel(house: House) -> None:
    house.live(well=True)
    assert (house.grafana.states(), house.told()) == (_of_all("ok"), [])
    house.live(well=False)
    assert house.grafana.names("?state=alerting") == NAMES
    found = {one["name"]: one["evalData"]["evalMatches"] for one in house.grafana.alerts()}
    assert {name: [(one["metric"], one["value"]) for one in matches] for name, matches in found.items()} == {
        "Backup": [],
        "Load": [("web-1", 9)],
        "Queue": [("queue.length", 9)],
        "Web": [(house.machine.url("/"), None)],
    }
    assert house.told() == FAILING
    house.live(well=True)
    assert house.grafana.states() == _of_all("ok")
    assert house.told() == [(name, "ok") for name, _ in FAILING]


def test_whatever_fails_is_paused_in_one_list_and_seen_so_in_its_dialect(house: House) -> None:
    house.live(well=False)
    house.told()
    for one in house.grafana.alerts():
        assert house.grafana.pause(one["id"])["message"] == "alert paused"
    assert (house.grafana.states(), house.in_dialects()) == (_of_all("paused"), PAUSED)
    house.live(well=False, ping=False)
    assert house.grafana.states() == _of_all("paused")
    # The entities of an alert that is paused end, with the word that nobody watches them.
    assert house.told() == [("Load on web-1", "paused")]
    for one in house.grafana.alerts():
        assert house.grafana.pause(one["id"], paused=False)["message"] == "Alert un-paused"
    assert (house.grafana.states(), house.in_dialects()) == (_of_all("unknown"), AWAKE)
    house.live(well=False)
    assert (house.grafana.states(), house.told()) == (_of_all("alerting"), FAILING)


def test_what_the_list_has_paused_runs_again_as_its_dialect_says(house: House) -> None:
    house.live(well=True)
    assert house.grafana.post("/admin/pause-all-alerts", {"paused": True}).json["alertsAffected"] == 4
    assert (house.grafana.states(), house.in_dialects()) == (_of_all("paused"), PAUSED)
    house.story.clock.move(seconds=1)
    house.api.ping(house.backup)
    assert house.graphite.delete(f"/v2/alerts/{house.queue}/muted").status == 200
    assert house.alertra.put(f"/devices/{house.web['device_id']}", {"Active": "Y"}).status == 200
    path = f"/alert-definitions/{house.load}"
    definition = house.zmon.get(path).json
    assert house.zmon.put(path, {**definition, "status": "ACTIVE"}).status == 200
    assert house.grafana.states() == {**_of_all("unknown"), "Backup": "ok"}
    house.live(well=False)
    assert (house.grafana.states(), house.told()) == (_of_all("alerting"), FAILING)


def test_a_channel_is_the_same_in_every_dialect_and_its_end_says_who_is_heard_no_more(house: House) -> None:
    uid = house.channel["uid"]
    (listed,) = house.api.get("/api/v3/channels/").json["channels"]
    assert listed == {"id": uid, "name": "Ops", "kind": "webhook"}
    (listed,) = house.graphite.get("/v2/notifications").json["notifications"]
    assert (listed["id"], listed["description"], listed["type"]) == (uid, "Ops", "webhook")
    (listed,) = house.alertra.get("/contacts").json
    assert (listed["contact_id"], listed["Name"]) == (uid, "Ops")
    (listed,) = house.zmon.get(f"/rest/alertNotifications?id={house.load}").json
    assert (listed["delivered_as"], listed["trouble"]) == ("webhook", None)
    other = house.grafana.notification(name="Night")["uid"]
    both = {"channels": f"{uid},{other}"}
    assert house.api.post(f"/api/v3/checks/{house.backup['uuid']}", both).status == 200
    gone = house.grafana.delete(f"/alert-notifications/{house.channel['id']}").json
    unheard = [{"id": house.number(name), "name": name} for name in ("Web", "Queue", "Load")]
    assert gone == {"message": "Notification deleted", "alertsAffected": 4, "alertsUnheard": unheard}
    assert house.api.shown(house.backup)["channels"] == other
    (listed,) = house.zmon.get(f"/rest/alertNotifications?id={house.load}").json
    assert (listed["delivered_as"], listed["trouble"]) == (None, "there is no channel Ops")
    house.live(well=False)
    assert (house.grafana.states(), house.told()) == (_of_all("alerting"), [])
