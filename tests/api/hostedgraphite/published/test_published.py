"""The Hosted Graphite Alerts API's own examples: each request as it is printed there gets the answer printed below it.

What the document calls by no name, and where it contradicts itself, is settled in examples.py.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.api.hostedgraphite.published import examples
from tests.api.hostedgraphite.published.conftest import Stage
from tests.api.hostedgraphite.published.examples import IDS

FIRST, SECOND = IDS["123-456-789"], IDS["321-654-987"]
OUTSIDE = {"type": "outside_bounds", "above_value": 123, "below_value": 123, "time_period": 123}
# The moment of the history's example.
MOMENT = datetime.fromtimestamp(1672531200, UTC)


def assert_documented(answer: Any, example: Any) -> None:
    """Every field of the example is there with its value and type; there may be more of them."""
    if isinstance(example, dict):
        assert set(example) <= set(answer)
        for name, value in example.items():
            assert_documented(answer[name], value)
    elif isinstance(example, list):
        assert len(answer) == len(example)
        for one, other in zip(answer, example, strict=True):
            assert_documented(one, other)
    else:
        assert (answer, type(answer)) == (example, type(example))


def play(stage: Stage, name: str) -> Any:
    """Sends the request of an example, which is answered as it is printed."""
    answer = stage.send(name)
    status, body = examples.response(name)
    assert answer.status == status, answer.text
    if body is not None:
        assert_documented(answer.json, body)
    return answer.json


def test_an_alert_is_created_as_published(stage: Stage) -> None:
    others = stage.services.new_code
    codes = iter([FIRST])
    stage.services.new_code = lambda: next(codes, None) or others()
    play(stage, "create")
    shown = stage.caller.shown(FIRST)
    assert_documented(shown, json.loads(examples.request("create")["body"]))
    assert shown["notification_type"] == ["every", 60]
    assert (shown["expression"], shown["additional_criteria"], shown["scheduled_mutes"]) == ("a", {}, [])


@pytest.mark.parametrize("number", range(4))
def test_everything_that_the_format_of_requests_allows_is_taken_and_shown(stage: Stage, number: int) -> None:
    mutes = [stage.mute(f"scheduled_mute_id{one}") for one in (1, 2, 3)]
    channels = [stage.channel(f"channel_id{one}", f"channel_name{one}0") for one in (1, 2)]
    channels.append(stage.channel("channel_id3", "channel_name1"))
    every = [json.loads(text) for text in examples.request_formats()]
    assert len(every) == 4
    given = every[number]
    answer = stage.caller.post("/v2/alerts/", given)
    assert answer.status == 201, answer.text
    shown = stage.caller.shown(answer.json["id"])
    if given["notification_type"] == "state_change":
        given["notification_type"] = ["state_change"]
    assert_documented(shown, given | {"notification_channels": channels, "scheduled_mutes": mutes})


@pytest.mark.parametrize("expression", examples.listed("parameters"))
def test_the_examples_of_additional_criteria_and_expressions_are_taken(stage: Stage, expression: str) -> None:
    additional = examples.listed("parameters")[expression]
    alert = stage.caller.alert(additional_criteria=additional, expression=expression)
    shown = stage.caller.shown(alert)
    assert_documented(shown, {"additional_criteria": additional, "expression": expression})


def test_alerts_are_searched_as_published(stage: Stage) -> None:
    failing(stage)
    play(stage, "search_all")


def test_alerts_that_match_are_searched_as_published(stage: Stage) -> None:
    failing(stage)
    stage.alert("321-654-987", name="Another")
    play(stage, "search_matching")


def failing(stage: Stage) -> None:
    """The alert that the search shows: nothing has triggered it and it is alerting, for its query fails."""
    stage.mute("mute_id1")
    stage.alert(
        "123-456-789",
        name="Name of the alert",
        metric="alias(example_*, 'one name for two series')",
        alert_criteria=OUTSIDE,
        notification_type=["every", 123],
        scheduled_mutes=[IDS["mute_id1"]],
        info="alert info",
    )
    stage.push(example_1=1, example_2=2)
    stage.wait()
    assert stage.send("mute").status == 200


@pytest.mark.parametrize("path", examples.listed("queries"))
def test_parameters_are_taken_as_their_formats_say(stage: Stage, path: str) -> None:
    names = {"first": "alert_name1", "second": "alert_name2", "third": "alert_name3"}
    codes = {
        "first": stage.alert("123-456-789", name="alert_name1", metric="some.metric"),
        "second": stage.alert("321-654-987", name="alert_name2", metric="search_string.metric"),
    }
    stage.clock.move(seconds=1)
    codes["third"] = stage.caller.alert(name="alert_name3", metric="a.search_string")
    stage.push(some__metric=9, search_string__metric=9, a__search_string=9)
    found = stage.caller.get(examples.placed(path))
    assert found.status == 200
    expected = examples.listed("queries")[path]
    if "history" in path:
        assert sorted(found.json) == sorted(codes[which] for which in expected)
    else:
        assert [alert["name"] for alert in found.json["alerts"]] == [names[which] for which in expected]


def test_a_single_alert_is_shown_as_published(stage: Stage) -> None:
    stage.channel("channel_id1", "email")
    stage.channel("channel_id2", "sms")
    stage.mute("mute_id_1")
    stage.alert(
        "123-456-7890",
        name="Name of the alert",
        metric="metric_*",
        alert_criteria=OUTSIDE,
        notification_channels=["email", "sms"],
        scheduled_mutes=[IDS["mute_id_1"]],
        notification_type="state_change",
        info="Alert is active due to threshold breach.",
        on_query_failure="notify",
    )
    stage.push(metric_1=124, metric_2=122)
    play(stage, "single")


def test_an_alert_is_updated_as_published(stage: Stage) -> None:
    """The answer that is printed is that of another change than the request that is printed."""
    stage.alert("123-456-789", info="why")
    before = stage.caller.shown(FIRST)
    answer = stage.send("update")
    status, example = examples.response("update")
    assert answer.status == status
    assert set(example) <= set(answer.json)
    assert_documented(answer.json, before | json.loads(examples.request("update")["body"]))


def test_the_answer_to_an_update_is_as_published(stage: Stage) -> None:
    for number in (1, 2, 3):
        stage.mute(f"scheduled_mute_id{number}")
        stage.channel(f"channel_id{number}", f"channel {number}")
    stage.alert("123-456-789")
    _, example = examples.response("update")
    answer = stage.send("update", body=json.dumps(example))
    assert answer.status == 200, answer.text
    assert_documented(answer.json, example)
    assert stage.caller.shown(FIRST) == answer.json


def test_an_alert_is_deleted_as_published(stage: Stage) -> None:
    stage.alert("123-456-789")
    play(stage, "delete")
    assert stage.caller.get(f"/v2/alerts/{FIRST}/").status == 404


def test_an_alert_is_muted_and_unmuted_as_published(stage: Stage) -> None:
    stage.alert("123-456-789")
    play(stage, "mute")
    assert stage.send("muted").json["duration"] == 60
    play(stage, "unmute")
    shown = stage.send("muted").json
    assert (shown["muted"], shown["duration"]) == (False, 0)


def test_whether_an_alert_is_muted_is_told_as_published(stage: Stage) -> None:
    mutes = [stage.mute("mute_id1"), stage.mute("mute_id2")]
    stage.alert("123-456-789", name="alert_name", scheduled_mutes=mutes)
    assert stage.send("mute", body='{"duration": 60}').status == 200
    stage.clock.move(minutes=30)
    play(stage, "muted")


@pytest.mark.parametrize("by", ["ids", "search"])
def test_many_alerts_are_muted_and_unmuted_as_published(stage: Stage, by: str) -> None:
    stage.alert("123-456-789", name="alert_name1", metric="a.search_string.metric")
    stage.alert("321-654-987", name="the search_string")
    third = stage.caller.alert(name="alert_name3")
    play(stage, f"mute_{by}")
    assert muted(stage, FIRST, SECOND, third) == [True, True, False]
    play(stage, f"unmute_{by}")
    assert muted(stage, FIRST, SECOND, third) == [False, False, False]


def muted(stage: Stage, *codes: str) -> list[bool]:
    return [stage.caller.shown(code)["muted"] for code in codes]


def test_without_ids_and_search_string_all_alerts_are_muted_and_unmuted(stage: Stage) -> None:
    codes = [stage.caller.alert(name=f"alert{number}") for number in range(3)]
    assert sorted(stage.send("mute_ids", body='{"duration": 60}').json["ids"]) == sorted(codes)
    assert muted(stage, *codes) == [True, True, True]
    assert sorted(stage.send("unmute_ids", body="{}").json["ids"]) == sorted(codes)
    assert muted(stage, *codes) == [False, False, False]


def test_the_history_of_alerts_is_as_published(stage: Stage) -> None:
    """One alert has triggered; another had been missing for longer than the three days that are shown."""
    metric = "The metric that triggered this."
    series = "The_metric_that_triggered_this"
    stage.clock.now = datetime.fromtimestamp(MOMENT.timestamp() - 4 * 86_400, UTC)
    stage.alert("321-654-987", name="2", metric=series, alert_criteria={"type": "missing", "time_period": 1})
    stage.wait(2)
    stage.clock.now = MOMENT - timedelta(seconds=1)
    stage.alert("123-456-789", name="1", metric=series, alert_criteria={"type": "above", "above_value": 5})
    stage.clock.now = MOMENT
    stage.push(**{series: 123})
    _, example = examples.response("history")
    found = stage.send("history")
    assert found.status == 200
    told = {FIRST: example[FIRST]}
    assert_documented(found.json, json.loads(json.dumps(told).replace(metric, series)))
    assert list(found.json) == [FIRST]
    both = stage.send("history", path="/v2/alerts/history/?").json
    assert_documented(both, json.loads(json.dumps(example).replace(metric, series)))


REFUSED = examples.listed("refusals")


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize("case", REFUSED)
def test_what_is_wrong_is_answered_with_the_published_status(stage: Stage, case: str) -> None:
    name, status = case.split()
    exists = REFUSED[case].get("exists", False)
    changes = {key: value for key, value in REFUSED[case].items() if key != "exists"}
    if exists or status == "409":
        stage.alert("123-456-789")
    answer = stage.send(name, ids=exists, **changes)
    assert answer.status == int(status), answer.text
    assert answer.json["error"]


CRITERIA = examples.listed("criteria")


def test_the_example_of_what_is_missing_for_ten_minutes(stage: Stage) -> None:
    alert = stage.caller.alert(**CRITERIA["missing for 10 minutes"])
    stage.push(test__metric__1=1)
    stage.wait(9)
    assert stage.caller.shown(alert)["status"] == "healthy"
    stage.wait(1)
    assert stage.caller.shown(alert)["status"] == "alerting"


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("above 5.6", {5.6: "healthy", 5.7: "alerting", 2.0: "healthy"}),
        ("below 2.1 or above 5.6", {2.1: "healthy", 2.0: "alerting", 5.6: "healthy", 5.7: "alerting"}),
    ],
)
def test_the_examples_of_what_is_judged_at_once(stage: Stage, name: str, values: dict[float, str]) -> None:
    alert = stage.caller.alert(**CRITERIA[name])
    for value, status in values.items():
        stage.push(test__metric__1=value)
        assert (value, stage.caller.shown(alert)["status"]) == (value, status)


def test_the_example_of_what_is_outside_for_ten_minutes(stage: Stage) -> None:
    alert = stage.caller.alert(**CRITERIA["below 2.1 or above 5.6 for 10 minutes"])
    stage.push(test__metric__1=3)
    for number in range(16):
        stage.push(test__metric__1=2.0 if number % 2 else 5.7)
        assert stage.caller.shown(alert)["status"] == "healthy"
    stage.push(test__metric__1=5.7)
    assert stage.caller.shown(alert)["status"] == "alerting"
