"""Whatever is sent, in JSON, in lines or in a query, the answer is never a fault of ours."""

from __future__ import annotations

import gzip
import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from chalicelib.api.hostedgraphite import validation
from chalicelib.monitor.clocks import tick
from tests.api.anything import SCALAR, TEXT, VALUE, careful
from tests.api.hostedgraphite.conftest import ABOVE, Caller
from tests.conftest import Story

pytestmark = pytest.mark.usefixtures("quiet")

# What is nearly right goes deeper than what is wrong at once.
TARGETS = some.sampled_from(
    [
        *("a", "a.*", "a.*:sum", "*", "{a,b}", "[", "a;b=c", "a:95pct", "seriesByTag('name=a')", "a.b;c", ":avg", "#"),
        *("scale(a.*,2)", "a|scale(2)", "movingAverage(a,'5min')", "timeShift(a,'1d')", "alias(a,'x')", "group(a,b)"),
        *("constantLine(5)", "threshold(1e999)", "scale(a,1e308)", "asPercent(a,b)", "summarize(a,'1s')", "time('x')"),
        *(
            "applyByNode(a.*,0,'%')",
            "aliasQuery(a,'a','b','%d')",
            "useSeriesAbove(*,0,'^','scale(')",
            "template(a.$1,'b')",
        ),
    ]
)
CRITERION = some.fixed_dictionaries(
    {"type": some.sampled_from(["above", "below", "outside_bounds", "missing"])},
    optional={
        "above_value": some.sampled_from([5, "5", -1e308, 0.1]) | SCALAR,
        "below_value": some.sampled_from([1, "-5", 1e-320]) | SCALAR,
        "time_period": some.sampled_from([1, "5", 1_440]) | SCALAR,
        "metric": TARGETS | SCALAR,
    },
)
LETTERED = some.dictionaries(some.sampled_from("bcdBC1"), CRITERION | VALUE, max_size=3)
FIELDS: dict[str, some.SearchStrategy[Any]] = {
    "metric": TARGETS | VALUE,
    "alert_criteria": CRITERION | VALUE,
    "additional_criteria": LETTERED | VALUE,
    "expression": some.sampled_from(["a", "a && b", "a||b&&c", "!(a)", "A && B || C", "a && b || c && d"]) | VALUE,
    "info": VALUE,
    "notification_channels": some.sampled_from([["Ops"], "Ops", []]) | VALUE,
    "notification_type": some.sampled_from(["state_change", ["every", 5], ["every", "5"], ["every"]]) | VALUE,
    "scheduled_mutes": VALUE,
    "on_query_failure": some.sampled_from([None, "ignore", "notify"]) | VALUE,
    **dict.fromkeys(validation.READ_ONLY, VALUE),
}
ALERT = some.fixed_dictionaries({}, optional=dict(sorted(FIELDS.items())))
FINE = (200, 201, 400)


@careful
@given(ALERT)
@example({"metric": "a:", "alert_criteria": {"type": "missing", "time_period": 1}})
def test_any_alert_and_what_it_is_judged_by(story: Story, graphite: Caller, channel: Any, body: dict[str, Any]) -> None:
    if not graphite.get("/v2/notifications/?description=Ops").json["notifications"]:
        channel("Ops", "sms", number="+358401234567")
        graphite.send("a 1e300", "b -5", "a.b 0", "a;b=c 7", "a.b;c=d 1e-320")
    made = graphite.post("/v2/alerts/", {**ABOVE, **body})
    assert made.status in FINE, made.text
    backtested = graphite.post("/v2/alerts/backtest/", {"alert": {**ABOVE, **body}, "from": 1795262000})
    assert backtested.status in (200, 400), backtested.text
    if made.status != 201:
        return
    alert = made.json["id"]
    tick.run(story.services)
    story.queues.work()
    shown = graphite.shown(alert)
    assert graphite.put(f"/v2/alerts/{alert}/", shown).json == shown
    assert graphite.put(f"/v2/alerts/{alert}/", body).status in (200, 400)
    assert graphite.get(f"/v2/alerts/history/?id={alert}").status == 200
    assert graphite.delete(f"/v2/alerts/{alert}/").status == 200


