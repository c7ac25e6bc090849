"""Downtimes for tests: a park of which some entities are in downtime, and what was told of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from chalicelib.core.check import Check
from chalicelib.core.downtimes import Downtime
from chalicelib.monitor.managing import alerts as managed
from chalicelib.monitor.managing import channels, downtimes, entities
from chalicelib.store import checks
from tests import definitions
from tests.conftest import Story
from tests.park import COMMAND, Park

HOUR = timedelta(hours=1)


def opened(story: Story) -> Park:
    """A park of three hosts, of whose alerts somebody hears entity by entity, and somebody as a whole."""
    project, address = story.keyring.project, {"address": "ops@example.org"}
    each = channels.create(story.services, project, "email", "Each", address, 0)
    whole = channels.create(story.services, project, "email", "Whole", address, 0, whole=True)
    made = Park(story, (each.code, whole.code))
    made.command()
    for name in ("web-1", "web-2", "db-1"):
        made.entity(name)
    return made


def asked(park: Park, *names: str, length: timedelta | None = HOUR, **more: Any) -> Downtime:
    now = park.story.clock.now
    start = more.pop("start", now)
    end = start + length if length else None
    return Downtime(park.story.services.new_code(), "Upgrade", start, end, "ann", now, entities=names, **more)


def schedule(park: Park, *names: str, **more: Any) -> Downtime:
    return downtimes.schedule(park.story.services, park.story.keyring.project, asked(park, *names, **more))


def remove(park: Park, downtime: Downtime) -> Downtime | None:
    return downtimes.remove(park.story.services, park.story.keyring.project, downtime.id)


def covered(park: Park, *alerts: Check) -> list[tuple[str, ...]]:
    """The entities in downtime at each alert."""
    found = [checks.get(park.project, alert.code).silences for alert in alerts]
    return [tuple(name for one in silences for name in one.entities) for silences in found]


def later(park: Park, minutes: int = 2) -> None:
    """What was queued for when a request is over is done."""
    park.story.queues.until(park.story.clock.now + timedelta(minutes=minutes))


def failing(park: Park, *names: str) -> None:
    for name in names:
        park.entity(name, load=9)
    park.run()


def subjects(park: Park) -> list[str]:
    """What was told of single entities."""
    return [subject for subject in park.story.sent.subjects if " on " in subject]


def put(park: Park, name: str, **more: Any) -> None:
    document = {"id": name, "type": "host", "load": 1, **more}
    entities.put(park.story.services, park.story.keyring.project, document, "ann")


def define(park: Park, **more: Any) -> Check:
    """An alert that is written as over the API."""
    services, project = park.story.services, park.story.keyring.project
    found = managed.create(services, project, definitions.alert(check_definition_id=COMMAND, **more), "ann")
    return checks.get(park.project, found.code)
