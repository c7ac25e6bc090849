"""What the functions meet on all their ways: a park that is watched, and a part of AWS that is out of reach."""

from __future__ import annotations

from typing import Any, NoReturn

from chalicelib.core.check import Check
from chalicelib.store import numbers
from chalicelib.store.faults import StoreFault
from tests.conftest import Story
from tests.park import Park


def nowhere(*_: Any, **__: Any) -> NoReturn:
    raise StoreFault("out of reach")


def watch_a_park(story: Story) -> Check:
    park = Park(story)
    for noun in ("command", "alert"):
        numbers.take(story.project, noun)
    park.command(owning_team="ops", source_url=None)
    park.entity("db-1")
    return park.alert()
