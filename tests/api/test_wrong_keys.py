"""Wrong keys in every form are slowed by where they come from, in the shape of the dialect; good ones go through."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from chalicelib.core.sources import LIMIT
from chalicelib.monitor.managing import projects
from tests.api.client import Answer, Api
from tests.gateway.entrances import ENTRANCES, Sent

WRONG = "X" * 32
SLOWED = "too many requests with unknown keys, try again in 60 s"


def basic(text: str) -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(text.encode()).decode()}"}


FORMS: dict[str, tuple[str, str, dict[str, str], Any]] = {
    "healthchecks": ("GET", "/api/v3/checks/", {"X-Api-Key": WRONG}, None),
    "healthchecks body": ("POST", "/api/v1/checks/", {}, {"api_key": WRONG}),
    "alertra": ("GET", "/v1.1/devices", {"Alertra-API-Key": WRONG}, None),
    "alertra query": ("GET", f"/v1.1/devices?api_key={WRONG}", {}, None),
    "alertra hello": ("GET", f"/v1.1/hello?api_key={WRONG}", {}, None),
    "graphite": ("GET", "/v2/alerts/", basic(f"{WRONG}:"), None),
    "graphite without colon": ("GET", "/v2/alerts/", basic(WRONG), None),
    "password": ("GET", "/v2/alerts/", basic(f"somebody:{WRONG}"), None),
    "bearer": ("GET", "/v2/alerts/", {"Authorization": f"Bearer {WRONG}"}, None),
    "sink": ("POST", "/api/v1/sink", basic(WRONG), None),
    "ping": ("GET", "/ping/xxxxxxxxxxxxxxxxxxxxxx/job", {}, None),
    "ping that would make its check": ("GET", "/ping/xxxxxxxxxxxxxxxxxxxxxx/job?create=1", {}, None),
}


def ask(api: Api, form: str) -> Answer:
    method, target, headers, body = FORMS[form]
    data = b"" if body is None else json.dumps(body).encode()
    return api.call(method, target, key="", headers=headers, data=data)


@pytest.mark.parametrize("form", FORMS)
def test_a_wrong_key_is_slowed_in_whatever_form_it_comes(api: Api, form: str) -> None:
    refusal = 404 if form.startswith("ping") else 401
    assert [ask(api, form).status for _ in range(LIMIT + 2)] == [refusal] * LIMIT + [429] * 2


def test_all_forms_count_together(api: Api) -> None:
    while ask(api, "bearer").status != 429:
        continue
    assert {ask(api, form).status for form in FORMS} == {429}


@pytest.mark.parametrize(
    ("form", "body"),
    [
        ("healthchecks", json.dumps({"error": SLOWED})),
        ("alertra", json.dumps({"Error": {"Code": "TooManyRequests", "Message": SLOWED}})),
        ("graphite", json.dumps({"error": SLOWED})),
        ("ping", SLOWED),
    ],
)
def test_each_dialect_says_it_in_its_own_shape_and_for_how_long(api: Api, form: str, body: str) -> None:
    answers = [ask(api, form) for _ in range(LIMIT + 1)]
    assert (answers[-1].text, answers[-1].headers["retry-after"]) == (body, "60")
    assert "retry-after" not in answers[0].headers


def test_xml_where_that_is_asked_for(api: Api) -> None:
    headers = {"Alertra-API-Key": WRONG, "Accept": "application/xml"}
    answers = [api.get("/v1.1/devices", key="", headers=headers) for _ in range(LIMIT + 1)]
    assert answers[-1].status == 429 and "<Code>TooManyRequests</Code>" in answers[-1].text


def test_other_sites_can_read_that_they_are_slowed(api: Api) -> None:
    answers = [ask(api, "healthchecks") for _ in range(LIMIT + 1)]
    assert (answers[-1].status, answers[-1].headers["access-control-allow-origin"]) == (429, "*")


def test_good_keys_and_pings_of_the_same_source_go_through(api: Api, reader: Api, keyring: projects.Keyring) -> None:
    check = api.check(slug="job")
    for form in FORMS:
        for _ in range(LIMIT):
            ask(api, form)
    assert api.get("/api/v3/checks/").status == reader.get("/api/v3/checks/").status == 200
    assert api.ping(check).status == 200
    assert api.get(f"/ping/{keyring.keys['ping']}/job", key="").status == 200
    assert api.get("/v1.1/devices", key="", headers=basic(f"somebody:{api.key}")).status == 200


def test_a_request_without_a_key_is_not_counted(api: Api) -> None:
    assert {api.get("/v2/alerts/", key="").status for _ in range(2 * LIMIT)} == {401}
    assert ask(api, "graphite").status == 401


def test_a_source_is_what_the_entrance_says_and_never_what_the_caller_says(api: Api) -> None:
    found = [
        api.get("/v2/alerts/", key="", headers=basic(WRONG) | {"X-Forwarded-For": f"198.51.100.{number}"}).status
        for number in range(LIMIT + 1)
    ]
    assert found == [401] * LIMIT + [429]


@pytest.mark.parametrize("entrance", ENTRANCES)
def test_every_entrance_says_where_a_request_comes_from(api: Api, entrance: str) -> None:
    app = api.gateway._app  # type: ignore[attr-defined]

    def status(address: str) -> int:
        event = ENTRANCES[entrance](Sent("GET", "/v2/alerts/", list(basic(WRONG).items())))
        context = event["requestContext"]
        context.get("identity", context.get("http"))["sourceIp"] = address
        return int(app(event, None)["statusCode"])

    assert [status("192.0.2.7") for _ in range(LIMIT + 1)] == [401] * LIMIT + [429]
    assert status("198.51.100.1") == 401
