"""Alerts on metrics from the points to the mail, a story for each criterion, on a clock that is moved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.monitor.clocks import rollups, tick
from chalicelib.monitor.looking import judging
from tests.api.client import Api
from tests.api.hostedgraphite.conftest import Caller
from tests.conftest import Clock, Queues, Story
from tests.sent import Sent

Minute = Callable[[], None]


@pytest.fixture
def graphite(api: Api, clock: Clock) -> Caller:
    caller = Caller(api, api.key, clock)
    channel = {"kind": "email", "name": "Email me", "settings": {"address": "me@example.org"}}
    assert api.post("/api/v1/channels/", json=channel).status == 201
    return caller


@pytest.fixture
def push(graphite: Caller, queues: Queues, clock: Clock) -> Callable[..., None]:
    """Sends values of now, and lets half a minute pass, and the seconds in which others of it may come late."""

    def send(**values: float | None) -> None:
        lines = [f"{name.replace('_', '.')} {value}" for name, value in values.items() if value is not None]
        if lines:
            assert graphite.send(*lines).status == 202
        queues.work()
        clock.move(seconds=36)
        queues.work()

    return send


def test_above_is_told_with_its_value_as_soon_as_the_point_comes_and_recovers(
    story: Story, graphite: Caller, push: Any
) -> None:
    alert = graphite.alert(name="Load", metric="web.load", notification_type="state_change", info="call Bob")
    push(web_load=3)
    assert story.sent.subjects == []
    push(web_load=6.5)
    assert story.sent.subjects == ["DOWN | Load"]
    assert "web.load is 6.5, above 5" in story.sent.mails[0].text
    assert "call Bob" in story.sent.mails[0].text
    assert graphite.shown(alert)["status"] == "alerting"
    assert graphite.shown(alert)["currently_triggered_metrics"] == ["web.load"]
    push(web_load=4)
    assert story.sent.subjects == ["DOWN | Load", "UP | Load"]
    assert graphite.shown(alert)["status"] == "healthy"


def test_above_for_two_minutes_needs_every_bucket_of_them(graphite: Caller, push: Any, sent: Sent) -> None:
    graphite.alert(name="Load", metric="web.load", alert_criteria={"type": "above", "above_value": 5, "time_period": 2})
    push(web_load=1)
    for _ in range(3):
        push(web_load=9)
        assert sent.subjects == []
    push(web_load=9)
    assert sent.subjects == ["DOWN | Load"]
    assert "for 2 minutes" in sent.mails[0].text


def test_below_and_outside_bounds_are_strict(graphite: Caller, push: Any, sent: Sent) -> None:
    graphite.alert(name="Low", metric="a.b", alert_criteria={"type": "below", "below_value": 2})
    both = {"type": "outside_bounds", "above_value": 5.6, "below_value": 2.1}
    graphite.alert(name="Out", metric="c.d", alert_criteria=both)
    push(a_b=2, c_d=5.6)
    push(a_b=2, c_d=2.1)
    assert sent.subjects == []
    push(a_b=1.9, c_d=2.0)
    assert sorted(sent.subjects) == ["DOWN | Low", "DOWN | Out"]
    push(a_b=2, c_d=5.7)
    assert sorted(sent.subjects) == ["DOWN | Low", "DOWN | Out", "UP | Low"]


def test_what_is_missing_is_told_on_time_and_its_return_too(story: Story, graphite: Caller, push: Any) -> None:
    graphite.alert(name="Gone", metric="job.beat", alert_criteria={"type": "missing", "time_period": 10})
    push(job_beat=1)
    for _ in range(9):
        story.clock.move(minutes=1)
        story.tick()
    assert story.sent.subjects == []
    story.clock.move(minutes=1)
    story.tick()
    assert story.sent.subjects == ["DOWN | Gone"]
    assert "job.beat has been missing for 10 minutes" in story.sent.mails[0].text
    push(job_beat=1)
    assert story.sent.subjects == ["DOWN | Gone", "UP | Gone"]


def test_a_metric_that_never_came_is_missing_from_the_making_of_the_alert(story: Story, graphite: Caller) -> None:
    alert = graphite.alert(name="Gone", metric="never.seen", alert_criteria={"type": "missing", "time_period": 5})
    story.clock.move(minutes=4, seconds=59)
    story.tick()
    assert story.sent.subjects == []
    story.clock.move(seconds=6)
    story.tick()
    assert story.sent.subjects == ["DOWN | Gone"]
    (event,) = graphite.get(f"/v2/alerts/history/?id={alert}").json[alert]
    assert (event["status"], event["value"], event["metric"]) == ("alerting", None, "never.seen")


def test_no_data_neither_triggers_nor_resolves(story: Story, graphite: Caller, push: Any) -> None:
    graphite.alert(name="Load", metric="web.load", notification_type="state_change")
    push(web_load=9)
    for _ in range(60):
        story.clock.move(minutes=1)
        story.tick()
    assert story.sent.subjects == ["DOWN | Load"]


def test_a_wildcard_has_a_status_for_each_series(graphite: Caller, push: Any, sent: Sent) -> None:
    alert = graphite.alert(name="Load", metric="web*.load", notification_type="state_change")
    push(web1_load=1, web2_load=9, web3_load=9)
    assert sent.subjects == ["DOWN | Load"]
    assert graphite.shown(alert)["currently_triggered_metrics"] == ["web2.load", "web3.load"]
    push(web1_load=9, web2_load=1, web3_load=9)
    assert graphite.shown(alert)["currently_triggered_metrics"] == ["web1.load", "web3.load"]
    assert sent.subjects == ["DOWN | Load"]
    push(web1_load=1, web3_load=1)
    assert sent.subjects == ["DOWN | Load", "UP | Load"]
    events = graphite.get(f"/v2/alerts/history/?id={alert}").json[alert]
    assert {(event["metric"], event["status"]) for event in events[-2:]} == {
        ("web2.load", "alerting"),
        ("web3.load", "alerting"),
    }
    assert len([event for event in events if event["status"] == "healthy"]) == 3


def test_a_series_that_vanishes_while_it_breaches_is_no_recovery(graphite: Caller, push: Any, sent: Sent) -> None:
    alert = graphite.alert(name="Load", metric="web*.load", notification_type="state_change")
    push(web1_load=1, web2_load=9)
    for _ in range(20):
        push(web1_load=1)
    assert (graphite.shown(alert)["status"], sent.subjects) == ("alerting", ["DOWN | Load"])
    assert graphite.shown(alert)["currently_triggered_metrics"] == ["web2.load"]
    push(web1_load=9)
    assert graphite.shown(alert)["currently_triggered_metrics"] == ["web1.load", "web2.load"]
    push(web1_load=1, web2_load=1)
    assert sent.subjects == ["DOWN | Load", "UP | Load"]


def test_a_series_that_vanishes_for_good_holds_the_alert_until_it_is_deleted(
    graphite: Caller, push: Any, sent: Sent
) -> None:
    graphite.alert(name="Load", metric="web*.load", notification_type="state_change")
    push(web1_load=1, web2_load=9)
    assert graphite.post("/api/v1/metric/delete/?pattern=web2.load").status == 200
    push(web1_load=1)
    assert sent.subjects == ["DOWN | Load", "UP | Load"]


def test_a_query_that_fails_leaves_the_series_that_breach_as_they_are(
    story: Story, graphite: Caller, push: Any
) -> None:
    alert = graphite.alert(name="Load", metric="aliasByNode(*.load, 0)", notification_type="state_change")
    push(web1_load=9)
    story.tick()
    graphite.send("web1.x.load 1")
    graphite.put(f"/v2/alerts/{alert}/", {"metric": "aliasByNode(web1.{load,x.load}, 0)"})
    story.tick()
    assert graphite.shown(alert)["currently_triggered_metrics"] == ["web1"]
    assert [event["status"] for event in graphite.get(f"/v2/alerts/history/?id={alert}").json[alert]] == ["alerting"]


def test_a_series_of_a_wildcard_that_vanishes_is_missing(story: Story, graphite: Caller, push: Any) -> None:
    missing = {"type": "missing", "time_period": 5}
    alert = graphite.alert(name="Gone", metric="web*.load", alert_criteria=missing)
    push(web1_load=1, web2_load=1)
    for _ in range(12):
        push(web1_load=1)
    story.tick()
    assert graphite.shown(alert)["currently_triggered_metrics"] == ["web2.load"]
    assert story.sent.subjects == ["DOWN | Gone"]


def test_tags_choose_series(story: Story, graphite: Caller, push: Any) -> None:
    alert = graphite.alert(name="Errors", metric="seriesByTag('name=http.requests', 'code=~5..')")
    graphite.send("http.requests;code=200 100", "http.requests;code=503 100")
    story.queues.work()
    assert graphite.shown(alert)["currently_triggered_metrics"] == ["http.requests;code=503"]


def test_a_function_is_judged_each_minute(story: Story, graphite: Caller, push: Any) -> None:
    alert = graphite.alert(name="Sum", metric="alias(sumSeries(web*.load), 'total')")
    push(web1_load=3, web2_load=4)
    story.tick()
    assert story.sent.subjects == ["DOWN | Sum"]
    assert graphite.shown(alert)["currently_triggered_metrics"] == ["total"]


def test_a_query_that_fails_is_told_once_or_ignored_as_asked(story: Story, graphite: Caller, push: Any) -> None:
    same = "alias(web*.load, 'same')"
    graphite.alert(name="Told", metric=same, on_query_failure="notify", notification_type="state_change")
    quiet = graphite.alert(name="Ignored", metric=same, on_query_failure="ignore", notification_type="state_change")
    push(web1_load=3, web2_load=4)
    for _ in range(3):
        story.tick()
        story.clock.move(minutes=1)
    assert story.sent.subjects == ["DOWN | Told"]
    assert "query failed" in story.sent.mails[0].text
    assert graphite.shown(quiet)["status"] == "alerting"
    (event,) = graphite.get(f"/v2/alerts/history/?id={quiet}").json[quiet]
    assert event["status"] == "alerting"


def test_both_of_a_composite_must_hold(graphite: Caller, push: Any, sent: Sent) -> None:
    graphite.alert(
        name="Both",
        metric="one.cpu",
        alert_criteria={"type": "above", "above_value": 80},
        additional_criteria={"b": {"type": "below", "below_value": 20, "metric": "two.free"}},
        expression="a && b",
    )
    push(one_cpu=90, two_free=50)
    push(one_cpu=50, two_free=10)
    assert sent.subjects == []
    push(one_cpu=90, two_free=10)
    assert sent.subjects == ["DOWN | Both"]
    push(one_cpu=50, two_free=10)
    assert sent.subjects == ["DOWN | Both", "UP | Both"]


def test_a_problem_that_outlives_a_mute_is_told_when_it_ends(
    story: Story, graphite: Caller, push: Any, minute: Minute
) -> None:
    alert = graphite.alert(name="Load", metric="web.load", notification_type="state_change")
    push(web_load=1)
    assert graphite.post(f"/v2/alerts/{alert}/muted/", {"duration": 10}).json == {"duration": 10}
    push(web_load=9)
    for _ in range(8):
        minute()
    assert story.sent.subjects == []
    for _ in range(4):
        minute()
    assert story.sent.subjects == ["DOWN | Load"]


def test_changing_the_criteria_does_not_change_the_state_but_new_data_does(
    story: Story, graphite: Caller, push: Any
) -> None:
    alert = graphite.alert(name="Load", metric="web.load", notification_type="state_change")
    push(web_load=9)
    graphite.put(f"/v2/alerts/{alert}/", {"alert_criteria": {"type": "above", "above_value": 100}})
    for _ in range(3):
        story.tick()
        assert graphite.shown(alert)["status"] == "alerting"
        story.clock.move(minutes=1)
    graphite.put(f"/v2/alerts/{alert}/", {"info": "this is no change of what is judged"})
    push(web_load=9)
    assert graphite.shown(alert)["status"] == "healthy"


def test_points_that_came_before_the_criteria_were_changed_do_not_change_the_state_however_late_they_are_judged(
    graphite: Caller, queues: Queues, clock: Clock
) -> None:
    alert = graphite.alert(name="Load", metric="web.load", notification_type="state_change")
    graphite.send("web.load 3")
    clock.move(seconds=1)
    graphite.put(f"/v2/alerts/{alert}/", {"alert_criteria": {"type": "above", "above_value": 2}})
    queues.work()
    assert graphite.shown(alert)["status"] == "healthy"
    clock.move(seconds=4)
    graphite.send("web.load 3")
    clock.move(seconds=31)
    queues.work()
    assert graphite.shown(alert)["status"] == "alerting"


def test_late_and_unordered_points_and_those_of_a_fast_clock_are_judged_by_their_time(
    graphite: Caller, sent: Sent, queues: Queues, clock: Clock
) -> None:
    graphite.alert(name="Load", metric="web.load", notification_type="state_change")
    now = int(clock.now.timestamp())
    graphite.send(f"web.load 1 {now}", f"web.load 9 {now - 3600}", f"web.load 9 {now - 60}")
    queues.work()
    assert sent.subjects == []
    graphite.send(f"web.load 9 {now + 20}")
    clock.move(seconds=30)
    graphite.send(f"web.load 9 {now + 25}")
    clock.move(seconds=6)
    queues.work()
    assert sent.subjects == ["DOWN | Load"]


def test_an_hour_that_is_over_is_rolled_up_and_reads_the_same(story: Story, graphite: Caller, push: Any) -> None:
    for number in range(10):
        push(web_load=number)
    before = graphite.get("/render?target=web.load&from=-2h").json[0]["datapoints"]
    story.clock.move(hours=2)
    assert rollups.run(story.services) >= 1
    story.queues.work()
    after = graphite.get("/render?target=web.load&from=-4h").json[0]["datapoints"]
    assert [point for point in after if point[0] is not None] == [point for point in before if point[0] is not None]


@pytest.mark.parametrize(("value", "times"), [(1, 1), (100, 2)])
def test_rules_of_one_series_read_it_once_and_once_more_where_there_is_something_to_tell(
    story: Story,
    graphite: Caller,
    monkeypatch: pytest.MonkeyPatch,
    value: int,
    times: int,
) -> None:
    for number in range(1, 21):
        graphite.alert(
            name=f"Load {number}", alert_criteria={"type": "above", "above_value": number}, metric="web.load"
        )
    graphite.send(f"web.load {value}")
    story.clock.move(seconds=36)
    story.queues.take("rules")
    from chalicelib.store import series

    read: list[str] = []
    original = series.grids

    def counted(project: str, names: Any, *rest: Any, **more: Any) -> Any:
        read.extend(names)
        return original(project, names, *rest, **more)

    monkeypatch.setattr(series, "grids", counted)
    tick.run(story.services)
    for message in story.queues.take("rules"):
        judging.work(story.services, message)
    assert read == ["web.load"] * times