WINDOW = some.fixed_dictionaries(
    {"name": TEXT},
    optional={
        "start_time": some.sampled_from(["00:00", "23:59", "9:30"]) | SCALAR,
        "duration": some.sampled_from([1, "60", 10_080]) | SCALAR,
        "timezone": some.sampled_from(["UTC+14", "UTC-12", "Europe/Helsinki", "Pacific/Apia", None]) | SCALAR,
        "repeat": some.sampled_from([["mon"], [], ["Sunday", "sun"]]) | VALUE,
    },
)
CHANNEL = some.fixed_dictionaries(
    {"type": some.sampled_from(["email", "sms", "webhook", "slack", "pagerduty", "opsgenie", "victorops"]) | VALUE},
    optional={
        "description": TEXT | VALUE,
        "destination": some.sampled_from(["a@example.org", "https://example.org/$NAME", "+358401234567", "0" * 32])
        | VALUE,
        "auto_resolve": some.booleans() | VALUE,
    },
)


@careful
@given(WINDOW, CHANNEL)
def test_any_schedule_and_any_channel(graphite: Caller, window: dict[str, Any], channel: dict[str, Any]) -> None:
    for root, body in (("/v2/schedules/", window), ("/v2/notifications/", channel)):
        made = graphite.post(root, body)
        assert made.status in (*FINE, 409), made.text
        if made.status != 201:
            continue
        path = f"{root}{made.json['id']}/"
        shown = graphite.get(path).json
        given_back = {key: value for key, value in shown.items() if key not in ("id", "alerts")}
        assert graphite.put(path, given_back).json == shown
        if root == "/v2/schedules/":
            assert (
                graphite.post(
                    "/v2/alerts/", {**ABOVE, "name": made.json["id"], "scheduled_mutes": [shown["id"]]}
                ).status
                == 201
            )
            assert graphite.get("/v2/alerts/").status == 200
        assert graphite.delete(path).status == 200


@careful
@given(some.dictionaries(some.sampled_from(["ids", "search", "duration", "x"]), VALUE | some.just(5), max_size=3))
def test_any_mute(graphite: Caller, body: dict[str, Any]) -> None:
    for method in ("POST", "DELETE"):
        assert graphite.call(method, "/v2/alerts/muted/", body).status in (200, 400, 404)


WORD = some.sampled_from(
    ["a.b", "a", "-1", "1e999", "NaN", "5", "1795262400", "a;b=c", ";", "\\", "\t", "\0", "é", "1_0"]
)
LINES = some.lists(some.lists(WORD, max_size=4).map(" ".join), max_size=6).map("\n".join).map(str.encode)


@careful
@given(LINES | some.binary(max_size=200) | LINES.map(gzip.compress))
@example(b"\x1f\x8b")
@example(gzip.compress(b"a 1")[:-3])
def test_any_lines(graphite: Caller, body: bytes) -> None:
    for headers in ({}, {"Content-Encoding": "gzip"}, {"Content-Type": "application/json"}):
        assert graphite.call("PUT", "/api/v1/sink", data=body, headers=headers).status in (202, 400)


NAMES = [
    *("name", "id", "search", "page", "max", "days", "status", "alert_id", "type", "description", "descriptions"),
    *("pattern", "with_times", "only_updated_after", "only_updated_before", "expr", "filter", "limit", "repeat"),
    *("target", "from", "until", "format", "start_time", "duration", "timezone", "api_key"),
]
ASKED = some.text(some.characters(codec="utf-8"), max_size=12) | some.sampled_from(
    ["0", "1", "9" * 30, "*", "{a,b}", "[", "a=~(", "-1h", "-999999y", "now", "noon", "UTC 2", "json", "a", "name=a"]
)
PATHS = [
    *("/v2/alerts/", "/v2/alerts/history/", "/v2/notifications/", "/v2/schedules/", "/api/v1/metric/search"),
    *("/api/v1/tags", "/tags/findSeries", "/tags/name", "/render"),
]


@careful
@given(some.lists(some.tuples(some.sampled_from(NAMES), ASKED), max_size=4))
def test_any_question(graphite: Caller, query: list[tuple[str, str]]) -> None:
    for path in PATHS:
        answer = graphite.get(f"{path}?&{urlencode(query)}")
        assert answer.status in (200, 400), (path, query, answer.text)
        json.loads(answer.text, parse_constant=pytest.fail)


@careful
@given(TARGETS | TEXT.filter(lambda text: not any("\ud800" <= letter <= "\udfff" for letter in text)))
@example("timeFunction('x')")
@example("randomWalk('x')")
@example("movingWindow(a,999999999)")
@example("summarize(a,'1s')")
@example("a;b")
@example("{" * 500 + "a")
@example("scale(" * 500 + "a" + ",2)" * 500)
def test_any_target_over_any_span(graphite: Caller, target: str) -> None:
    graphite.send("a 1e300", "a.b 0", "b 1")
    for span in ("", "&from=0", "&from=-1h&until=99999999999", "&from=-1s"):
        answer = graphite.get(f"/render?target={quote(target)}{span}")
        assert answer.status in (200, 400), (target, span, answer.text)
