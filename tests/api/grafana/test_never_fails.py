"""Whatever is sent, the answer is never a fault of ours; and what is taken comes back."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.api.anything import TEXT, VALUE, careful
from tests.api.grafana.conftest import Caller, Zoo

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
    ):
        assert grafana.call(method, path, data=data).status in REFUSED


PART = some.text(some.characters(codec="utf-8"), min_size=1, max_size=12).map(lambda text: quote(text, safe=""))
ASKED = some.sampled_from(["0", "1", "9" * 30, "-1", "ALL", "not_ok", "ok", "go"]) | some.text(
    some.characters(codec="utf-8"), max_size=12
)
NAMES = ["dashboardId", "panelId", "query", "state", "limit", "folderId", "dashboardQuery", "dashboardTag", "case"]


@careful
@given(PART, some.lists(some.tuples(some.sampled_from(NAMES), ASKED), max_size=4))
def test_any_name_and_any_question(grafana: Caller, zoo: Zoo, part: str, query: list[tuple[str, str]]) -> None:
    asked = urlencode(query)
    for path in (f"/alerts?{asked}", f"/alerts/1?{asked}", f"/alerts/states-for-dashboard?{asked}"):
        assert grafana.get(path).status in (200, 400, 422)
    for path in (f"/alerts/{part}", f"/alert-notifications/{part}", f"/alert-notifications/uid/{part}"):
        assert grafana.get(path).status in (200, 400, 404)
