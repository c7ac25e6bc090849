"""What is refused changes nothing, what is misread is refused, and an alert changes its state for a reason alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.monitor.clocks import tick
from chalicelib.monitor.managing import projects
from chalicelib.monitor.services import Services
from chalicelib.store import subscriptions
from tests.api.client import Api
from tests.api.hostedgraphite.conftest import ABOVE, Caller
from tests.conftest import Clock, Queues
from tests.sent import Sent

pytestmark = pytest.mark.usefixtures("quiet")
Push = Callable[..., None]


@pytest.fixture
def graphite(api: Api, clock: Clock, channel: Any) -> Caller:
    channel("Email me")
    return Caller(api, api.key, clock)


@pytest.fixture
def push(graphite: Caller, queues: Queues, clock: Clock) -> Push:
    """Sends lines, and lets half a minute and some seconds pass in which they are judged."""

    def send(*lines: str) -> None:
        if lines:
            assert graphite.send(*lines).status == 202
        queues.work()
        clock.move(seconds=36)
        queues.work()

    return send


@pytest.fixture
def judge(services: Services, queues: Queues, clock: Clock) -> Callable[[int], None]:
    """Lets minutes pass, each with its judgement."""

    def pass_(minutes: int) -> None:
        for _ in range(minutes):
            clock.move(minutes=1)
            tick.run(services)
            queues.work()

    return pass_


def state(graphite: Caller, alert: str) -> tuple[str, list[str]]:
    shown = graphite.shown(alert)
    return shown["status"], shown["currently_triggered_metrics"]


def test_a_change_that_is_refused_in_one_field_changes_no_other(graphite: Caller, contents: Callable[[], Any]) -> None:
    graphite.alert(name="taken")
    alert = graphite.alert(name="mine")
    good = {"info": "new", "metric": "another", "notification_type": "state_change", "notification_channels": []}
    before = contents()
    for bad, status in (
        ({"name": "taken"}, 409),
        ({"scheduled_mutes": ["nothing"]}, 400),
        ({"notification_channels": ["Email me", "nobody"]}, 400),
        ({"expression": "a && b"}, 400),
        ({"colour": "red"}, 400),
    ):
        assert graphite.put(f"/v2/alerts/{alert}/", {**good, **bad}).status == status
        assert graphite.post("/v2/alerts/", {**ABOVE, **good, "name": "new", **bad}).status == status
    assert contents() == before


def test_what_is_shown_may_be_sent_back_and_changes_nothing(graphite: Caller, contents: Callable[[], Any]) -> None:
    composite = {
        "additional_criteria": {"B": {"type": "missing", "time_period": 5, "metric": "b"}},
        "expression": "A||B",
    }
    alert = graphite.alert(**composite, info="x", notification_type=["every", 5], on_query_failure="ignore")
    shown = graphite.shown(alert)
    before = contents()
    assert graphite.put(f"/v2/alerts/{alert}/", shown).json == shown
    assert contents() == before


def test_an_alert_that_is_deleted_leaves_nothing_that_is_read_for_it(
    graphite: Caller, keyring: projects.Keyring
) -> None:
    alert = graphite.alert()
    project = keyring.project.code
    assert alert in subscriptions.of_project(project)
    graphite.delete(f"/v2/alerts/{alert}/")
    assert subscriptions.of_project(project) == {}


def test_no_data_leaves_a_pattern_as_it_is(graphite: Caller, push: Push, judge: Any, sent: Sent) -> None:
    alert = graphite.alert(name="Load", metric="web*.load", notification_type="state_change")
    push("web1.load 9", "web2.load 8")
    judge(60)
    assert state(graphite, alert) == ("alerting", ["web1.load", "web2.load"])
    push("web1.load 1", "web2.load 1")
    assert state(graphite, alert) == ("healthy", [])
    judge(60)
    assert sent.subjects == ["DOWN | Load", "UP | Load"]


def test_a_series_that_is_seen_for_the_first_time_is_judged_at_once(graphite: Caller, push: Push, sent: Sent) -> None:
    alert = graphite.alert(name="Load", metric="web*.load", notification_type="state_change")
    push("web1.load 1")
    push("web1.load 1", "web2.load 9")
    assert state(graphite, alert) == ("alerting", ["web2.load"])
    assert sent.subjects == ["DOWN | Load"]


def test_a_deleted_series_is_waited_for_no_more(graphite: Caller, push: Push, judge: Any, sent: Sent) -> None:
    alert = graphite.alert(name="Gone", metric="web*.load", alert_criteria={"type": "missing", "time_period": 5})
    push("web1.load 1", "web2.load 1")
    graphite.post("/api/v1/metric/delete/?pattern=web2.load")
    for _ in range(7):
        push("web1.load 1")
        judge(1)
    assert state(graphite, alert) == ("healthy", [])
    assert sent.subjects == []


def test_a_pattern_that_nothing_fits_waits_for_nothing(graphite: Caller, judge: Any, sent: Sent) -> None:
    missing = {"type": "missing", "time_period": 5}
    alerts = [
        graphite.alert(name=metric, metric=metric, alert_criteria=missing)
        for metric in ("nothing.*", "seriesByTag('name=nothing')", "sumSeries(nothing.*)")
    ]
    judge(10)
    assert [state(graphite, alert) for alert in alerts] == [("healthy", [])] * 3


def test_a_late_point_does_not_undo_what_newer_ones_say(graphite: Caller, push: Push, clock: Clock, sent: Sent) -> None:
    alert = graphite.alert(name="Load", metric="web.load", notification_type="state_change")
    push("web.load 9")
    push(f"web.load 1 {int(clock.now.timestamp()) - 240}")
    assert state(graphite, alert) == ("alerting", ["web.load"])
    push("web.load 1")
    push(f"web.load 9 {int(clock.now.timestamp()) - 240}")
    assert state(graphite, alert) == ("healthy", [])


def test_a_late_point_counts_within_a_period(graphite: Caller, push: Push, clock: Clock) -> None:
    lasting = {"type": "above", "above_value": 5, "time_period": 3}
    alert = graphite.alert(metric="web.load", alert_criteria=lasting)
    for _ in range(5):
        push("web.load 9")
    push(f"web.load 1 {int(clock.now.timestamp()) - 120}")
    assert state(graphite, alert)[0] == "healthy"


def test_a_sender_whose_clock_is_fast_is_judged_when_its_time_comes(
    graphite: Caller, push: Push, judge: Any, clock: Clock
) -> None:
    alert = graphite.alert(metric="web.load")
    push(f"web.load 9 {int(clock.now.timestamp()) + 540}")
    judge(7)
    assert state(graphite, alert)[0] == "healthy"
    judge(2)
    assert state(graphite, alert)[0] == "alerting"


def test_a_sender_whose_clock_is_fast_is_not_missing(graphite: Caller, push: Push, judge: Any, clock: Clock) -> None:
    alert = graphite.alert(metric="web.load", alert_criteria={"type": "missing", "time_period": 5})
    for _ in range(15):
        push(f"web.load 1 {int(clock.now.timestamp()) + 200}")
        judge(1)
    assert state(graphite, alert)[0] == "healthy"


def test_what_is_older_than_five_minutes_decides_nothing_by_itself(graphite: Caller, push: Push, clock: Clock) -> None:
    alert = graphite.alert(metric="web.load")
    push(f"web.load 9 {int(clock.now.timestamp()) - 330}")
    assert state(graphite, alert)[0] == "healthy"
    push(f"web.load 9 {int(clock.now.timestamp()) - 200}")
    assert state(graphite, alert)[0] == "alerting"


def test_another_metric_does_not_change_the_state_until_it_has_data(
    graphite: Caller, push: Push, judge: Any, sent: Sent
) -> None:
    alert = graphite.alert(name="Load", metric="web.load", notification_type="state_change")
    push("web.load 9")
    graphite.put(f"/v2/alerts/{alert}/", {"metric": "db.load"})
    judge(5)
    assert state(graphite, alert)[0] == "alerting"
    push("db.load 1")
    assert state(graphite, alert) == ("healthy", [])
    push("web.load 9")
    assert state(graphite, alert) == ("healthy", [])
    assert sent.subjects == ["DOWN | Load", "UP | Load"]


def test_an_undecided_part_of_a_composite_decides_only_what_it_can(graphite: Caller, push: Push) -> None:
    second = {"b": {"type": "above", "above_value": 5, "metric": "b"}}
    both = graphite.alert(name="both", metric="a", additional_criteria=second, expression="a && b")
    either = graphite.alert(name="either", metric="a", additional_criteria=second, expression="a || b")
    push("a 9")
    assert [state(graphite, both)[0], state(graphite, either)[0]] == ["healthy", "alerting"]
    push("a 9", "b 9")
    assert state(graphite, both) == ("alerting", ["a", "b"])
    push("a 1", "b 1")
    assert [state(graphite, both)[0], state(graphite, either)[0]] == ["healthy", "healthy"]


def test_tags_may_be_written_in_any_order(graphite: Caller, push: Push) -> None:
    alert = graphite.alert(metric="http.requests;host=a;code=503")
    push("http.requests;code=503;host=a 9")
    assert state(graphite, alert) == ("alerting", ["http.requests;code=503;host=a"])


def test_views_are_judged_as_they_are_named(graphite: Caller, push: Push) -> None:
    alert = graphite.alert(metric="web.load:sum")
    push("web.load 2.5", "web.load 2")
    assert state(graphite, alert)[0] == "healthy"
    push("web.load 3", "web.load 3.5")
    assert state(graphite, alert)[0] == "alerting"


def test_a_query_that_comes_to_fail_does_not_recover_what_breaches(
    graphite: Caller, push: Push, judge: Any, sent: Sent
) -> None:
    graphite.alert(name="Load", metric="alias(web*.load, 'x')", notification_type="state_change")
    push("web1.load 9")
    judge(1)
    push("web1.load 9", "web2.load 9")
    judge(1)
    assert sent.subjects == ["DOWN | Load"]
    judge(10)
    assert sent.subjects == ["DOWN | Load"]
