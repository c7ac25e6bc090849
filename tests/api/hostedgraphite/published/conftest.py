"""What the examples speak of: alerts, mutes and channels with the ids that stand in the examples' places."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.monitor.clocks import tick
from chalicelib.monitor.services import Services
from tests.api.client import Answer
from tests.api.hostedgraphite.conftest import Caller
from tests.api.hostedgraphite.published.examples import IDS, request
from tests.conftest import Clock, Queues


class Stage:
    """Sets up what an example shows, and sends what it sends."""

    def __init__(self, caller: Caller, services: Services, queues: Queues, clock: Clock) -> None:
        self.caller, self.services, self.queues, self.clock = caller, services, queues, clock

    def send(self, name: str, *, ids: bool = True, **changes: Any) -> Answer:
        """Sends the request of an example, with `changes` in it."""
        found = request(name, ids=ids) | changes
        assert found.pop("user") == "YOUR-API-KEY"
        body = found.get("body")
        data = None if body is None else body.encode()
        return self.caller.call(found["method"], found["path"], data=data, headers=found.get("headers"))

    def alert(self, spelling: str, **fields: Any) -> str:
        return self._named(spelling, lambda: self.caller.alert(**fields))

    def channel(self, spelling: str, description: str) -> str:
        given = {"type": "email", "description": description, "destination": "ops@example.org"}
        return self._named(spelling, lambda: self._made("/v2/notifications/", given))

    def mute(self, spelling: str) -> str:
        """A scheduled mute that does not hold at noon."""
        given = {"name": spelling, "start_time": "03:00", "duration": 60, "repeat": ["sun"]}
        return self._named(spelling, lambda: self._made("/v2/schedules/", given))

    def _made(self, path: str, given: dict[str, Any]) -> str:
        answer = self.caller.post(path, given)
        assert answer.status == 201, answer.text
        return str(answer.json["id"])

    def _named(self, spelling: str, make: Callable[[], str]) -> str:
        """What `make` makes gets the id that stands in the examples in place of `spelling`."""
        others, codes = self.services.new_code, iter([IDS[spelling]])
        self.services.new_code = lambda: next(codes, None) or others()
        self.clock.move(seconds=1)
        code = make()
        self.services.new_code = others
        assert code == IDS[spelling]
        return code

    def push(self, **values: float | None) -> None:
        """Points of now, and half a minute and some seconds in which they are judged."""
        lines = [f"{name.replace('__', '.')} {value}" for name, value in values.items() if value is not None]
        if lines:
            assert self.caller.send(*lines).status == 202
        self.queues.work()
        self.clock.move(seconds=36)
        self.queues.work()

    def wait(self, minutes: int = 1) -> None:
        """Lets minutes pass in which no points come."""
        for _ in range(minutes):
            self.clock.move(minutes=1)
            tick.run(self.services)
            self.queues.work()


@pytest.fixture
def stage(graphite: Caller, services: Services, queues: Queues, clock: Clock) -> Stage:
    return Stage(graphite, services, queues, clock)
