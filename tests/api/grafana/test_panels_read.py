"""Which panels of a dashboard have alerts, and which of them cannot be judged."""

from __future__ import annotations

from typing import Any

from tests.api.grafana.conftest import Caller, Contents
from tests.api.grafana.test_dashboards import save
from tests.boards import alert, condition, dashboard, panel

PREFIX = "Alert validation error: "
QUERY = {"refId": "A", "target": "load"}
REFUSED: list[tuple[dict[str, Any], str]] = [
    (panel(1, alert=[]), "alert must be an object"),
    (panel(1, alert={}), "Alert is missing conditions"),
    (panel(1, conditions=[{"type": "other"}]), "Unknown alert condition: other"),
    (panel(1, conditions=[7]), "Unknown alert condition: NoneType"),
    (panel(1, conditions=[condition()] * 51), "an alert has at most 50 conditions"),
    (panel(1, conditions=[condition(query="B")]), "Alert on PanelId: 1 refers to query(B) that cannot be found"),
    (
        panel(1, conditions=[condition() | {"query": {}}]),
        "error in condition 0: the query needs its letter, from and to",
    ),
    (panel(1, conditions=[condition(start="5 minutes")]), "cannot parse 5 minutes as a time of a query"),
    (panel(1, conditions=[condition(start="now")]), "error in condition 0: the query's from must lie before its to"),
    (panel(1, conditions=[condition(start="32d")]), "error in condition 0: the query's from must lie before its to"),
    (panel(1, conditions=[condition("mode")]), "error in condition 0: unknown reducer: mode"),
    (panel(1, conditions=[condition("avg", "ge")]), "error in condition 0: evaluator invalid evaluator type: ge"),
    (panel(1, conditions=[condition() | {"evaluator": {}}]), "error in condition 0: evaluator missing type property"),
    (
        panel(1, conditions=[condition("avg", "within_range", 1)]),
        "error in condition 0: evaluator 'within_range' is missing the threshold parameter",
    ),
    (
        panel(1, conditions=[condition() | {"evaluator": {"type": "gt", "params": ["5"]}}]),
        "error in condition 0: evaluator has invalid parameter",
    ),
    (panel(1, conditions=[condition(operator="xor")]), "operator must be one of and, or"),
    (panel(1, frequency=""), '"evaluate every" field could not be parsed'),
    (panel(1, frequency="60"), '"evaluate every" field could not be parsed'),
    (panel(1, frequency=60), '"evaluate every" field could not be parsed'),
    (panel(1, frequency="0s"), '"evaluate every" cannot be zero or below'),
    (panel(1, frequency="5y"), "time unit not supported. supported units: s m h d w"),
    (panel(1, frequency="31d"), '"evaluate every" must not be above 30 days'),
    (panel(1, **{"for": "5"}), "Could not parse for field"),
    (panel(1, **{"for": "99d"}), "Could not parse for field"),
    (panel(1, noDataState="sad"), "noDataState must be one of no_data, alerting, keep_state, ok"),
    (panel(1, executionErrorState="sad"), "executionErrorState must be one of alerting, keep_state, ok"),
    (panel(1, notifications=[{"id": 9}]), "Could not find alert notification with id 9"),
    (panel(1, notifications=[{"uid": "x"}]), "Could not find alert notification with uid x"),
    (panel(1, notifications=[{}]), "Neither id nor uid is specified in 'notifications' block"),
    (panel(1, notifications="x"), "notifications must be a list"),
    (panel(1, alertRuleTags=[]), "alertRuleTags must be an object"),
    (panel(1, alertRuleTags={"a": "x" * 101}), "Invalid tags, must be less than 100 characters"),
    (panel(1, name="x" * 256), "the name must not be longer than 255 characters"),
    (panel(1, name="a\0b"), "the name holds a character that cannot be used"),
    (panel(1, message="\ud800"), "the message holds a character that cannot be used"),
    (panel(1, "lo\ud800d"), "a query holds a character that cannot be used"),
    (panel(1, "sum("), "query(A) cannot be read"),
    (panel(1, "scale(#B, 2)"), "Alert on PanelId: 1 refers to query(B) that cannot be found"),
    (panel(1, "shop.$server.load"), "Template variables are not supported in alert queries"),
    (panel(1, "shop.[[server]].load"), "Template variables are not supported in alert queries"),
    (panel(1, "shop.${server:csv}.load"), "Template variables are not supported in alert queries"),
    (panel(1, "x" * 10_001), "a query must not be longer than 10000 characters"),
    (panel(1, targets=[{"refId": "A", "expr": "up"}]), "query(A) is no query of Graphite"),
    (panel(1, datasource={"type": "prometheus", "uid": "x"}), "the datasource of query(A) is not Graphite"),
    (panel(1, targets=[{**QUERY, "datasource": {"type": "influxdb"}}]), "the datasource of query(A) is not Graphite"),
    (
        panel(1, targets=[{"refId": "A", "target": "#B"}, {"refId": "B", "target": "scale(#A,2)"}]),
        "the queries refer to each other in a circle",
    ),
    (
        panel(1, targets=[{"refId": one, "target": f"a({'#' + other + ','}b)" * 900} for one, other in ("AB", "BC")]),
        "a query must not be longer than 10000 characters",
    ),
]


def test_what_cannot_be_judged_is_refused_in_grafanas_words_and_nothing_is_half_saved(
    grafana: Caller, contents: Contents
) -> None:
    save(grafana, dashboard(panel(7)))
    before = contents()
    for wrong, message in REFUSED:
        sound = panel(2)
        answer = grafana.post("/dashboards/db", {"dashboard": dashboard(sound, wrong, title="New")})
        assert answer.status == 422, (message, answer.text)
        said = str(answer.json["message"])
        assert said.startswith(PREFIX + message) and said.endswith(" PanelId: 1"), (message, said)
        assert contents() == before, message
    for wrong in (panel(1) | {"id": None}, panel(1) | {"id": "1"}, panel(1) | {"id": 0}, panel(1) | {"id": True}):
        answer = grafana.post("/dashboards/db", {"dashboard": dashboard(wrong, title="New")})
        assert answer.json["message"] == f"{PREFIX}A numeric panel id property is missing"
    twice = grafana.post("/dashboards/db", {"dashboard": dashboard(panel(1), panel(1), title="New")})
    assert "two panels with alerts have it" in twice.json["message"]
    assert contents() == before


def test_panels_lie_in_rows_old_and_new(grafana: Caller) -> None:
    old = {"rows": [{"panels": [panel(1, name="a")]}, {"panels": [panel(2, name="b"), 7]}, 8], "panels": [panel(9)]}
    save(grafana, dashboard(title="Old") | old)
    row = {"type": "row", "id": 4, "collapsed": True, "panels": [panel(1, name="c")]}
    opened = {"type": "row", "id": 5, "collapsed": False, "panels": []}
    save(grafana, dashboard(row, opened, panel(2, name="d"), title="New"))
    assert grafana.names() == ["a", "b", "c", "d"]
    unnamed = panel(1, alert=alert(name=None)) | {"title": "Queue"}
    save(grafana, dashboard(unnamed, title="Third"))
    assert grafana.names("?dashboardId=3") == ["Queue"]
