"""Alerts lived and in backtests: random results, and conditions that look at them in every way, make the same flips."""

from __future__ import annotations

import random
import time
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.core import instances
from chalicelib.core.check import Check
from chalicelib.core.errors import Invalid
from chalicelib.core.specs import ConditionSpec, condition_of
from chalicelib.monitor.looking import replaying
from chalicelib.monitor.looking.replaying import Replayed
from chalicelib.store import history
from tests.conftest import Story
from tests.park import COMMAND, Park

CONDITIONS = (
    "> 5",
    "capture(load=value) > limit",
    "timeseries_avg('5m') > 4",
    "timeseries_median('3m') > 4 or timeseries_delta('2m') > 3",
    "timeseries_sum('4m') > 15 and timeseries_min('2m') > 1",
    "timeseries_max('10m') > 8 and timeseries_first('10m') < 6",
    "timeseries_percentile('6m', 0.5) > 5",
    "sum(value_series(4)) > 20",
    "alert_series(lambda v: v > 3, 3)",
    "monotonic(3)",
    "monotonic(3, increasing=False, strictly=True)",
    "len(value_series(20)) > 15 and value > 2",
    "sum(entity_values()) > 14",
    "max(one['ts'] for one in entity_results()) - timeseries_first('1m') > 0 and value > 7",
    "capture(at=time().timestamp()) > 0 and value > 6",
    "capture(n=len(history().result('5m'))) > 3 and value > 4",
    "value['x'] > 1 if value > 8 else False",
)
SPEC = {"parameters": {"limit": {"value": "6", "type": "int", "comment": ""}}}
ENTITIES = ("web1", "web2", "web3")
RUNS, MANY = 6, 120


@pytest.fixture
def park(story: Story) -> Park:
    made = Park(story)
    made.command()
    return made


@pytest.mark.parametrize("part", range(2))
def test_alerts_make_the_same_flips_live_and_in_backtests(park: Park, long: bool, part: int) -> None:
    seed = int(time.time()) // 86_400 * 10 + part if long else part + 1
    some = random.Random(seed)
    alerts = [park.alert(text, number=number, **SPEC) for number, text in enumerate(CONDITIONS, 1)]
    began = park.story.clock.now
    for name in ENTITIES:
        park.entity(name)
    for _ in range(MANY if long else RUNS):
        for name in ENTITIES:
            if some.random() < 0.7:
                park.entity(name, some.choice([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9.5, "broken"]))
        park.run(some.choice([1, 1, 1, 2, 5]))
    count = 0
    for alert in alerts:
        tested = replayed(park, condition_of(alert), began)
        for name in ENTITIES:
            lived = flips(park, alert, name, began)
            text = condition_of(alert).condition
            assert told(tested[name].flips) == told(lived), f"seed {seed}, {text}, {name}"
            count += len(lived)
    print(f"seed {seed}: {count} flips of {len(CONDITIONS)} conditions, live and in backtests the same")
    assert count > len(CONDITIONS)


def flips(park: Park, alert: Check, entity: str, began: datetime) -> list[Any]:
    now = park.story.clock.now
    code = instances.code_of(alert.code, entity)
    return history.flips(alert.project, code, began, now + timedelta(minutes=1), now)[::-1]


def replayed(park: Park, spec: ConditionSpec, began: datetime, *names: str) -> dict[str, Replayed]:
    found = replaying.run(park.story.services, park.project, spec, began, park.story.clock.now, names)
    return {one.entity: one for one in found}


def told(found: list[Any]) -> list[Any]:
    return [(flip.at, flip.new, flip.reason, flip.details) for flip in found]


# Spans


def test_a_condition_looks_back_beyond_the_span(park: Park) -> None:
    park.alert()
    park.entity("web1", 9)
    park.run()
    park.entity("web1", 5)
    park.run()
    spec = ConditionSpec(0, COMMAND, "timeseries_avg('5m') > 6")
    found = replayed(park, spec, park.story.clock.now)["web1"]
    assert (found.judged, [flip.details["captures"] for flip in found.flips]) == (1, [{"avg(5m)": 7.0}])


def test_what_lies_at_an_end_of_the_span_is_judged(park: Park) -> None:
    park.alert()
    park.entity("web1", 9)
    park.run()
    now, spec = park.story.clock.now, ConditionSpec(0, COMMAND, "> 5")
    minute, tick = timedelta(minutes=1), timedelta(microseconds=1)
    spans = ((now - minute, now - tick), (now - minute, now), (now, now + minute), (now + tick, now + minute))
    found = [replaying.run(park.story.services, park.project, spec, start, end)[0] for start, end in spans]
    assert [[flip.at for flip in one.flips] for one in found] == [[], [now], [now], []]


def test_only_named_entities_are_judged_but_all_are_seen(park: Park) -> None:
    park.alert()
    for name in ENTITIES:
        park.entity(name, 4)
    park.run()
    began = park.story.clock.now - timedelta(minutes=1)
    spec = ConditionSpec(0, COMMAND, "sum(entity_values()) > 10", exclude=({"id": "web3"},))
    assert [len(one.flips) for one in replayed(park, spec, began).values()] == [0, 0]
    spec = ConditionSpec(0, COMMAND, "sum(entity_values()) > 10")
    found = replayed(park, spec, began, "web2", "nobody")
    assert [(name, len(one.flips)) for name, one in found.items()] == [("web2", 1)]


def test_a_command_that_does_not_run_any_more_can_be_asked_about(park: Park) -> None:
    park.alert()
    park.entity("web1", 9)
    park.run()
    began = park.story.clock.now - timedelta(minutes=1)
    park.command(status="INACTIVE")
    assert len(replayed(park, ConditionSpec(0, COMMAND, "> 5"), began)["web1"].flips) == 1


def test_what_is_too_much_is_refused(park: Park, monkeypatch: pytest.MonkeyPatch) -> None:
    park.alert()
    began = park.story.clock.now
    park.entity("web1", 9)
    for _ in range(3):
        park.run()
    spec = ConditionSpec(0, COMMAND, "> 5")
    monkeypatch.setattr(replaying, "JUDGED_MAX", 2)
    with pytest.raises(Invalid, match="from asks for more than 2 results of web1"):
        replayed(park, spec, began)
    monkeypatch.setattr(replaying, "JUDGED_MAX", 3)
    assert replayed(park, spec, began)["web1"].judged == 3
    monkeypatch.setattr(replaying, "READING_MAX", 2)
    with pytest.raises(Invalid, match="from asks for more than 2"):
        replayed(park, ConditionSpec(0, COMMAND, "history().get_one(60, 0) and False"), began)
    monkeypatch.setattr(replaying, "SECONDS", -1.0)
    with pytest.raises(Invalid, match="from takes too long"):
        replayed(park, spec, began)
    monkeypatch.setattr(replaying, "ENTITIES_MAX", 0)
    with pytest.raises(Invalid, match="entities are 1"):
        replayed(park, spec, began)


def test_a_check_that_is_not_there_is_refused(park: Park) -> None:
    with pytest.raises(Invalid, match="check_definition_id is 9"):
        replayed(park, ConditionSpec(0, 9, "> 5"), park.story.clock.now)
