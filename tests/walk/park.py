"""Entities, check definitions and alert definitions as their owner knows them, and what follows from these: which
entities an alert takes, and which of them are ill (ZMON, Entities, Check Definitions, Alert Definitions)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.walk.heartbeat import State
from tests.walk.things import Channel, Span, Thing

if TYPE_CHECKING:
    from tests.walk.scene import Scene

Data = dict[str, Any]
# What a definition has of its parent where it does not say it itself.
INHERITED = ("entities", "entities_exclude", "condition", "notifications", "check_definition_id")


@dataclass
class Alert:
    """An alert definition as it was written. `whole` is the alert that comes of it, none of a template; `receivers` are
    those of its own."""

    number: int
    written: Data
    whole: Thing | None
    receivers: list[tuple[str, Channel]] = field(default_factory=list)


@dataclass
class Park:
    """`instances` are the entities that an alert has ever taken, by its number and their ids; `receivers` who hears by
    which notification, and `downtimes` what there is of them, each with the silences that it is for what it covers."""

    entities: dict[str, Data] = field(default_factory=dict)
    commands: dict[int, Data] = field(default_factory=dict)
    alerts: dict[int, Alert] = field(default_factory=dict)
    instances: dict[tuple[int, str], Thing] = field(default_factory=dict)
    receivers: dict[str, Channel] = field(default_factory=dict)
    downtimes: dict[str, list[Span]] = field(default_factory=dict)

    def evaluated(self) -> list[Alert]:
        return [alert for alert in self.alerts.values() if alert.whole]

    def templates(self) -> list[Alert]:
        return [alert for alert in self.alerts.values() if not alert.whole]

    def says(self, alert: Alert, name: str) -> Any:
        """What a definition says of something, or the one that it inherits from."""
        found = alert.written[name]
        if found is None and name in INHERITED and alert.written["parent_id"]:
            return self.says(self.alerts[alert.written["parent_id"]], name)
        return found

    def is_active(self, alert: Alert) -> bool:
        return bool(alert.written["status"] == "ACTIVE")

    def takes(self, alert: Alert, name: str) -> bool:
        """Whether an alert is about the entity of this id at present."""
        entity, command = self.entities.get(name), self.commands[self.says(alert, "check_definition_id")]
        if entity is None or not self.is_active(alert) or command["status"] != "ACTIVE":
            return False
        own = self.says(alert, "entities")
        chosen = _matches(command["entities"], entity) and (not own or _matches(own, entity))
        return chosen and not _matches(self.says(alert, "entities_exclude"), entity)

    def is_ill(self, alert: Alert, name: str) -> bool:
        """Whether an alert holds for an entity that it takes: a command that fails is one, and so is a condition."""
        load, bound = self.entities[name]["load"], int(self.says(alert, "condition").removeprefix("> "))
        return isinstance(load, str) or load > bound

    def listeners(self, alert: Alert) -> list[Channel]:
        named = [self.receivers[text] for text in self.says(alert, "notifications")]
        return [channel for channel in named if not channel.deleted]

    def agree(self, scene: Scene) -> None:
        """Something has changed: notes who is told of what from now on."""
        for alert in self.evaluated():
            assert alert.whole
            listening = self.listeners(alert)
            scene.assign(alert.whole, {channel.code for channel in listening if channel.whole})
            for name in sorted(
                self.entities.keys() | {one for number, one in self.instances if number == alert.number}
            ):
                taken = self.takes(alert, name)
                if taken or (alert.number, name) in self.instances:
                    told = {channel.code for channel in listening if not channel.whole} if taken else set()
                    scene.assign(self.instance(scene, alert, name), told)

    def instance(self, scene: Scene, alert: Alert, name: str) -> Thing:
        """An entity of an alert."""
        known = self.instances.get((alert.number, name))
        if known is None:
            assert alert.whole
            key = f"i#{alert.whole.key}#{name}"
            known = Thing("instance", key, f"{alert.whole.name} on {name}", State(0, 0), scene.world.now, key=key)
            known.parent = alert.whole
            self.instances[alert.number, name] = known
            scene.things.append(known)
        return known

    def alert_of(self, thing: Thing) -> Alert:
        """The definition of an alert or of one of its entities."""
        return next(one for one in self.evaluated() if one.whole in (thing, thing.parent))

    def wanted(self, thing: Thing) -> set[str]:
        """The statuses that an alert or one of its entities may have, when its command has been run. Whoever was never
        ill has no status of his own."""
        alert = self.alert_of(thing)
        taken = [name for name in self.entities if self.takes(alert, name)]
        ill = [name for name in taken if self.is_ill(alert, name)]
        if thing.kind == "alert":
            if not self.is_active(alert):
                return {"paused"}
            return {"down"} if ill else {"up"} if taken else {"up", "new"}
        name = thing.key.rpartition("#")[2]
        if name not in taken:
            return {"new", "ended"}
        return {"down"} if name in ill else {"up", "new", "ended"}


def _matches(filters: list[Data], entity: Data) -> bool:
    return any(all(entity.get(name) in _listed(value) for name, value in one.items()) for one in filters)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
