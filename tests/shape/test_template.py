"""The deployed stack as a whole: its functions, its settings, its API and its alarms."""

from __future__ import annotations

import io
import json
import logging
import re
import subprocess
import sys
from typing import Any

import pytest
from cfnlint.api import ManualArgs, lint  # type: ignore[import-untyped]

import app
from chalicelib import functions as known
from chalicelib import log
from chalicelib import settings as package_settings
from chalicelib.settings import Settings
from infra.template import ROOT, BadStage, settings_of
from tests.cases import each

Resources = dict[str, dict[str, Any]]
Template = dict[str, Any]
TEMPLATE_LIMIT = 1_000_000  # AWS CloudFormation quotas, "Template body size in an S3 object"
REGIONS = ["eu-central-1", "us-east-1"]
CONFIG = json.loads((ROOT / ".chalice" / "config.json").read_text())


def test_cfn_lint_finds_nothing(template: Template) -> None:
    assert lint(json.dumps(template), config=ManualArgs(regions=REGIONS)) == []


def test_cfn_lint_would_find_something(resources: Resources) -> None:
    role = {**resources["SweepDue"]["Properties"], "Role": {"Ref": "Nobody"}}
    broken = {"Transform": "AWS::Serverless-2016-10-31", "Resources": {"SweepDue": {**resources["SweepDue"]}}}
    broken["Resources"]["SweepDue"]["Properties"] = role  # type: ignore[index]
    assert lint(json.dumps(broken), config=ManualArgs(regions=REGIONS)) != []


# Functions


def test_every_function_is_called_through_app_py(functions: Resources) -> None:
    handlers = {function["Handler"] for function in functions.values()}
    events = {f"app.{source.name}" for source in app.app.event_sources}
    assert handlers == {"app.app"} | events
    assert all(callable(getattr(app, handler.removeprefix("app."))) for handler in handlers)


def test_every_function_has_its_own_memory_timeout_and_policy(functions: Resources) -> None:
    assert set(functions) == {function.name for function in known.FUNCTIONS}
    for name, function in functions.items():
        own = known.named(name)
        assert (function["MemorySize"], function["Timeout"]) == (own.memory, own.timeout)
        assert function["MemorySize"] >= 512
    roles = [function["Role"]["Fn::GetAtt"][0] for function in functions.values()]
    assert len(set(roles)) == len(roles)


def test_every_function_runs_on_what_the_owner_chose(functions: Resources) -> None:
    assert all(function["Architectures"] == [{"Ref": "Architecture"}] for function in functions.values())


def test_no_policy_is_guessed_from_the_code() -> None:
    assert CONFIG["autogen_policy"] is False


def test_the_api_answers_before_the_gateway_gives_up(functions: Resources) -> None:
    assert functions["api_handler"]["Timeout"] < 29


def test_the_sweep_runs_every_minute_and_is_never_repeated(functions: Resources) -> None:
    (event,) = functions["sweep_due"]["Events"].values()
    assert (event["Type"], event["Properties"]["Schedule"]) == ("Schedule", "rate(1 minute)")
    assert functions["sweep_due"]["EventInvokeConfig"]["MaximumRetryAttempts"] == 0


