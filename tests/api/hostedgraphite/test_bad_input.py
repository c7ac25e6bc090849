"""Bad input: a clear error that names the field, nothing changed, nothing hung. What only one resource knows stands in
the file of that resource."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.languages.graphite import TooMany
from chalicelib.monitor.clocks import tick
from chalicelib.monitor.looking import reading
from chalicelib.store import series_names
from chalicelib.store.series_names import Name
from tests.api.client import Api
from tests.api.hostedgraphite.conftest import ABOVE, Caller
from tests.conftest import NOW, Queues, Story

pytestmark = pytest.mark.usefixtures("quiet")
ALERTS = "/v2/alerts/"
NOBODY = "00000000-0000-4000-8000-000000000000"
B = {"type": "below", "below_value": 20, "metric": "other"}


def these(*values: Any) -> tuple[Any, ...]:
    """Values of any types."""
    return values


def criteria(**fields: Any) -> dict[str, Any]:
    return {"alert_criteria": fields}


def above(value: Any) -> dict[str, Any]:
    return criteria(type="above", above_value=value)


def lasting(value: Any) -> dict[str, Any]:
    return criteria(type="missing", time_period=value)


def composite(expression: Any, **letters: Any) -> dict[str, Any]:
    return {"additional_criteria": letters, "expression": expression}


WRONG_TYPES: tuple[Any, ...] = (5, 1.5, True, False, [], {}, [[]], {"a": 1})
BAD: list[tuple[str, dict[str, Any]]] = [
    # Criteria: missing, misspelt and strange fields.
    ("alert_criteria.type", criteria()),
    ("alert_criteria.type", criteria(type=None, above_value=5)),
    ("alert_criteria.type", criteria(type="Above", above_value=5)),
    ("alert_criteria.type", criteria(type=["above"], above_value=5)),
    ("alert_criteria.Type", criteria(Type="above", above_value=5)),
    ("alert_criteria.above", criteria(type="above", above=5)),
    ("alert_criteria.above_value", criteria(type="above", below_value=5)),
    ("alert_criteria.below_value", criteria(type="below", above_value=5)),
    ("alert_criteria.below_value", criteria(type="outside_bounds", above_value=5)),
    ("alert_criteria.above_value", criteria(type="outside_bounds", below_value=5)),
    ("alert_criteria.above_value", criteria(type="outside_bounds", above_value=1, below_value=9)),
    ("alert_criteria.metric", criteria(type="above", above_value=5, metric="another.metric")),
    # Bounds that are no numbers.
    *(
        ("alert_criteria.above_value", above(value))
        for value in these("NaN", "nan", "inf", "Infinity", "-inf", "1e999")
    ),
    *(
        ("alert_criteria.above_value", above(value))
        for value in these("five", "0x10", "1_0", "٣", "5 5", [], {}, [5], True)
    ),
    *(
        ("alert_criteria.above_value", above(value))
        for value in these(float("nan"), float("inf"), -float("inf"), 10**400)
    ),
    ("alert_criteria.below_value", criteria(type="below", below_value=False)),
    # A period is from a minute to a day.
    *(("alert_criteria.time_period", lasting(value)) for value in these(None, "", 0, -1, 1.5, 1_441, 525_600, 10**400)),
    *(
        ("alert_criteria.time_period", lasting(value))
        for value in these("0", "soon", "NaN", True, [], {}, float("inf"))
    ),
    ("alert_criteria.time_period", criteria(type="above", above_value=5, time_period=0)),
    # Expressions and their letters.
    ("expression", composite("a && b")),
    ("expression", composite("a && c", b=B)),
    ("expression", composite("a", b=B)),
    ("expression", composite(None, b=B)),
    ("expression", composite("b", b=B)),
    ("expression", composite("a & b", b=B)),
    ("expression", composite("a && && b", b=B)),
    ("expression", composite("a b", b=B)),
    ("expression", composite("ab", b=B)),
    ("expression", composite("a && (b", b=B)),
    ("expression", composite("a && é", b=B)),
    ("expression", composite("a || b\0", b=B)),
    ("expression", composite("a && b" + " && b" * 200, b=B)),
    *(("expression", composite(nested, b=B)) for nested in ("(" * 1000 + "a&&b" + ")" * 1000, "!" * 1000 + "a&&b")),
    *(("expression", {"expression": value}) for value in WRONG_TYPES),
    ("additional_criteria", composite("a||b||c||d||e", b=B, c=B, d=B, e=B)),
    *(("additional_criteria", {"additional_criteria": value}) for value in these(5, True, "b", [B])),
    *((f"additional_criteria.{key}", composite("a", **{key: B})) for key in ("A", "a", "bb", "1", "&")),
    ("additional_criteria.\\xe9", composite("a", é=B)),
    ("additional_criteria.", composite("a", **{"": B})),
    ("additional_criteria.B", {"additional_criteria": {"b": B, "B": B}, "expression": "a && b"}),
    *(("additional_criteria.b", composite("a&&b", b=value)) for value in these(None, 5, "x", [])),
    ("additional_criteria.b.metric", composite("a&&b", b={**B, "metric": None})),
    ("additional_criteria.b.metric", composite("a&&b", b={**B, "metric": "sumSeries("})),
    ("additional_criteria.b.below_value", composite("a&&b", b={**B, "below_value": float("nan")})),
    ("additional_criteria.b.colour", composite("a&&b", b={**B, "colour": "red"})),
    # Metrics.
    *(("metric", {"metric": value}) for value in these(None, "", " ", *WRONG_TYPES)),
    *(
        ("metric", {"metric": value})
        for value in these("sum(a,", "sum(a))", "a b", "nothing(a)", "'a'", "a.{b", "\ud800")
    ),
    ("metric", {"metric": "x" * 5_001}),
    ("metric", {"metric": "scale(" * 800 + "a" + ",1)" * 800}),
    ("metric", {"metric": "a" + "|scale(1)" * 555}),
    ("metric", {"metric": "a.b\0"}),
    # Names, notes, who is told and when.
    *(("name", {"name": value}) for value in these(None, "", "  ", "x" * 201, "\ud800", "a\0b", *WRONG_TYPES)),
    *(("info", {"info": value}) for value in these("x" * 10_001, "\udfff", *WRONG_TYPES)),
    *(
        ("notification_channels", {"notification_channels": value})
        for value in these(5, True, {}, "", "*", ["*"], [""])
    ),
    *(
        ("notification_channels", {"notification_channels": [value]})
        for value in these("nobody", NOBODY, "a,b", 5, None, "\ud800")
    ),
    ("notification_channels", {"notification_channels": ["x"] * 51}),
    *(
        ("notification_type", {"notification_type": value})
        for value in these("every", "State_Change", 5, True, {}, [5])
    ),
    *(
        ("notification_type", {"notification_type": ["every", value]})
        for value in these(0, -1, 1.5, True, "", "x", None, [])
    ),
    *(
        ("notification_type", {"notification_type": ["every", value]})
        for value in these(10_081, 10**400, "9" * 5_000, float("nan"))
    ),
    ("notification_type", {"notification_type": ["every", 5, 5]}),
    ("notification_type", {"notification_type": ["state_change", 5]}),
    *(
        ("scheduled_mutes", {"scheduled_mutes": value})
        for value in these(5, True, {}, "x", [5], [None], [NOBODY], ["\ud800"])
    ),
    ("scheduled_mutes", {"scheduled_mutes": ["x"] * 51}),
    *(("on_query_failure", {"on_query_failure": value}) for value in these("", "Notify", 0, 5, True, [], {})),
    # Fields that nobody knows.
    *((key, {key: 1}) for key in ("Name", "alert_criterion", "above_value")),
    ('""', {"": 1}),
    ("\\ud800", {"\ud800": 1}),
    ("x" * 60, {"x" * 5_000: 1}),
]


@pytest.mark.parametrize(("field", "wrong"), BAD, ids=lambda value: ascii(value)[:50])
def test_a_wrong_value_is_refused_by_its_name_and_changes_nothing(
    graphite: Caller, contents: Callable[[], Any], queues: Queues, field: str, wrong: dict[str, Any]
) -> None:
    alert = graphite.alert()
    queues.take("rules")
    before = contents()
    for answer in (
        graphite.post(ALERTS, {**ABOVE, "name": "new", **wrong}),
        graphite.put(f"{ALERTS}{alert}/", wrong),
    ):
        assert answer.status == 400, answer.text
        assert (sorted(answer.json), answer.json["field"]) == (["error", "field"], field)
        assert answer.json["error"].startswith(field)
    assert contents() == before
    assert queues.take("rules") == []


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1" + "0" * 400, "9" * 5_000])
def test_numbers_that_json_may_not_hold_are_refused_where_numbers_stand(graphite: Caller, literal: str) -> None:
    body = '{"name": "new", "metric": "a", "alert_criteria": {"type": "above", "above_value": THIS}}'
    body = body.replace("THIS", literal)
    answer = graphite.call("POST", ALERTS, data=body.encode())
    assert (answer.status, answer.json["field"]) == (400, "alert_criteria.above_value")
    mute = graphite.call("POST", f"{ALERTS}muted/", data=b'{"duration": %s}' % literal.encode())
    assert (mute.status, mute.json["field"]) == (400, "duration")


def test_a_number_of_many_digits_is_that_number(graphite: Caller) -> None:
    body = '{"name": "new", "metric": "a", "alert_criteria": {"type": "above", "above_value": 1ZEROS}}'.replace(
        "ZEROS", "0" * 50
    )
    made = graphite.call("POST", ALERTS, data=body.encode())
    assert graphite.shown(made.json["id"])["alert_criteria"]["above_value"] == 1e50


WRITES = [
    ("POST", ALERTS),
    ("PUT", "{alert}"),
    ("POST", "{alert}muted/"),
    ("POST", f"{ALERTS}muted/"),
    ("DELETE", f"{ALERTS}muted/"),
    ("POST", f"{ALERTS}backtest/"),
    ("POST", "/v2/notifications/"),
    ("PUT", "{channel}"),
    ("POST", "/v2/schedules/"),
    ("PUT", "{schedule}"),
]
NO_OBJECT = {
    "half": b"{",
    "list": b"[]",
    "text": b'"x"',
    "number": b"5",
    "null": b"null",
    "two": b"{} {}",
    "form": b"name=x",
    "no UTF-8": b'{"name": "\xff"}',
    "UTF-16": '{"name": "x"}'.encode("utf-16"),
    "binary": bytes(range(256)),
    "deep lists": b"[" * 100_000,
    "deep objects": b'{"a":' * 1_000 + b"1" + b"}" * 999,
    "deeper objects": b'{"a":' * 100_000,
    "five megabytes": b'{"name": "' + b"x" * 5_000_000 + b'"}',
    "five megabytes of nothing": b" " * 5_000_000,
}


@pytest.fixture
def paths(graphite: Caller, channel: Any) -> dict[str, str]:
    schedule = {"name": "there", "start_time": "01:00", "duration": 5}
    return {
        "alert": f"{ALERTS}{graphite.alert()}/",
        "channel": f"/v2/notifications/{channel('There')['id']}/",
        "schedule": f"/v2/schedules/{graphite.post('/v2/schedules/', schedule).json['id']}/",
    }


@pytest.mark.parametrize("body", NO_OBJECT.values(), ids=NO_OBJECT)
def test_a_body_that_is_no_object_is_refused_everywhere(
    graphite: Caller, paths: dict[str, str], contents: Callable[[], Any], body: bytes
) -> None:
    before = contents()
    for method, path in WRITES:
        answer = graphite.call(method, path.format(**paths), data=body)
        assert (answer.status, answer.json["field"]) == (400, "body"), (method, path, answer.text)
    assert contents() == before


def test_a_thousand_levels_of_json_are_refused_by_the_field_that_holds_them(graphite: Caller) -> None:
    deep = b'{"a":' * 300 + b"1" + b"}" * 300
    for field in (b"name", b"metric", b"notification_channels", b"scheduled_mutes", b"on_query_failure"):
        body = b'{"name": "n", "metric": "a", "alert_criteria": {"type": "above", "above_value": 1}, "%s": %s}'
        answer = graphite.call("POST", ALERTS, data=body % (field, deep))
        assert (answer.status, answer.json["field"]) == (400, field.decode())


@pytest.mark.parametrize("body", [b"", b" \n", b"{}"])
def test_an_empty_body_lacks_what_is_required(graphite: Caller, paths: dict[str, str], body: bytes) -> None:
    fields = {
        ALERTS: "name",
        "{alert}muted/": "duration",
        f"{ALERTS}muted/": "duration",
        f"{ALERTS}backtest/": "alert",
        "/v2/notifications/": "type",
        "/v2/schedules/": "name",
    }
    for path, field in fields.items():
        answer = graphite.call("POST", path.format(**paths), data=body)
        assert (answer.status, answer.json["field"]) == (400, field)


def test_an_empty_change_changes_nothing(graphite: Caller, paths: dict[str, str], contents: Callable[[], Any]) -> None:
    before = contents()
    for path in paths.values():
        assert graphite.put(path, {}).status == 200
    assert contents() == before


PAGED = [ALERTS, "/v2/notifications/", "/v2/schedules/"]


@pytest.mark.parametrize("path", PAGED)
@pytest.mark.parametrize("value", ["0", "-1", "x", "1.5", "1e3", "9" * 30, "٣", "%00", "NaN", "true", "+1"])
def test_pages_are_asked_for_in_numbers(graphite: Caller, path: str, value: str) -> None:
    for name in ("page", "max"):
        answer = graphite.get(f"{path}?{name}={value}")
        assert (answer.status, answer.json["field"]) == (400, name)
    assert graphite.get(f"{path}?max=101").status == 400


@pytest.mark.parametrize("path", PAGED)
def test_a_page_beyond_the_last_is_empty(graphite: Caller, path: str) -> None:
    answer = graphite.get(f"{path}?page=999999&max=1&&nothing=x")
    assert (answer.status, answer.json["next_page"]) == (200, False)


@pytest.mark.parametrize("code", ["abc", NOBODY, "%00", "x" * 3_000, "%ED%A0%80", "a%2Fb", "..", "%E2%98%83", "None"])
def test_an_unknown_alert_is_not_found(graphite: Caller, contents: Callable[[], Any], code: str) -> None:
    graphite.alert()
    before = contents()
    for method, path, status in (
        ("GET", "", 404),
        ("PUT", "", 404),
        ("DELETE", "", 400),
        ("GET", "muted/", 404),
        ("POST", "muted/", 404),
        ("DELETE", "muted/", 404),
    ):
        answer = graphite.call(method, f"{ALERTS}{code}/{path}", {"duration": 5} if method == "POST" else None)
        assert answer.status == status, (method, path, answer.text)
    assert contents() == before


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> int:
    """A limit that is reached soon."""
    monkeypatch.setattr(reading, "SERIES_MAX", 3)
    return 3


MANY = [
    "w.*",
    "w.{a,b,c,d}",
    "w.*:sum",
    "sumSeries(w.*)",
    "scale(w.?,2)",
    "seriesByTag('name=~w')",
    "sum(group(x,w.*))",
]


@pytest.mark.parametrize("metric", MANY)
def test_a_pattern_that_matches_too_many_series_is_refused(
    graphite: Caller, few: int, contents: Callable[[], Any], metric: str
) -> None:
    alert = graphite.alert()
    graphite.send("w.a 1", "w.b 1", "w.c 1", "w.d 1")
    before = contents()
    extra = {"additional_criteria": {"b": {**B, "metric": metric}}, "expression": "a && b"}
    for field, given in (("metric", {"metric": metric}), ("additional_criteria.b.metric", extra)):
        for answer in (
            graphite.post(ALERTS, {**ABOVE, "name": "new", **given}),
            graphite.put(f"{ALERTS}{alert}/", given),
        ):
            assert (answer.status, answer.json["field"]) == (400, field), answer.text
            assert "matches more than 3 series" in answer.json["error"]
    assert contents() == before


def test_a_pattern_that_matches_just_as_many_as_it_may_is_taken(graphite: Caller, few: int) -> None:
    graphite.send("w.a 1", "w.b 1", "w.c 1")
    for metric in MANY[:3]:
        assert graphite.post(ALERTS, {**ABOVE, "name": metric, "metric": metric}).status == 201


def test_a_pattern_that_comes_to_match_too_many_series_fails_with_its_reason_and_may_be_changed(
    story: Story, graphite: Caller, few: int, channel: Any
) -> None:
    channel("Email me")
    alert = graphite.alert(name="Load", metric="w.*", notification_type="state_change")
    graphite.send("w.a 1", "w.b 1", "w.c 1", "w.d 1")
    for _ in range(3):
        tick.run(story.services)
        story.queues.work()
        story.clock.move(minutes=1)
    assert story.sent.subjects == ["DOWN | Load"]
    assert "query failed: w.* matches more than 3 series" in story.sent.mails[0].text
    (event,) = graphite.get(f"{ALERTS}history/?id={alert}").json[alert]
    assert (event["status"], event["value"], event["metric"]) == ("alerting", None, "w.*")
    changed = graphite.put(f"{ALERTS}{alert}/", {"alert_criteria": {"type": "above", "above_value": 7}})
    assert changed.status == 200
    graphite.post("/api/v1/metric/delete/?pattern=w.d")
    graphite.send("w.a 1")
    story.queues.work()
    assert story.sent.subjects == ["DOWN | Load", "UP | Load"]


@pytest.mark.parametrize("pattern", ["web.*.load", "seriesByTag('name=~web')"])
def test_a_pattern_over_ten_thousand_series_is_refused_after_a_thousand(
    monkeypatch: pytest.MonkeyPatch, pattern: str
) -> None:
    names = iter([Name(f"web.{number}.load", 0, 0) for number in range(10_000)])
    monkeypatch.setattr(series_names, "every", lambda *_, **__: names)
    with pytest.raises(TooMany, match="matches more than 1000 series"):
        reading.reader_of("project", NOW).names(pattern)
    assert next(names).series == "web.1001.load"


def test_a_read_only_key_changes_nothing(
    graphite: Caller, paths: dict[str, str], reader: Api, contents: Callable[[], Any]
) -> None:
    before = contents()
    for method, path in WRITES:
        if "backtest" not in path:
            assert graphite.call(method, path.format(**paths), {}, key=reader.key).status == 403
    assert contents() == before
