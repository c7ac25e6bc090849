"""What stands before the application: how much the API takes, and a log of who called that holds no secret."""

from __future__ import annotations

import json
from typing import Any

import pytest

Resources = dict[str, dict[str, Any]]
Template = dict[str, Any]

# Variables whose values are of API Gateway's or the owner's making, and who called with what program.
HARMLESS = {
    *("requestTime", "requestId", "httpMethod", "resourcePath", "status", "responseLength", "responseLatency"),
    *("integrationStatus", "integrationLatency", "error.responseType", "identity.sourceIp", "identity.userAgent"),
}
# Pings at the same second: those of ten thousand jobs at the full minute.
STORM = 10_000


def api(resources: Resources) -> dict[str, Any]:
    found: dict[str, Any] = resources["RestAPI"]["Properties"]
    return found


def test_every_method_takes_as_much_as_the_owner_says(resources: Resources) -> None:
    (settings,) = api(resources)["MethodSettings"]
    assert (settings["ResourcePath"], settings["HttpMethod"]) == ("/*", "*")
    assert settings["ThrottlingRateLimit"] == {"Ref": "RequestRate"}
    assert settings["ThrottlingBurstLimit"] == {"Ref": "RequestBurst"}


def test_a_storm_at_the_full_minute_is_not_throttled_unless_the_owner_says_so(template: Template) -> None:
    rate, burst = (template["Parameters"][name]["Default"] for name in ("RequestRate", "RequestBurst"))
    # What comes within a second meets what may come at once and what is given back meanwhile.
    assert rate + burst > STORM


def test_the_course_of_a_request_is_never_logged(resources: Resources) -> None:
    (settings,) = api(resources)["MethodSettings"]
    assert (settings["LoggingLevel"], settings["DataTraceEnabled"]) == ("OFF", False)
    assert "TracingEnabled" not in api(resources)


@pytest.fixture
def access_log(resources: Resources) -> dict[str, Any]:
    condition, found, otherwise = api(resources)["AccessLogSetting"]["Fn::If"]
    assert (condition, otherwise) == ("AccessIsLogged", {"Ref": "AWS::NoValue"})
    return dict(found)


def test_the_access_log_has_one_json_object_a_line(access_log: dict[str, Any]) -> None:
    assert "\n" not in access_log["Format"]
    assert {"request", "method", "resource", "status", "source"} <= set(json.loads(access_log["Format"]))


def test_the_access_log_holds_neither_path_nor_query_nor_key(access_log: dict[str, Any]) -> None:
    values = json.loads(access_log["Format"]).values()
    assert {value.removeprefix("$context.") for value in values} == HARMLESS
    assert all(value.startswith("$context.") for value in values)


def test_the_access_log_is_kept_as_long_as_the_others(access_log: dict[str, Any], resources: Resources) -> None:
    group = resources["GatewayLogs"]
    assert access_log["DestinationArn"]["Fn::Sub"].endswith(":log-group:${GatewayLogs}")
    assert group["Condition"] == "AccessIsLogged"
    assert group["Properties"]["LogGroupName"] == "/aws/apigateway/tocsin-dev-api"
    assert group["Properties"]["RetentionInDays"] == {"Ref": "LogDays"}


def test_the_role_of_the_account_is_there_before_the_api_and_stays_behind_it(resources: Resources) -> None:
    (tag,) = resources["GatewayLogs"]["Properties"]["Tags"]
    assert tag["Value"] == {"Fn::If": ["LogRoleIsMade", {"Ref": "GatewayAccount"}, "kept"]}
    for name in ("GatewayAccount", "GatewayLogRole"):
        found = resources[name]
        assert found["Condition"] == "LogRoleIsMade"
        assert found["DeletionPolicy"] == found["UpdateReplacePolicy"] == "Retain"


def test_the_owner_may_do_without_the_log_or_keep_the_role_that_there_is(template: Template) -> None:
    parameters, conditions = template["Parameters"], template["Conditions"]
    assert parameters["AccessLogs"]["AllowedValues"] == ["on", "off"]
    assert parameters["AccessLogRole"]["AllowedValues"] == ["make", "keep"]
    assert conditions["AccessIsLogged"] == {"Fn::Equals": [{"Ref": "AccessLogs"}, "on"]}
    made = conditions["LogRoleIsMade"]["Fn::And"]
    assert made == [{"Condition": "AccessIsLogged"}, {"Fn::Equals": [{"Ref": "AccessLogRole"}, "make"]}]
