"""Whatever is sent, the answer is never a fault of ours; and what is taken comes back."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.api.anything import TEXT, VALUE, careful
from tests.api.grafana.conftest import Caller, Zoo
from tests.boards import condition, panel

pytestmark = pytest.mark.usefixtures("quiet")

REFUSED = (400, 404, 409, 422, 429)
TYPE = some.sampled_from(["email", "slack", "webhook", "pagerduty", "opsgenie", "victorops"]) | VALUE
ADDRESS = some.sampled_from(["a@example.org", "https://hooks.example.org/a", "0" * 32, "•••"]) | VALUE
SETTING = some.sampled_from(
    ["addresses", "url", "httpMethod", "username", "password", "integrationKey", "apiKey", "apiUrl", "autoResolve"]
)
SETTINGS = some.dictionaries(SETTING | TEXT, ADDRESS, max_size=4)
BODY = some.fixed_dictionaries(
    {"name": TEXT | VALUE, "type": TYPE},
    optional={
        "settings": SETTINGS | VALUE,
        "secureSettings": SETTINGS | VALUE,
        **dict.fromkeys(["isDefault", "sendReminder", "disableResolveMessage"], some.booleans() | VALUE),
        **dict.fromkeys(["uid", "frequency", "id"], TEXT | VALUE),
    },
)


@careful
@given(BODY | VALUE, BODY | VALUE)
def test_any_channel_comes_back_or_is_refused(grafana: Caller, body: Any, other: Any) -> None:
    made = grafana.post("/alert-notifications", body)
    assert made.status in (200, *REFUSED), made.text
    if made.status != 200:
        return
    path = f"/alert-notifications/{made.json['id']}"
    assert grafana.get(path).json == made.json
    assert made.json["name"] == body["name"]
    # What is shown may be sent back, and changes nothing.
    again = grafana.put(path, made.json)
    assert (again.status, again.json) == (200, made.json), again.text
    assert grafana.put(path, other).status in (200, *REFUSED)
    assert grafana.post("/alert-notifications/test", other).status in (200, 502, *REFUSED)
    assert grafana.delete(path).status == 200


@careful
@given(some.binary(max_size=60) | some.text('{}[]":,019eE+-.naN \\u', max_size=20).map(str.encode))
def test_any_bytes(grafana: Caller, data: bytes) -> None:
    for method, path in (
        ("POST", "/alert-notifications"),
        ("POST", "/alert-notifications/test"),
        ("PUT", "/alert-notifications/1"),
        ("POST", "/alerts/1/pause"),
        ("POST", "/admin/pause-all-alerts"),
        ("POST", "/dashboards/db"),
        ("POST", "/alerts/test"),
    ):
        assert grafana.call(method, path, data=data).status in REFUSED


NUMBER = some.sampled_from([0, 1, 2, 2**53, 1e300, "1", True]) | VALUE
CONDITION = some.fixed_dictionaries(
    {},
    optional={
        "type": some.just("query") | VALUE,
        "query": some.fixed_dictionaries({"params": some.just(["A", "5m", "now"]) | VALUE}) | VALUE,
        "reducer": some.fixed_dictionaries({"type": some.sampled_from(["avg", "mode"]) | VALUE}) | VALUE,
        "evaluator": some.fixed_dictionaries(
            {"type": some.sampled_from(["gt", "within_range", "no_value"]) | VALUE},
            optional={"params": some.lists(NUMBER, max_size=3) | VALUE},
        )
        | VALUE,
        "operator": some.fixed_dictionaries({"type": some.sampled_from(["or", "and"]) | VALUE}) | VALUE,
    },
)
ALERT = some.fixed_dictionaries(
    {"frequency": some.sampled_from(["1m", "9" * 9 + "d"]) | VALUE},
    optional={
        "conditions": some.lists(CONDITION | VALUE, max_size=2) | some.just([condition()]) | VALUE,
        "notifications": some.lists(
            some.fixed_dictionaries({}, optional={"id": NUMBER, "uid": TEXT | VALUE}), max_size=1
        ),
        "alertRuleTags": some.dictionaries(TEXT, TEXT | VALUE, max_size=2) | VALUE,
        **dict.fromkeys(["name", "message", "for", "noDataState", "executionErrorState", "enabled"], TEXT | VALUE),
    },
)
TARGET = some.fixed_dictionaries(
    {"refId": some.just("A") | VALUE},
    optional=dict.fromkeys(["target", "targetFull"], some.sampled_from(["load", "#A", "sum(load)"]) | TEXT | VALUE)
    | {"datasource": VALUE},
)
PANEL = some.fixed_dictionaries(
    {"id": NUMBER, "alert": ALERT | VALUE},
    optional={"targets": some.lists(TARGET | VALUE, max_size=2) | VALUE, "title": TEXT | VALUE, "collapsed": VALUE},
)
PANELS = some.lists(PANEL | some.just(panel()) | VALUE, max_size=2) | VALUE
DASHBOARD = some.fixed_dictionaries(
    {"title": TEXT | VALUE},
    optional={
        "panels": PANELS,
        "rows": some.lists(some.fixed_dictionaries({"panels": PANELS}) | VALUE, max_size=2) | VALUE,
        "tags": some.lists(TEXT | VALUE, max_size=2) | VALUE,
        "id": NUMBER,
        "uid": some.sampled_from(["x", ""]) | TEXT | VALUE,
        "version": NUMBER,
    },
)


@careful
@given(DASHBOARD | VALUE, some.booleans() | VALUE, NUMBER, some.dictionaries(TEXT, VALUE, max_size=2))
def test_any_dashboard_comes_back_or_is_refused(
    grafana: Caller, model: Any, overwrite: Any, number: Any, more: dict[str, Any]
) -> None:
    tried = grafana.post("/alerts/test", {"dashboard": model, "panelId": number})
    assert tried.status in (200, *REFUSED), tried.text
    if isinstance(model, dict):
        model = {**more, **model}
    made = grafana.post("/dashboards/db", {"dashboard": model, "overwrite": overwrite})
    assert made.status in (200, 412, *REFUSED), made.text
    if made.status != 200:
        return
    shown = grafana.get(f"/dashboards/uid/{made.json['uid']}").json["dashboard"]
    kept = {**model, **{name: made.json[name] for name in ("id", "uid", "version")}}
    assert json.dumps(shown, sort_keys=True) == json.dumps(kept, sort_keys=True)
    again = grafana.post("/dashboards/db", {"dashboard": shown})
    assert again.status == 200, again.text
    assert grafana.get("/alerts").status == 200
    assert grafana.delete(f"/dashboards/uid/{made.json['uid']}").status == 200


PART = some.text(some.characters(codec="utf-8"), min_size=1, max_size=12).map(lambda text: quote(text, safe=""))
ASKED = some.sampled_from(["0", "1", "9" * 30, "-1", "ALL", "not_ok", "ok", "go"]) | some.text(
    some.characters(codec="utf-8"), max_size=12
)
NAMES = [
    *("tag", "type", "dashboardIds", "folderIds", "starred", "page", "sort"),
    *("dashboardId", "panelId", "query", "state", "limit", "folderId", "dashboardQuery", "dashboardTag", "case"),
]


@careful
@given(PART, some.lists(some.tuples(some.sampled_from(NAMES), ASKED), max_size=4))
def test_any_name_and_any_question(grafana: Caller, zoo: Zoo, part: str, query: list[tuple[str, str]]) -> None:
    asked = urlencode(query)
    for path in (f"/alerts?{asked}", f"/alerts/1?{asked}", f"/alerts/states-for-dashboard?{asked}"):
        assert grafana.get(path).status in (200, 400, 422)
    names = (f"/alerts/{part}", f"/alert-notifications/{part}", f"/alert-notifications/uid/{part}")
    for path in (*names, f"/dashboards/uid/{part}", f"/dashboards/db/{part}"):
        assert grafana.get(path).status in (200, 400, 404, 405)
    assert grafana.get(f"/search?{asked}").status == 200
