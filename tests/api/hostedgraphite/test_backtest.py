"""Backtesting: the flips are those that a living alert made over the same points, and nothing is written."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.monitor.clocks import tick
from chalicelib.monitor.looking import backtest
from chalicelib.monitor.managing import projects
from chalicelib.monitor.services import Services
from chalicelib.store import checks, history, series
from tests.api.client import Api
from tests.api.hostedgraphite.conftest import ABOVE, Caller
from tests.conftest import Clock, Queues, Story

pytestmark = pytest.mark.usefixtures("quiet")
ROOT = "/v2/alerts/backtest/"
Points = list[dict[str, float]]


def missing(minutes: int) -> dict[str, Any]:
    return {"type": "missing", "time_period": minutes}


def above(bound: float, minutes: int | None = None) -> dict[str, Any]:
    return {"type": "above", "above_value": bound, "time_period": minutes}


def run(graphite: Caller, alert: dict[str, Any], **span: object) -> dict[str, Any]:
    answer = graphite.post(ROOT, {"alert": alert, **span})
    assert answer.status == 200, answer.text
    return dict(answer.json)


def flips(found: dict[str, Any]) -> list[tuple[str, str]]:
    return [(flip["status"], flip["time"]) for flip in found["flips"]]


@pytest.fixture
def live(
    graphite: Caller, keyring: projects.Keyring, services: Services, queues: Queues, clock: Clock
) -> Callable[..., list[tuple[str, str]]]:
    """Lets an alert live through points of every half minute; answers its flips as (status, time)."""

    def through(definition: dict[str, Any], points: Points) -> list[tuple[str, str]]:
        alert, project = graphite.alert(**definition), keyring.project.code
        for values in points:
            at = int(clock.now.timestamp())
            lines = [f"{name} {value} {at + 10}" for name, value in values.items()]
            if lines:
                graphite.send(*lines)
            queues.take("rules")
            # Judged when the half minute is over, as a backtest judges.
            clock.move(seconds=30)
            tick.run(services)
            queues.work()
        clock.move(seconds=5)
        tick.run(services)
        queues.work()
        (check,) = checks.get_many([(project, alert)])
        made = history.flips(project, alert, check.created, clock.now + timedelta(1), clock.now)
        told = [flip for flip in reversed(made) if flip.is_news]
        words = {"down": "alerting", "up": "healthy"}
        return [(words[flip.new], str(int(flip.at.timestamp()))) for flip in told]

    return through


RANDOM = random.Random(4)
WAVES: Points = [
    {name: round(RANDOM.uniform(0, 10), 1) for name in ("w.a", "w.b") if RANDOM.random() < 0.7} for _ in range(40)
]
SILENT: Points = [
    *[{"w.a": 1.0, "w.b": 1.0}] * 6,
    *[{"w.a": 1.0}] * 20,
    *[{}] * 12,
    *[{"w.a": 1.0, "w.b": 1.0}] * 4,
    *[{"w.a": 1.0, "w.b": 1.0, "w.c": 1.0}] * 4,
    *[{"w.a": 1.0, "w.b": 1.0}] * 14,
]
DEFINITIONS: list[tuple[str, dict[str, Any], Points]] = [
    ("above", {"metric": "w.a", "alert_criteria": above(5)}, WAVES),
    ("above for two minutes", {"metric": "w.a", "alert_criteria": above(3, 2)}, WAVES),
    ("below", {"metric": "w.b", "alert_criteria": {"type": "below", "below_value": 4}}, WAVES),
    ("missing", {"metric": "w.b", "alert_criteria": missing(5)}, SILENT),
    ("missing of a pattern", {"metric": "w.*", "alert_criteria": missing(5)}, SILENT),
    ("missing and never seen", {"metric": "w.never", "alert_criteria": missing(5)}, SILENT),
    ("missing of a pattern that nothing fits", {"metric": "never.*", "alert_criteria": missing(5)}, SILENT),
    ("function", {"metric": "sumSeries(w.*)", "alert_criteria": above(9)}, WAVES),
    (
        "function that makes targets",
        {"metric": "applyByNode(w.*,1,'scale(%,2)','%')", "alert_criteria": above(9)},
        WAVES,
    ),
    ("template", {"metric": "template(sumSeries(w.$1,w.$2),'a','b')", "alert_criteria": above(9)}, WAVES),
    ("function that is missing", {"metric": "alias(w.b,'b')", "alert_criteria": missing(5)}, SILENT),
    (
        "composite",
        {
            "metric": "w.a",
            "alert_criteria": above(5),
            "additional_criteria": {"b": {"type": "below", "below_value": 5, "metric": "w.b"}},
            "expression": "a && b",
        },
        WAVES,
    ),
    (
        "missing or high",
        {
            "metric": "w.a",
            "alert_criteria": missing(3),
            "additional_criteria": {"b": {**above(0), "metric": "w.c"}},
            "expression": "a || b",
        },
        SILENT,
    ),
]


@pytest.mark.parametrize(
    ("definition", "points"), [one[1:] for one in DEFINITIONS], ids=[one[0] for one in DEFINITIONS]
)
def test_the_flips_are_those_of_an_alert_that_lived_through_it(
    graphite: Caller, live: Any, clock: Clock, definition: dict[str, Any], points: Points
) -> None:
    start = clock.now
    lived = live(definition, points)
    found = run(graphite, definition, **{"from": int(start.timestamp()), "until": int(clock.now.timestamp())})
    assert (found["step"], found["judged"]) == (30, len(points))
    assert flips(found) == lived
    if "never.*" not in definition["metric"]:
        assert lived


def test_series_that_fell_silent_long_before_are_missing_from_the_start(graphite: Caller, clock: Clock) -> None:
    graphite.send("w.a 1", "w.b 1")
    clock.move(hours=2)
    start = int(clock.now.timestamp())
    clock.move(hours=1)
    for metric in ("w.a", "w.*", "alias(w.a,'x')"):
        found = run(graphite, {"metric": metric, "alert_criteria": missing(30)}, **{"from": start})
        assert flips(found) == [("alerting", str(start + 30))]


def test_a_flip_says_what_made_it(graphite: Caller, clock: Clock) -> None:
    start = int(clock.now.timestamp())
    for value in (1, 9, 2):
        graphite.send(f"w.a {value}")
        clock.move(seconds=30)
    found = run(graphite, {"metric": "w.*", "alert_criteria": above(5)}, **{"from": start})
    assert found == {
        "flips": [
            {
                "status": "alerting",
                "time": str(start + 60),
                "value": 9,
                "metric": "w.a",
                "reason": "w.a is 9, above 5",
            },
            {"status": "healthy", "time": str(start + 90), "value": 2, "metric": "w.a", "reason": ""},
        ],
        "step": 30,
        "judged": 3,
    }


def test_nothing_is_written_and_a_reader_may_ask(
    story: Story, graphite: Caller, contents: Callable[[], Any], reader: Api
) -> None:
    graphite.send("test.metric.1 9")
    story.queues.work()
    story.clock.move(minutes=1)
    before = contents()
    answer = graphite.post(ROOT, {"alert": ABOVE}, key=reader.key)
    assert (answer.status, len(answer.json["flips"])) == (200, 1)
    assert contents() == before
    assert story.queues.take("news") == story.queues.take("rules") == []


def test_without_a_span_it_is_the_last_day(graphite: Caller, clock: Clock) -> None:
    assert {key: run(graphite, ABOVE)[key] for key in ("step", "judged")} == {"step": 30, "judged": 2880}
    until = int((clock.now - timedelta(days=1)).timestamp())
    assert run(graphite, ABOVE, until=str(until))["judged"] == 2880


def test_a_long_span_is_judged_more_seldom(graphite: Caller, clock: Clock) -> None:
    start = int((clock.now - backtest.SPAN_MAX).timestamp())
    found = run(graphite, ABOVE, **{"from": start})
    assert found["step"] > 30 and found["step"] % 30 == 0
    assert found["judged"] <= backtest.STEPS_MAX


NO_TIMES: tuple[Any, ...] = (-1, 1.5, True, "x", [], {}, "9" * 30, 10**30, float("nan"))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"alert": None}, "alert"),
        ({"alert": []}, "alert"),
        ({"alert": "x"}, "alert"),
        ({"alert": {}}, "alert.metric"),
        ({"alert": {**ABOVE, "metric": "sumSeries(a"}}, "alert.metric"),
        ({"alert": {**ABOVE, "colour": 1}}, "alert.colour"),
        ({"alert": {**ABOVE, "alert_criteria": {"type": "above"}}}, "alert.alert_criteria.above_value"),
        *(({"from": value}, "from") for value in NO_TIMES),
        *(({"until": value}, "until") for value in (-1, "now", float("inf"), False, 10**11)),
        ({"from": 1795262400, "until": 1795262400}, "from"),
        ({"from": 1795262400, "until": 1795262000}, "from"),
        ({"until": 1795263000}, "from"),
        ({"from": 0}, "from"),
        ({"from": 1795262400 - 93 * 86_400}, "from"),
        ({"since": 1}, "since"),
    ],
    ids=lambda value: str(value)[:50],
)
def test_what_is_wrong_is_refused_by_its_name(graphite: Caller, given: dict[str, Any], field: str) -> None:
    answer = graphite.post(ROOT, {"alert": ABOVE, **given})
    assert (answer.status, answer.json["field"]) == (400, field), answer.text


def test_too_many_series_are_refused(graphite: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    graphite.send(*(f"w.{number} 1" for number in range(backtest.SERIES_MAX + 1)))
    graphite.clock.move(minutes=1)
    for metric in ("w.*", "scale(w.*,2)"):
        answer = graphite.post(ROOT, {"alert": {**ABOVE, "metric": metric}})
        assert (answer.status, answer.json["field"]) == (400, "alert.metric")
        assert f"{backtest.SERIES_MAX + 1} series" in answer.json["error"]


def test_two_series_of_one_name_cannot_be_judged(graphite: Caller) -> None:
    graphite.send("w.a 1", "w.b 9")
    graphite.clock.move(minutes=1)
    answer = graphite.post(ROOT, {"alert": {**ABOVE, "metric": "alias(w.*,'x')"}})
    assert (answer.status, answer.json["field"]) == (400, "alert.metric")
    assert "called x" in answer.json["error"]


def test_more_than_can_be_judged_in_time_is_refused_before_it_is_begun(
    graphite: Caller, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    graphite.send(*(f"w.{number} 1" for number in range(backtest.SERIES_MAX)))
    read: list[str] = []
    monkeypatch.setattr(series, "grids", lambda *_, **__: read.append("read"))
    for days, criteria in ((92, above(1)), (10, above(1, 1_440)), (10, missing(1_440))):
        start = int((clock.now - timedelta(days=days)).timestamp())
        answer = graphite.post(ROOT, {"alert": {**ABOVE, "metric": "w.*", "alert_criteria": criteria}, "from": start})
        assert (answer.status, answer.json["field"]) == (400, "from"), answer.text
        assert f"100 series over {days} days" in answer.json["error"]
    assert read == []


@pytest.mark.parametrize("length", [1, 29, 30, 31, 3_599, 86_399, 50 * 86_400 + 7])
def test_a_span_of_any_length_that_ends_at_any_second_is_judged(graphite: Caller, clock: Clock, length: int) -> None:
    graphite.send("w.a 9")
    clock.move(days=60, seconds=17)
    until = int(clock.now.timestamp()) - 4 * 86_400
    found = run(graphite, {"metric": "w.a", "alert_criteria": above(5)}, until=until, **{"from": until - length})
    assert found["judged"] == (until // 30 * 30 - (until - length) // 30 * 30) // found["step"]
