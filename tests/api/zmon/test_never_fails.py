"""Whatever is sent, the answer is never a fault of ours; and what is taken comes back."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from tests.api.anything import SCALAR, TEXT, VALUE, careful
from tests.api.zmon.conftest import Caller
from tests.conftest import Story
from tests.definitions import alert, command
from tests.park import Park

pytestmark = pytest.mark.usefixtures("quiet")

NAME = some.sampled_from(["web-1", "a[b]:1", "db@x", "Web", "w", "", "GLOBAL"]) | TEXT
TYPE = some.sampled_from(["host", "local", "city", "GLOBAL", "a:b"]) | VALUE
ENTITY = some.dictionaries(TEXT, VALUE, max_size=4).flatmap(
    lambda more: some.fixed_dictionaries({"id": NAME | VALUE, "type": TYPE}).map(lambda named: {**more, **named})
)


@careful
@given(ENTITY | VALUE, some.lists(ENTITY, max_size=2) | VALUE)
def test_any_entity_comes_back_or_is_refused(zmon: Caller, body: Any, query: Any) -> None:
    answer = zmon.put("/entities", body)
    assert answer.status in (200, 400, 403, 409), answer.text
    found = zmon.get(f"/entities?query={quote(json.dumps(query))}")
    assert found.status in (200, 400), found.text
    if answer.status != 200:
        return
    path = f"/entities/{quote(body['id'], safe='')}"
    assert json.dumps(zmon.get(path).json) == json.dumps(json.loads(json.dumps(body)))
    stamped = zmon.get("/entities").json
    assert body["id"] in [one["id"] for one in stamped]
    contained = zmon.get(f"/entities?query={quote(json.dumps(body))}").json
    assert body["id"] in [one["id"] for one in contained]
    assert zmon.delete(path).text == "1"


@careful
@given(some.binary(max_size=60) | some.text('{}[]":,019eE+-.naN \\u', max_size=20).map(str.encode))
@example(b'{"id": "web-1", "type": "host", "x": 1E400}')
@example(b'"\\ud800"')
def test_any_bytes(zmon: Caller, data: bytes) -> None:
    for method, path in (
        ("PUT", "/entities"),
        ("POST", "/dashboard"),
        ("POST", "/visualization/dashboards"),
        ("POST", "/rest/entity-filters"),
        ("POST", "/rest/scheduleTrialRun"),
        ("POST", "/alert-definitions/backtest"),
        ("POST", "/status/alert-coverage"),
        ("POST", "/downtimes"),
        ("POST", "/rest/scheduleDowntime"),
    ):
        assert zmon.call(method, path, data=data).status in (200, 400)


DASHBOARD = some.fixed_dictionaries(
    {"name": TEXT},
    optional=dict.fromkeys(["view_mode", "alert_teams", "tags", "shared_teams", "widget_configuration"], VALUE),
)
FILTERS = some.lists(some.dictionaries(TEXT, SCALAR | some.lists(SCALAR, max_size=2), max_size=2), max_size=2) | VALUE


@careful
@given(DASHBOARD | VALUE, FILTERS, FILTERS)
def test_any_dashboard_and_any_filters(zmon: Caller, body: Any, include: Any, exclude: Any) -> None:
    made = zmon.post("/dashboard", body)
    assert made.status in (200, 400), made.text
    if made.status == 200:
        shown = zmon.get(f"/dashboard/{made.json}").json
        assert zmon.post(f"/dashboard/{made.json}", shown).json == made.json
    asked = {"include_filters": include, "exclude_filters": exclude}
    assert zmon.post("/rest/entity-filters", asked).status in (200, 400)
    assert zmon.get("/quick-search").status == 200


MOMENT = some.sampled_from([1_795_262_401, 1_795_266_000.5, 1_795_348_800, 0, -1, 1e308]) | VALUE
RECURRING = some.fixed_dictionaries(
    {},
    optional={
        "at": some.sampled_from(["02:30", "24:00"]) | VALUE,
        "duration": some.sampled_from([1, 60, 10**9]) | VALUE,
        "days": some.sampled_from([[], ["mon"], [7]]) | VALUE,
        "timezone": some.sampled_from(["UTC", "Europe/Berlin", "UTC+99"]) | VALUE,
    },
)
DOWNTIME = some.fixed_dictionaries(
    {"comment": TEXT | VALUE, "end_time": MOMENT},
    optional={
        "start_time": MOMENT,
        "entities": some.lists(NAME, max_size=2) | VALUE,
        "entity_filters": FILTERS,
        "alert_definitions": some.lists(some.sampled_from([1, "1", 10**12, ""]), max_size=2) | VALUE,
        "recurring": RECURRING | VALUE,
    },
)


@careful
@given(DOWNTIME | VALUE)
def test_any_downtime(zmon: Caller, body: Any) -> None:
    made = zmon.post("/downtimes", body)
    assert made.status in (200, 400), made.text
    pairs = [{"alert_id": 1, "entity_ids": body.get("entities")}] if isinstance(body, dict) else []
    asked = {**body, "downtime_entities": pairs} if isinstance(body, dict) else body
    assert zmon.post("/rest/scheduleDowntime", asked).status in (200, 400)
    if made.status == 200:
        assert zmon.delete(f"/downtimes/{made.json['id']}").json == made.json


PART = some.text(some.characters(codec="utf-8"), min_size=1, max_size=12).map(lambda text: quote(text, safe=""))
ASKED = some.sampled_from(["0", "5", "9" * 30, "{", "{}", '{"a": []}', "[[]]", "a,b"]) | some.text(
    some.characters(codec="utf-8"), max_size=12
)


@careful
@given(PART, PART, some.dictionaries(some.sampled_from(["query", "exclude", "limit", "after", "teams"]), ASKED))
def test_any_name_and_any_question(zmon: Caller, one: str, two: str, query: dict[str, str]) -> None:
    for path in ("entities", "dashboard", "visualization/dashboards"):
        assert zmon.get(f"/{path}/{one}").status in (200, 404)
    assert zmon.delete(f"/entities/{one}").text == "0"
    assert zmon.delete(f"/downtimes/{one}").json["entities"] == []
    assert zmon.delete(f"/rest/deleteDowntimes?downtime_id={two}").status == 200
    assert zmon.get(f"/rest/downtimes?alert_definition_id={two}").status in (200, 400)
    assert zmon.get(f"/rest/alertHistory?alert_definition_id={two}").status in (400, 404)
    for method, word in (("PUT", "member"), ("PUT", "active"), ("PUT", "phone"), ("PUT", "name"), ("DELETE", "member")):
        assert zmon.call(method, f"/groups/{one}/{word}/{two}").status in (200, 400)
    for path in ("entities", "quick-search", "groups"):
        answer = zmon.get(f"/{path}?{urlencode(query)}")
        assert answer.status in (200, 400), answer.text


FIELD = VALUE | some.sampled_from(["", "1", 1, 2, "ACTIVE", "PYTHON_2", "true", [], {}, [{"type": "host"}], [{}]])
PROGRAM = some.sampled_from(["1", "value > 5", "> x", "http('/')", "entity['a']", "(", "\ud800", "x" * 20_000]) | TEXT
CALL = some.sampled_from(
    ["send_mail('a@example.org')", "send_sms('+37120000000', repeat=1)", "send_mail('group:x')", "notify_http()", "f("]
)


def mostly(whole: dict[str, Any]) -> some.SearchStrategy[dict[str, Any]]:
    """A definition in which a few fields are something else."""
    others = some.dictionaries(some.sampled_from(sorted(whole)), FIELD | PROGRAM, max_size=3)
    return others.map(lambda changed: {**whole, **changed})


@careful
@given(mostly({"id": "", **command()}) | VALUE, PROGRAM)
def test_any_check_definition_is_shown_as_it_was_kept_or_refused(
    zmon: Caller, story: Story, body: Any, program: str
) -> None:
    for given_one in (body, command(command=program)):
        answer = zmon.post("/check-definitions", given_one)
        assert answer.status in (200, 400, 404), answer.text
        if answer.status == 200:
            number = answer.json["id"]
            assert zmon.get(f"/check-definitions/{number}").json == answer.json
            assert zmon.post(f"/check-definitions/{number}", answer.json).json == answer.json
            assert zmon.delete(f"/check-definitions/{number}").text == "Deleted"
    story.queues.work()


@careful
@given(
    mostly({"id": "", **alert()}) | VALUE,
    PROGRAM,
    some.lists(CALL | TEXT, max_size=3),
    some.dictionaries(TEXT, FIELD, max_size=2) | VALUE,
)
def test_any_alert_definition_is_shown_as_it_was_kept_or_refused(
    zmon: Caller, story: Story, body: Any, condition: str, calls: Any, parameters: Any
) -> None:
    zmon.post("/check-definitions", command())
    written = [body, alert(condition=condition), alert(notifications=calls), alert(parameters=parameters)]
    for given_one in (*written, alert(period=condition), alert(name=condition)):
        answer = zmon.post("/alert-definitions", given_one)
        assert answer.status in (200, 400), answer.text
        if answer.status == 200:
            number = answer.json["id"]
            assert zmon.get(f"/rest/alertDefinitionNode?id={number}").json == answer.json
            assert zmon.get(f"/rest/alertNotifications?id={number}").status == 200
            assert zmon.put(f"/alert-definitions/{number}", answer.json).json == answer.json
            assert zmon.delete(f"/alert-definitions/{number}").json == answer.json
    # What they leave to be done is done, or each example would take longer than the one before.
    story.clock.move(minutes=16)
    story.queues.work()


@careful
@given(PART, some.dictionaries(some.sampled_from(["id"]), ASKED))
def test_any_number_of_a_definition(zmon: Caller, part: str, query: dict[str, str]) -> None:
    for path in (f"/check-definitions/{part}", f"/alert-definitions/{part}"):
        assert zmon.get(path).status == 404
        assert zmon.delete(path).status == 404
    for word in ("alertDefinitionNode", "alertDefinitionChildren", "alertNotifications"):
        assert zmon.get(f"/rest/{word}?{urlencode(query)}").status in (200, 400, 404)


TEXTS = some.sampled_from(["> 5", "value", "1 / 0", "lambda x", "(", "", "entity['x']", "[1] * 10 ** 9"]) | TEXT
NUMBER = some.sampled_from([1, "1", 0, -1, 2**70, 1.5, "", None]) | VALUE
TRIAL = some.fixed_dictionaries(
    {"check_command": TEXTS | VALUE, "alert_condition": TEXTS | VALUE, "entities": FILTERS},
    optional={
        "name": VALUE,
        "interval": NUMBER,
        "entities_exclude": FILTERS,
        "parameters": some.dictionaries(TEXT, VALUE, max_size=2) | VALUE,
        "period": some.sampled_from(["hr {9-16}", "never", "{"]) | VALUE,
        "check_definition_id": NUMBER,
    },
)


@careful
@given(TRIAL | VALUE)
@example({"check_command": "1", "alert_condition": "> 0", "entities": [{"type": "GLOBAL"}], "name": "\ud800"})
def test_any_trial_run_is_shown_or_refused(zmon: Caller, story: Story, body: Any) -> None:
    answer = zmon.post("/rest/scheduleTrialRun", body)
    assert answer.status in (200, 400), answer.text
    if answer.status == 200:
        story.queues.work()
        found = zmon.get(f"/rest/trialRunResults?id={answer.json['id']}")
        assert (found.status, found.json["percentage"]) == (200, 100)


BACKTEST = some.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(["alert_definition_id", "check_definition_id"], NUMBER),
        "condition": TEXTS | VALUE,
        **dict.fromkeys(["entities", "entities_exclude"], FILTERS),
        "parameters": some.dictionaries(TEXT, VALUE, max_size=2) | VALUE,
        "entity_ids": some.lists(NAME | VALUE, max_size=2) | VALUE,
        **dict.fromkeys(["from", "until"], MOMENT),
    },
)


@careful
@given(BACKTEST | VALUE, VALUE)
def test_any_backtest_and_any_question_of_coverage(zmon: Caller, story: Story, body: Any, asked: Any) -> None:
    park = Park(story)
    if not zmon.get("/rest/alertsById?id=1").json:
        park.command()
        park.alert()
        park.entity("web-1", 9)
        park.run()
    assert zmon.post("/alert-definitions/backtest", body).status in (200, 400)
    assert zmon.post("/status/alert-coverage", asked).status in (200, 400)


SEEN = ["team", "tags", "id", "alert_id", "check_id", "entity", "limit", "after", "alert_definition_id", "from", "to"]


@careful
@given(PART, some.dictionaries(some.sampled_from(SEEN), ASKED))
def test_any_alert_that_is_looked_at(zmon: Caller, one: str, query: dict[str, str]) -> None:
    asked = urlencode(query)
    assert zmon.get(f"/status/alert/{one}?{asked}").status in (200, 400)
    for path in (f"/status/alert/{one}/all-entities", f"/status/alert/{one}/details", "/status/active-alerts"):
        assert zmon.get(f"{path}?{asked}").status in (200, 400, 404), path
    for word in ("allAlerts", "alertsById", "alertDetails", "checkResults", "alertHistory", "trialRunResults"):
        assert zmon.get(f"/rest/{word}?{asked}").status in (200, 400, 404), word
