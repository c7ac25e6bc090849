"""The history of alerts: which, how far back, which status, and what each event says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.monitor.clocks import tick
from chalicelib.monitor.services import Services
from tests.api.client import Api
from tests.api.hostedgraphite.conftest import Caller
from tests.conftest import Clock, Queues

pytestmark = pytest.mark.usefixtures("quiet")
ROOT = "/v2/alerts/history/"


@pytest.fixture
def two(graphite: Caller, queues: Queues, clock: Clock) -> list[str]:
    """Two alerts: load has breached and recovered four days ago and breaches again, disk breached a day ago."""
    alerts = [graphite.alert(name="Load", metric="web.load"), graphite.alert(name="Disk", metric="web.disk")]

    def push(line: str) -> None:
        graphite.send(line)
        queues.work()
        clock.move(seconds=30)

    for line in ("web.load 9", "web.load 1"):
        push(line)
    clock.move(days=3)
    push("web.disk 7.5")
    clock.move(days=1)
    push("web.load 8")
    return alerts


def history(graphite: Caller, query: str = "") -> dict[str, list[tuple[str, float | None]]]:
    answer = graphite.get(f"{ROOT}?{query}")
    assert answer.status == 200, answer.text
    return {alert: [(event["status"], event["value"]) for event in events] for alert, events in answer.json.items()}


def test_every_alert_tells_the_last_three_days_newest_first(graphite: Caller, two: list[str]) -> None:
    load, disk = two
    assert history(graphite) == {load: [("alerting", 8)], disk: [("alerting", 7.5)]}
    assert history(graphite, "days=5")[load] == [("alerting", 8), ("healthy", 1), ("alerting", 9)]
    assert list(history(graphite, "days=1")) == [load]


def test_an_event_is_told_with_its_moment_and_its_series(graphite: Caller, two: list[str], clock: Clock) -> None:
    at = str(int((clock.now - timedelta(seconds=30)).timestamp()))
    assert graphite.get(f"{ROOT}?id={two[0]}").json == {
        two[0]: [{"status": "alerting", "value": 8, "time": at, "metric": "web.load"}]
    }


@pytest.mark.parametrize("name", ["id", "alert_id"])
def test_ids_may_be_repeated_under_either_name(graphite: Caller, two: list[str], name: str) -> None:
    assert list(history(graphite, f"&{name}={two[1]}")) == [two[1]]
    assert sorted(history(graphite, f"{name}={two[0]}&{name}={two[1]}")) == sorted(two)
    assert sorted(history(graphite, f"id={two[0]}&alert_id={two[1]}")) == sorted(two)
    assert history(graphite, f"{name}=nothing&{name}=%00&{name}={'x' * 3000}") == {}


def test_an_alert_that_did_nothing_is_told_only_when_it_is_asked_for(graphite: Caller) -> None:
    alert = graphite.alert()
    assert history(graphite) == {}
    assert history(graphite, f"id={alert}") == {alert: []}


@pytest.mark.parametrize(
    ("status", "found"),
    [
        ("alerting", [("alerting", 8), ("alerting", 9)]),
        ("recovered", [("healthy", 1)]),
        ("healthy", [("healthy", 1)]),
    ],
)
def test_recovered_is_another_word_for_healthy(graphite: Caller, two: list[str], status: str, found: list[Any]) -> None:
    assert history(graphite, f"id={two[0]}&days=5&status={status}") == {two[0]: found}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        *((f"days={value}", "days") for value in ("0", "-1", "401", "1.5", "x", "9" * 30, "1e3", "٣", "NaN")),
        *((f"status={value}", "status") for value in ("down", "Alerting", "alerting,healthy", "%00")),
    ],
)
def test_a_wrong_question_is_refused(graphite: Caller, query: str, field: str) -> None:
    graphite.alert()
    answer = graphite.get(f"{ROOT}?{query}")
    assert (answer.status, answer.json["field"]) == (400, field)


def test_the_history_of_another_project_is_nobodys(graphite: Caller, two: list[str], stranger: Api) -> None:
    other = Caller(stranger, stranger.key, graphite.clock)
    assert other.get(f"{ROOT}?id={two[0]}").json == {}
    assert other.get(ROOT).json == {}


def test_each_series_of_a_pattern_has_its_own_events(graphite: Caller, queues: Queues, clock: Clock) -> None:
    alert = graphite.alert(metric="web*.load")
    for lines in (("web1.load 9", "web2.load 8"), ("web1.load 1", "web2.load 8"), ("web1.load 1", "web2.load 2")):
        graphite.send(*lines)
        clock.move(seconds=36)
        queues.work()
    events = graphite.get(f"{ROOT}?id={alert}").json[alert]
    assert [(event["metric"], event["status"], event["value"]) for event in events[:2]] == [
        ("web2.load", "healthy", 2),
        ("web1.load", "healthy", 1),
    ]
    assert sorted((event["metric"], event["status"], event["value"]) for event in events[2:]) == [
        ("web1.load", "alerting", 9),
        ("web2.load", "alerting", 8),
    ]


def test_what_is_missing_has_no_value(graphite: Caller, queues: Queues, clock: Clock, services: Services) -> None:
    alert = graphite.alert(metric="job.beat", alert_criteria={"type": "missing", "time_period": 5})
    graphite.send("job.beat 4")
    queues.work()
    clock.move(minutes=6)
    tick.run(services)
    queues.work()
    clock.move(seconds=10)
    graphite.send("job.beat 5")
    queues.work()
    events = graphite.get(f"{ROOT}?id={alert}").json[alert]
    assert [(event["status"], event["value"], event["metric"]) for event in events] == [
        ("healthy", None, "job.beat"),
        ("alerting", None, "job.beat"),
    ]


def test_a_deleted_alert_has_no_history(graphite: Caller, two: list[str], queues: Queues) -> None:
    graphite.delete(f"/v2/alerts/{two[0]}/")
    queues.work()
    assert list(history(graphite, "days=10")) == [two[1]]