def test_what_a_clock_started_in_vain_is_set_aside(resources: Resources, functions: Resources) -> None:
    aside = {"Fn::GetAtt": ["ClocksFailedQueue", "Arn"]}
    (statement,) = resources["ClocksFailedQueuePolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert (statement["Principal"], statement["Resource"]) == ({"Service": "events.amazonaws.com"}, aside)
    for name in (function.name for function in known.FUNCTIONS if function.every):
        (event,) = functions[name]["Events"].values()
        assert event["Properties"]["DeadLetterConfig"] == {"Arn": aside}
        failed = functions[name]["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]
        assert failed == {"Type": "SQS", "Destination": aside}


def test_no_queue_takes_all_that_an_account_may_run_and_no_batch_fails_as_one(functions: Resources) -> None:
    most = 0
    for name in (function.name for function in known.FUNCTIONS if function.queue):
        (event,) = functions[name]["Events"].values()
        most += event["Properties"]["ScalingConfig"]["MaximumConcurrency"]
        partial = event["Properties"].get("FunctionResponseTypes")
        assert (partial == ["ReportBatchItemFailures"]) == (event["Properties"]["BatchSize"] > 1)
    # Lambda quotas, "Concurrent executions".
    assert most < 1_000 * 2 / 3


def test_concurrency_is_reserved_for_nobody(functions: Resources) -> None:
    assert not any("ReservedConcurrentExecutions" in function for function in functions.values())


def test_every_function_writes_into_a_log_group_that_is_there_before_it(resources: Resources) -> None:
    for name, resource in resources.items():
        if resource["Type"] == "AWS::Serverless::Function":
            assert resource["DependsOn"] == [f"{name}Logs"]
            group = resources[f"{name}Logs"]["Properties"]
            assert group["LogGroupName"] == f"/aws/lambda/{resource['Properties']['FunctionName']}"
            assert group["RetentionInDays"] == {"Ref": "LogDays"}


# Settings


def variables(template: Template) -> dict[str, str]:
    """The environment of every function, when no parameter is given."""
    function = template["Resources"]["APIHandler"]["Properties"]
    shared = template["Globals"]["Function"]["Environment"]["Variables"]
    return {
        **{name: value_of(template, value) for name, value in shared.items()},
        **function["Environment"]["Variables"],
    }


def value_of(template: Template, value: dict[str, str] | str) -> str:
    if isinstance(value, str):
        return value
    defaults = {name: str(parameter["Default"]) for name, parameter in template["Parameters"].items()}
    text = value.get("Fn::Sub", f"${{{value.get('Ref')}}}")
    return re.sub(r"\$\{(\w+)\}", lambda match: defaults[match[1]], text)


def test_every_variable_is_a_setting_and_every_setting_a_variable(template: Template) -> None:
    ours = set(Settings.__dataclass_fields__) - set(package_settings.BY_AWS)
    assert set(variables(template)) == {f"TOCSIN_{name.upper()}" for name in ours}


def test_without_parameters_a_function_has_the_defaults_of_the_settings(template: Template) -> None:
    log = "sns/${AWS::Region}/${AWS::AccountId}/DirectPublishToPhoneNumber/Failure"
    expected = Settings(stage="dev", mail_from='"Tocsin" <alerts@localhost>', sms_log=log)
    assert package_settings.load(variables(template)) == expected


def test_all_functions_have_the_same_settings(functions: Resources) -> None:
    found = [function["Environment"]["Variables"] for function in functions.values()]
    assert found == [{"TOCSIN_STAGE": "dev", "TOCSIN_PREFIX": "tocsin"}] * len(functions)


def test_every_parameter_has_a_default_and_a_description(template: Template) -> None:
    assert all({"Default", "Description"} <= set(parameter) for parameter in template["Parameters"].values())


# Stages


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_a_stage_of_the_configuration_is_called_by_its_name(stage: str) -> None:
    own = CONFIG["stages"][stage]
    assert own["api_gateway_stage"] == own["environment_variables"]["TOCSIN_STAGE"] == stage


def test_a_stage_that_the_configuration_does_not_name_has_all_that_the_others_have(
    template: Template, other_template: Template
) -> None:
    retained = re.compile(r'"(DeletionPolicy|UpdateReplacePolicy)": "\w+"')
    texts = [retained.sub("", json.dumps(one, sort_keys=True)) for one in (template, other_template)]
    assert texts[0] == re.sub(r"blue-2", "dev", texts[1])


def test_the_local_stage_never_leaves_this_machine() -> None:
    environment = CONFIG["stages"]["local"]["environment_variables"]
    assert environment["AWS_ENDPOINT_URL"].startswith("http://127.0.0.1:")
    assert environment["AWS_SECRET_ACCESS_KEY"] == "local"


@each("stage", ["local", "Dev", "2nd", "a_b", "", "x" * 21])
def test_a_name_that_is_no_stage_is_refused(stage: str) -> None:
    with pytest.raises(BadStage):
        settings_of(stage)


def test_the_refusal_is_one_line() -> None:
    command = [sys.executable, "-m", "infra.template", "--stage", "Dev"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("infra.template: a stage is called") and done.stderr.count("\n") == 1


# API


def test_the_api_is_regional_and_has_one_stage_of_the_same_name(template: Template) -> None:
    api = template["Resources"]["RestAPI"]["Properties"]
    assert api["EndpointConfiguration"] == {"Type": "REGIONAL"}
    assert api["StageName"] == "dev"
    assert template["Globals"]["Api"]["OpenApiVersion"]


def test_every_path_and_method_is_the_functions(resources: Resources) -> None:
    paths = resources["RestAPI"]["Properties"]["DefinitionBody"]["paths"]
    assert list(paths) == ["/", "/{proxy+}"]
    for path in paths.values():
        (method,) = path.values()
        assert list(path) == ["x-amazon-apigateway-any-method"]
        integration = method["x-amazon-apigateway-integration"]
        assert (integration["type"], integration["httpMethod"]) == ("aws_proxy", "POST")
        assert "APIHandler" in integration["uri"]["Fn::Sub"]


def test_the_template_is_far_from_what_cloudformation_takes(template: Template) -> None:
    assert len(json.dumps(template)) < TEMPLATE_LIMIT / 4


def test_an_unknown_method_is_not_found(resources: Resources) -> None:
    answer = gateway_answers(resources)["MISSING_AUTHENTICATION_TOKEN"]
    assert answer["statusCode"] == "404"
    assert json.loads(answer["responseTemplates"]["application/json"]) == {"error": "not found"}


@pytest.mark.parametrize(("kind", "status"), [("REQUEST_TOO_LARGE", "413"), ("THROTTLED", "429")])
def test_the_gateway_says_why_it_refuses(resources: Resources, kind: str, status: str) -> None:
    assert gateway_answers(resources)[kind]["statusCode"] == status


def test_whatever_the_gateway_answers_is_an_error_that_every_site_may_read(resources: Resources) -> None:
    answers = gateway_answers(resources)
    assert {"DEFAULT_4XX", "DEFAULT_5XX"} <= set(answers)
    for answer in answers.values():
        template = answer["responseTemplates"]["application/json"]
        document = json.loads(template.replace("$context.error.messageString", '"why"'))
        assert list(document) == ["error"]
        assert answer["responseParameters"]["gatewayresponse.header.Access-Control-Allow-Origin"] == "'*'"


def test_who_is_throttled_is_told_when_to_come_back(resources: Resources) -> None:
    parameters = gateway_answers(resources)["THROTTLED"]["responseParameters"]
    assert parameters["gatewayresponse.header.Retry-After"] == "'1'"


def gateway_answers(resources: Resources) -> Resources:
    body = resources["RestAPI"]["Properties"]["DefinitionBody"]
    answers: Resources = body["x-amazon-apigateway-gateway-responses"]
    return answers


# Alarms


@pytest.mark.parametrize(
    ("alarm", "counter"),
    [
        ("SweepsMissedAlarm", "Sweeps"),
        ("TicksMissedAlarm", "Ticks"),
        ("SweepLateAlarm", "SweepLagSeconds"),
        ("DeadlinesLateAlarm", "DetectionSeconds"),
        ("ProbesLateAlarm", "ProbeLagSeconds"),
        ("CommandsLateAlarm", "CommandLagSeconds"),
        ("FaultsAlarm", "Faults"),
    ],
)
def test_what_the_clock_counts_is_looked_for_where_it_is_counted(
    resources: Resources, monkeypatch: pytest.MonkeyPatch, alarm: str, counter: str
) -> None:
    written = io.StringIO()
    monkeypatch.setattr(log, "_logger", logger_into(written))
    monkeypatch.setattr(log._Context, "stage", "dev")
    log.count(**{counter: 1})
    line = json.loads(written.getvalue())
    (about,) = line["_aws"]["CloudWatchMetrics"]
    made = resources[alarm]["Properties"]
    assert made["Namespace"] == about["Namespace"]
    assert made["MetricName"] in [metric["Name"] for metric in about["Metrics"]]
    assert [[one["Name"] for one in made["Dimensions"]]] == about["Dimensions"]
    assert [one["Value"] for one in made["Dimensions"]] == [line["Stage"]]


def logger_into(stream: io.StringIO) -> logging.Logger:
    logger = logging.Logger("alarm", logging.INFO)
    logger.addHandler(logging.StreamHandler(stream))
    return logger


@pytest.mark.parametrize("missed", ["SweepsMissedAlarm", "TicksMissedAlarm"])
def test_five_minutes_without_a_clock_are_an_alarm_even_if_nothing_is_counted(
    resources: Resources, missed: str
) -> None:
    alarm = resources[missed]["Properties"]
    assert alarm["Period"] * alarm["EvaluationPeriods"] == 300
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)
    assert alarm["TreatMissingData"] == "breaching"


def test_every_queue_of_failures_and_every_function_has_an_alarm(resources: Resources, functions: Resources) -> None:
    alarms = {name for name, one in resources.items() if one["Type"] == "AWS::CloudWatch::Alarm"}
    own = {name for name, one in resources.items() if one["Type"] == "AWS::Serverless::Function"}
    counted = {"SweepsMissedAlarm", "SweepLateAlarm", "DeadlinesLateAlarm", "ProbesLateAlarm", "FaultsAlarm"}
    counted |= {"TicksMissedAlarm", "CommandsLateAlarm", "SpendingLimitAlarm", "BounceRateAlarm", "ComplaintRateAlarm"}
    assert alarms == counted | {*(f"{noun.capitalize()}FailedAlarm" for noun in (*known.fed(), "clocks"))} | {
        f"{name}ErrorsAlarm" for name in own
    }
    assert len(own) == len(functions)


def test_every_alarm_is_told_when_it_comes_and_when_it_goes(resources: Resources) -> None:
    for alarm in (one["Properties"] for one in resources.values() if one["Type"] == "AWS::CloudWatch::Alarm"):
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": "AlarmTopic"}]


def test_somebody_hears_of_alarms_only_when_an_address_is_given(resources: Resources) -> None:
    assert resources["AlarmReader"]["Condition"] == "AlarmsAreRead"
    assert resources["AlarmReader"]["Properties"]["Endpoint"] == {"Ref": "AlarmEmail"}
