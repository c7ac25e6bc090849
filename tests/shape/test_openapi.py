"""The document of the API: whole, valid, up to date, served as it is committed, and no burden for a request."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from types import ModuleType
from typing import Any

import pytest
from openapi_spec_validator import validate

import app
from chalicelib.api.alertra import schema as alertra
from chalicelib.api.alertra import words
from chalicelib.api.alertra.validation import WRITABLE
from chalicelib.api.grafana import schema as grafana
from chalicelib.api.grafana.notifications import FIELDS as NOTIFICATION
from chalicelib.api.healthchecks import schema as healthchecks
from chalicelib.api.healthchecks.validation import RULES
from chalicelib.api.hostedgraphite import schema as hostedgraphite
from chalicelib.api.hostedgraphite.notifications import FIELDS as CHANNEL
from chalicelib.api.hostedgraphite.schedules import FIELDS as SCHEDULE
from chalicelib.api.hostedgraphite.validation import FIELDS as ALERT
from chalicelib.api.hostedgraphite.validation import READ_ONLY
from chalicelib.api.zmon import schema as zmon
from chalicelib.api.zmon.dashboards import FIELDS as DASHBOARD
from chalicelib.gateway import Reply, Request, public, resource
from infra import openapi
from tests.cases import each
from tests.gateway.entrances import Sent, rest
from tests.gateway.sample import VOICE

PACKAGES = app.PACKAGES


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return openapi.document(PACKAGES)


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for methods in document["paths"].values() for operation in methods.values()]


def test_the_committed_document_is_up_to_date() -> None:
    assert openapi.FILE.read_text() == openapi.written(PACKAGES), "run: make openapi"


def test_it_is_a_valid_document(document: dict[str, Any]) -> None:
    validate(json.loads(json.dumps(document)))


def test_it_has_every_operation_and_no_other(document: dict[str, Any]) -> None:
    declared = {(one.path, method.lower()) for one in app.app.resources for method in one.operations}
    assert {(path, method) for path, methods in document["paths"].items() for method in methods} == declared


def test_every_operation_has_words_and_a_name_of_its_own(document: dict[str, Any]) -> None:
    found = operations(document)
    assert len({one["operationId"] for one in found}) == len(found)
    assert [one["operationId"] for one in found if not one["summary"] or one["summary"].endswith(".")] == []


def test_who_may_do_what_is_in_it(document: dict[str, Any]) -> None:
    for one in app.app.resources:
        for method, operation in one.operations.items():
            security = document["paths"][one.path][method.lower()]["security"]
            assert {role for way in security for roles in way.values() for role in roles} == {operation.access} - {None}


def test_no_schema_is_without_use(document: dict[str, Any]) -> None:
    text = json.dumps(document)
    unused = [name for name in document["components"]["schemas"] if f'"#/components/schemas/{name}"' not in text]
    assert unused == []


def package_of(handler: Any, **names: Any) -> ModuleType:
    """A dialect with one resource."""
    package, schema = ModuleType("some.dialect", "A dialect."), ModuleType("some.dialect.schema")
    package.RESOURCES = [resource("/dialect", VOICE, GET=public(handler, **names))]  # type: ignore[attr-defined]
    for name, value in {"TITLE": "Dialect", "SECURITY": {}, "PARTS": {}, "QUERY": {}, "SCHEMAS": {}}.items():
        setattr(schema, name, value)
    sys.modules["some.dialect.schema"] = schema
    return package


def undocumented(_request: Request) -> Reply:
    return Reply()


def documented(_request: Request) -> Reply:
    """Answer nothing."""
    return Reply()


def test_a_route_without_words_is_refused_by_its_name() -> None:
    with pytest.raises(ValueError, match=r"test_openapi\.undocumented has no docstring"):
        openapi.document([package_of(undocumented, answer="")])


def test_a_parameter_that_is_not_explained_is_refused_by_its_name() -> None:
    with pytest.raises(ValueError, match=r"test_openapi\.documented: the parameter 'colour' is not explained"):
        openapi.document([package_of(documented, answer="", query=("colour",))])


def test_an_object_that_is_not_explained_is_refused_by_its_name() -> None:
    with pytest.raises(ValueError, match=r"test_openapi\.documented: the object 'Colour' is not explained"):
        openapi.document([package_of(documented, answer="Colour")])


# What a body may hold stands in the rules and in the document alike.


@each(
    ("schema", "name", "fields"),
    [
        (healthchecks, "CheckFields", (*RULES, "api_key")),
        (alertra, "DeviceFields", (*WRITABLE, "device_id", "Status", "StatusSince", "LastCheckResult")),
        (hostedgraphite, "AlertFields", (*ALERT, *READ_ONLY)),
        (hostedgraphite, "ChannelFields", (*CHANNEL, "id")),
        (hostedgraphite, "ScheduleFields", SCHEDULE),
        (grafana, "NotificationFields", NOTIFICATION),
        (zmon, "DashboardFields", DASHBOARD),
    ],
)
def test_a_body_is_documented_with_the_fields_that_are_read(schema: Any, name: str, fields: tuple[str, ...]) -> None:
    assert list(schema.SCHEMAS[name]["properties"]) == list(fields)


def test_every_key_of_host_data_is_documented() -> None:
    assert list(alertra.SCHEMAS["WholeDevice"]["properties"]["HostData"]["properties"]) == list(words.HOST_DATA)


# Served


def asked(path: str) -> dict[str, Any]:
    answer: dict[str, Any] = app.app(rest(Sent("GET", path, [])), None)
    assert answer["statusCode"] == 200
    return answer


def test_it_is_served_as_it_is_committed() -> None:
    answer = asked("/api/openapi.json")
    assert (answer["body"], answer["headers"]["Content-Type"]) == (openapi.FILE.read_text(), "application/json")


def test_nothing_of_it_is_loaded_before_it_is_asked_for() -> None:
    code = "import app, sys; print([one for one in sys.modules if one.endswith('.schema') or one == 'jinja2'])"
    done = subprocess.run([sys.executable, "-c", code], cwd=openapi.FILE.parents[1], capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("[]\n", 0), done.stderr


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.add(tag)
        self.ids += [found["id"] or ""] if "id" in found else []
        self.links += [found["href"] or ""] if tag == "a" else []

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_shows_every_operation_and_every_object(document: dict[str, Any]) -> None:
    page = Page(asked("/api/docs")["body"])
    wanted = {one["operationId"] for one in operations(document)} | set(document["components"]["schemas"])
    assert wanted <= set(page.ids)
    assert len(set(page.ids)) == len(page.ids)
    assert all(one["summary"].replace("`", "") in page.text for one in operations(document))


def test_every_link_of_the_page_leads_somewhere() -> None:
    page = Page(asked("/api/docs")["body"])
    assert {link.removeprefix("#") for link in page.links} - {"openapi.json"} <= set(page.ids)


def test_the_page_needs_nothing_from_elsewhere_and_runs_nothing() -> None:
    answer = asked("/api/docs")
    page = Page(answer["body"])
    assert not {"script", "img", "iframe", "form"} & page.tags
    assert "default-src 'none'" in answer["headers"]["Content-Security-Policy"]
    assert len(re.findall(r"'sha256-[^']+'", answer["headers"]["Content-Security-Policy"])) == 2
