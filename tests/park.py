"""A park for tests: entities whose loads a command reads, and alerts on them, kept as the API keeps them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from chalicelib.core import alert_definitions
from chalicelib.core.check import Check, entity_of
from chalicelib.core.commands import command_of, member_code
from chalicelib.core.errors import Missing
from chalicelib.core.kinds import evaluation
from chalicelib.monitor.looking import commands
from chalicelib.monitor.managing import checks as manage
from chalicelib.store import checks, documents, values, wheel
from chalicelib.store.documents import Document, Noun
from tests.conftest import Story

COMMAND = 1
HOST = {"type": "host"}


@dataclass
class Park:
    """`load` of an entity is what the command finds there; "broken" makes it fail."""

    story: Story
    channels: tuple[str, ...] = ()

    @property
    def project(self) -> str:
        return self.story.project

    def entity(self, name: str, load: Any = 1, **more: Any) -> None:
        self._put("entity", name, {"id": name, **HOST, "load": load, **more})

    def remove(self, name: str) -> None:
        documents.delete(documents.get(self.project, "entity", name))

    def command(self, text: str = "entity['load'] / 1", number: int = COMMAND, **more: Any) -> None:
        data = {"name": "Load", "command": text, "interval": 60, "entities": [HOST], "status": "ACTIVE", **more}
        made = self._document("command", str(number), data)
        member = command_of(self.project, number, data).member
        wheel.register(member)
        documents.put(made, self._present("command", str(number)), self._seat(number, member))

    def _seat(self, number: int, member: Any) -> Any:
        if member is None:
            return lambda transaction: wheel.take_off(transaction, self.project, member_code(number))
        return lambda transaction: wheel.put(transaction, self.project, member)

    def alert(self, condition: str = "> 5", number: int = 1, **more: Any) -> Check:
        data: dict[str, Any] = {
            "name": "Load",
            "description": "",
            "team": "ops",
            "responsible_team": "ops",
            "status": "ACTIVE",
            "template": False,
            "check_definition_id": COMMAND,
            "entities": [],
            "entities_exclude": [],
            "condition": condition,
            "priority": 2,
            "parent_id": None,
            **more,
        }
        merged = alert_definitions.merged([data])
        values: dict[str, Any] = {
            "kind": evaluation.name,
            "name": merged["name"],
            "desc": merged["description"],
            "channels": self.channels,
            "spec": alert_definitions.spec_of(number, merged),
        }
        check = manage.create(self.story.services, self.story.keyring.project, values)
        made = self._document("alert", str(number), data)
        documents.put(replace(made, code=check.code))
        return check

    def run(self, minutes: float = 1) -> None:
        """A while passes, and the command is run by the clock, with all that follows."""
        self.story.clock.move(minutes=minutes)
        commands.run_now(self.story.services, self.project, member_code(COMMAND))
        self.story.queues.work()

    def states(self, alert: Check) -> dict[str, str]:
        """The status of each instance by its entity, and of the alert as a whole under nothing."""
        found = {entity_of(one.code): str(one.status) for one in checks.instances_of(alert)}
        return found | {"": str(checks.get(alert.project, alert.code).status)}

    def values(self, entity: str, number: int = COMMAND) -> list[Any]:
        """What the command found for an entity, newest first."""
        found = values.newest(self.project, number, entity, 100, self.story.clock.now)
        return [one.value for one in found]

    def _put(self, noun: Noun, name: str, data: dict[str, Any]) -> None:
        documents.put(self._document(noun, name, data), self._present(noun, name))

    def _document(self, noun: Noun, name: str, data: dict[str, Any]) -> Document:
        now, before = self.story.clock.now, self._present(noun, name)
        return before.changed(data, now) if before else Document(self.project, noun, name, data, now, now)

    def _present(self, noun: Noun, name: str) -> Document | None:
        with suppress(Missing):
            return documents.get(self.project, noun, name)
        return None


def pause(park: Park, alert: Check) -> None:
    manage.pause(park.story.services, checks.get(alert.project, alert.code))
