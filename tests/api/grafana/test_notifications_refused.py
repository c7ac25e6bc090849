"""What is wrong with an alert notification is told in Grafana's words, and nothing is kept of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.grafana.conftest import EMAIL, HOOK, KEY, Caller, Contents


@pytest.mark.parametrize(
    ("change", "status", "message"),
    [
        ({"name": None}, 422, "name is required"),
        ({"name": ""}, 422, "name is required"),
        ({"name": " "}, 422, "name must be a text of 1 to 100 characters"),
        ({"name": "x" * 101}, 422, "name must be a text of 1 to 100 characters"),
        ({"name": 5}, 422, "name must be a text of 1 to 100 characters"),
        ({"name": "\ud800"}, 422, "name holds a character that cannot be used (NUL or a lone surrogate)"),
        ({"name": "a\0"}, 422, "name holds a character that cannot be used (NUL or a lone surrogate)"),
        ({"type": None}, 422, "type is required"),
        ({"type": "carrier-pigeon"}, 400, "Unsupported notification type"),
        ({"type": ["email"]}, 422, "type must be a text of 1 to 100 characters"),
        ({"uid": "a b"}, 422, "uid must be 1 to 40 letters, figures, - and _"),
        ({"uid": "x" * 41}, 422, "uid must be 1 to 40 letters, figures, - and _"),
        ({"uid": 7}, 422, "uid must be 1 to 40 letters, figures, - and _"),
        ({"isDefault": "yes"}, 422, "isDefault must be true or false"),
        ({"sendReminder": 1}, 422, "sendReminder must be true or false"),
        ({"disableResolveMessage": []}, 422, "disableResolveMessage must be true or false"),
        ({"settings": None}, 400, "Could not find addresses in settings"),
        ({"settings": []}, 422, "settings must be an object"),
        ({"secureSettings": "x"}, 422, "secureSettings must be an object"),
        ({"settings": {"addresses": ""}}, 400, "Could not find addresses in settings"),
        ({"settings": {"addresses": " ; "}}, 400, "Could not find addresses in settings"),
        ({"settings": {"addresses": 5}}, 400, "Could not find addresses in settings"),
        ({"settings": {"addresses": "nobody"}}, 400, "Email: holds 'nobody', which is not an e-mail address"),
        ({"settings": {"addresses": "a@example.org", "more": "x" * 10_000}}, 422, None),
        ({"type": "slack", "settings": {}}, 400, "Could not find url property in settings"),
        ({"type": "webhook", "settings": {}}, 400, "Could not find url property in settings"),
        (
            {"type": "webhook", "settings": {"url": HOOK, "httpMethod": "GET"}},
            400,
            "httpMethod must be one of POST, PUT",
        ),
        ({"type": "webhook", "settings": {"url": HOOK, "username": 5}}, 400, "username and password must be texts"),
        ({"type": "webhook", "settings": {"url": "ftp://x"}}, 400, None),
        ({"type": "victorops", "settings": {}}, 400, "Could not find victorops url property in settings"),
        ({"type": "pagerduty", "settings": {}}, 400, "Could not find integration key property in settings"),
        ({"type": "pagerduty", "settings": {"integrationKey": "short"}}, 400, None),
        ({"type": "opsgenie", "settings": {}}, 400, "Could not find api key property in settings"),
        ({"type": "opsgenie", "settings": {"apiKey": KEY, "apiUrl": "https://x"}}, 400, None),
    ],
)
def test_what_is_wrong_is_told_in_grafanas_words_and_nothing_is_kept(
    grafana: Caller, contents: Contents, change: dict[str, Any], status: int, message: str | None
) -> None:
    before = contents()
    answer = grafana.post("/alert-notifications", {**EMAIL, **change})
    assert answer.status == status, answer.text
    assert message is None or answer.json["message"] == message
    assert contents() == before


def test_what_is_required_is_told_as_grafana_tells_it(grafana: Caller) -> None:
    answer = grafana.post("/alert-notifications", {"type": "email"})
    fault = {"fieldNames": ["name"], "classification": "RequiredError", "message": "Required"}
    assert (answer.status, answer.json) == (422, {"message": "name is required", "errors": [fault]})


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"5", b"\xff", b"[" * 100_000, b'{"name": NaN}', b" " * 200_000])
def test_a_body_that_is_no_object_is_refused(grafana: Caller, contents: Contents, data: bytes) -> None:
    grafana.notification()
    before = contents()
    for method, path in (("POST", ""), ("POST", "/test"), ("PUT", "/1"), ("PUT", "/uid/00000001")):
        answer = grafana.call(method, f"/alert-notifications{path}", data=data)
        assert answer.status in (400, 404) and list(answer.json) == ["message"]
    assert contents() == before


def test_a_name_or_a_uid_is_one_channels(grafana: Caller, contents: Contents) -> None:
    grafana.notification(uid="ops")
    grafana.notification(name="Night", uid="night")
    before = contents()
    for change in ({"name": "Ops", "uid": "new"}, {"name": "New", "uid": "ops"}):
        answer = grafana.post("/alert-notifications", {**EMAIL, **change})
        assert (answer.status, answer.json) == (409, {"message": "Failed to create alert notification"})
    for change in ({"name": "Ops"}, {"name": "Night", "uid": "ops"}):
        assert grafana.put("/alert-notifications/2", {**EMAIL, **change}).status == 409
    assert contents() == before
    assert grafana.put("/alert-notifications/2", {**EMAIL, "name": "Night", "uid": "later"}).json["uid"] == "later"


def test_the_type_of_a_channel_is_for_life(grafana: Caller, contents: Contents) -> None:
    grafana.notification()
    before = contents()
    answer = grafana.put("/alert-notifications/1", {**EMAIL, "type": "slack", "settings": {"url": HOOK}})
    assert (answer.status, answer.json["message"]) == (422, "type cannot be changed, it is email")
    assert contents() == before
