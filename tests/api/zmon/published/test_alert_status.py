"""The published document's own example of the state of alerts."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from chalicelib.core import instances
from chalicelib.core.check import Check
from chalicelib.core.commands import Value
from chalicelib.core.moments import from_micros
from chalicelib.core.watching import Judged
from chalicelib.monitor import transitions
from chalicelib.store import checks, values
from tests.api.zmon.conftest import Caller
from tests.conftest import Story
from tests.park import COMMAND, Park

EXAMPLE = json.loads((Path(__file__).parent / "alert_status.json").read_text())
ANSWER: dict[str, dict[str, dict[str, Any]]] = json.loads(EXAMPLE["answer"])
PATH = EXAMPLE["request"].split()[1].removeprefix("https://zmon.example.com/api/v1")


def test_the_status_of_two_alerts(zmon: Caller, story: Story) -> None:
    park = Park(story)
    park.command()
    park.command(number=2)
    counts = park.alert("capture(count=value) > 0", number=69)
    loads = park.alert("value['load1'] > 5", number=3454, check_definition_id=2)
    for alert, number, several in ((counts, COMMAND, ANSWER["69"]), (loads, 2, ANSWER["3454"])):
        for entity, shown in several.items():
            fell_ill(park, alert, number, entity, shown)
    answer = zmon.get(PATH)
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("application/json")
    assert without_workers(answer.json) == without_workers(ANSWER)


def fell_ill(park: Park, alert: Check, number: int, entity: str, shown: dict[str, Any]) -> None:
    park.entity(entity)
    began, found = at(shown["start_time"]), Value(at(shown["ts"]), shown["td"], shown["value"])
    values.add(park.project, number, {entity: found}, park.story.clock.now + timedelta(days=1))
    instance = instances.new(alert, entity, began)
    checks.create_instances([instance])
    for code in (instance.code, alert.code):
        transitions.apply(park.story.services, park.project, code, Judged(began, True))


def at(seconds: float) -> Any:
    return from_micros(round(seconds * 1_000_000))


def without_workers(answer: dict[str, Any]) -> dict[str, Any]:
    """No worker has a name here."""
    return {
        number: {name: {key: value for key, value in one.items() if key != "worker"} for name, one in several.items()}
        for number, several in answer.items()
    }
