"""The edge between AWS and the dialects: faults are answered in the dialect's shape, and told once in the log."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError, EndpointConnectionError

from chalicelib import gateway as http
from chalicelib.gateway import Application
from chalicelib.monitor.managing import checks
from chalicelib.monitor.services import Services
from tests.api.client import Api
from tests.conftest import Queues
from tests.gateway.entrances import Sent, rest

BUSY = ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow down"}}, "GetItem")
AWAY = EndpointConnectionError(endpoint_url="https://dynamodb.example.org")


@contextmanager
def without_tables(error: Exception) -> Iterator[None]:
    """DynamoDB does not serve; the other services do."""
    real = BaseClient._make_api_call

    def call(client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        if client.meta.service_model.service_name == "dynamodb":
            raise error
        return real(client, operation, arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseClient, "_make_api_call", call)
        yield


@pytest.mark.parametrize("error", [BUSY, AWAY], ids=["busy", "away"])
@pytest.mark.parametrize(("method", "path"), [("GET", "/api/v1/checks/"), ("GET", "/api/v2/status/")])
def test_a_call_that_cannot_be_served_now_may_be_tried_again(
    method: str, path: str, error: Exception, api: Api, complaints: list[str]
) -> None:
    with without_tables(error):
        answer = api.call(method, path)
    assert (answer.status, answer.error) == (503, "temporarily unavailable, try again")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert len(complaints) == 1


@pytest.mark.parametrize("error", [BUSY, AWAY], ids=["busy", "away"])
def test_a_ping_that_cannot_be_kept_now_is_taken_all_the_same(error: Exception, api: Api, queues: Queues) -> None:
    check = api.check()
    with without_tables(error):
        answer = api.ping(check, "/fail", method="POST", data=b"why")
    assert (answer.status, answer.text) == (200, "OK")
    queues.work()
    (ping,) = api.pings(check)
    assert (ping["type"], ping["method"], ping["date"]) == ("fail", "POST", "2026-11-21T12:00:00.000000+00:00")
    assert api.shown(check)["status"] == "down"


def test_a_fault_of_ours_is_told_in_the_log_and_not_to_the_caller(
    api: Api, complaints: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_project: object) -> None:
        raise ZeroDivisionError("the secret of the house")

    monkeypatch.setattr(checks, "of_project", broken)
    answer = api.get("/api/v1/checks/")
    assert (answer.status, answer.error) == (500, "internal error")
    assert answer.headers["access-control-allow-origin"] == "*"
    (line,) = complaints
    logged = json.loads(line)
    assert (logged["message"], logged["path"]) == ("request failed", "/api/v1/checks")
    assert logged["error"] == "ZeroDivisionError: the secret of the house"
    assert "in broken" in logged["trace"]


def test_an_app_serves_the_house_it_was_given_last(api: Api, chalice_app: Application, services: Services) -> None:
    other = replace(services, settings=replace(services.settings, site_root="https://other.example.org"))
    check = api.check()
    http.serve(chalice_app, other)
    assert api.shown(check)["update_url"].startswith("https://other.example.org/")
    http.serve(chalice_app, services)
    assert api.shown(check)["update_url"].startswith("https://tocsin.example.org/")


@pytest.mark.parametrize(
    ("context", "root"),
    [
        ({}, "https://abc.execute-api.eu-north-1.amazonaws.com"),
        ({"stage": "dev", "domainName": "abc.execute-api.eu-north-1.amazonaws.com"}, ".amazonaws.com/dev"),
        ({"stage": "dev", "domainName": "tocsin.example.org"}, ".amazonaws.com"),
    ],
)
def test_the_stage_is_part_of_the_address_where_api_gateway_says_so(
    context: dict[str, str], root: str, api: Api, chalice_app: Application, services: Services
) -> None:
    check = api.check()
    http.serve(chalice_app, replace(services, settings=replace(services.settings, site_root="")))
    sent = {
        "host": "abc.execute-api.eu-north-1.amazonaws.com",
        "x-forwarded-proto": "https",
        "x-api-key": api.key,
    }
    event = rest(Sent("GET", f"/api/v1/checks/{check['uuid']}", list(sent.items())))
    event["requestContext"] |= {"stage": "", "domainName": ""} | context
    shown = json.loads(chalice_app(event, None)["body"])
    assert shown["update_url"].endswith(f"{root}/api/v1/checks/{check['uuid']}")
