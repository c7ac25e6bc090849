"""An entity with a real web server, from the first definition to the mail about its end."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar

import pytest

from tests.api.zmon.conftest import Caller
from tests.conftest import Story


class Load(http.server.BaseHTTPRequestHandler):
    """Answers how much its machine has to do."""

    now: ClassVar[float] = 1.0

    def do_GET(self) -> None:
        body = json.dumps({"load": Load.now}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def port() -> Iterator[int]:
    Load.now = 1.0
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Load) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@dataclass
class Machine:
    """web-1, watched by an alert on its load."""

    zmon: Caller
    story: Story
    port: int
    alert: int = field(init=False)

    def __post_init__(self) -> None:
        self._ask("PUT", "/entities", {"id": "web-1", "type": "host", "host": "127.0.0.1", "port": self.port})
        check = self._ask(
            "POST",
            "/check-definitions",
            {
                "name": "Load",
                "owning_team": "ops",
                "description": "What it has to do",
                "interval": 60,
                "entities": [{"type": "host"}],
                "status": "ACTIVE",
                "last_modified_by": "ops",
                "command": f"http('http://127.0.0.1:{self.port}/').json()['load']",
            },
        )
        made = self._ask(
            "POST",
            "/alert-definitions",
            {
                "name": "Load is {load:.1f}",
                "description": "Too much",
                "team": "ops",
                "responsible_team": "ops",
                "entities": [],
                "entities_exclude": [],
                "condition": "capture(load=value) > 5",
                "priority": 1,
                "notifications": ["send_mail('ops@example.org')"],
                "check_definition_id": check["id"],
                "status": "ACTIVE",
                "template": False,
                "last_modified_by": "ops",
            },
        )
        self.alert = made["id"]

    def has(self, load: float, minutes: int = 2) -> None:
        """Its load is this from now on, and some minutes pass."""
        Load.now = load
        for _ in range(minutes):
            self.story.tick()
            self.story.queues.until(self.story.clock.now + timedelta(minutes=1))
            self.story.queues.sweep()
            self.story.queues.work()

    def downtime(self, minutes: int) -> Any:
        end = self.story.clock.now + timedelta(minutes=minutes)
        return self._ask(
            "POST", "/downtimes", {"comment": "Upgrade", "end_time": end.timestamp(), "entities": ["web-1"]}
        )

    def status(self) -> Any:
        return self._ask("GET", f"/status/alert/{self.alert}/")

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        answer = self.zmon.call(method, path, body) if body is not None else self.zmon.call(method, path)
        assert answer.status == 200, answer.text
        return answer.json if answer.text else None


@pytest.fixture
def machine(zmon: Caller, story: Story, port: int) -> Machine:
    return Machine(zmon, story, port)


def test_a_load_that_rises_and_falls_is_told_with_what_was_captured(machine: Machine) -> None:
    machine.has(1.0)
    assert machine.story.sent.subjects == []
    machine.has(7.25)
    machine.has(2.0)
    assert machine.story.sent.subjects == ["DOWN | Load is 7.3 on web-1", "UP | Load is 7.3 on web-1"]
    assert {address for mail in machine.story.sent.mails for address in mail.to} == {"ops@example.org"}


def test_a_problem_that_outlives_its_downtime_is_told_when_that_ends(machine: Machine) -> None:
    machine.has(1.0)
    machine.downtime(minutes=10)
    machine.has(9.0, minutes=5)
    assert machine.story.sent.subjects == []
    machine.has(9.0, minutes=6)
    assert machine.story.sent.subjects == ["DOWN | Load is 9.0 on web-1"]
    machine.has(1.0)
    assert machine.story.sent.subjects[1:] == ["UP | Load is 9.0 on web-1"]


def test_a_problem_that_ends_in_its_downtime_is_told_to_nobody(machine: Machine) -> None:
    machine.has(1.0)
    machine.downtime(minutes=10)
    machine.has(9.0, minutes=4)
    machine.has(1.0, minutes=10)
    assert machine.story.sent.subjects == []
