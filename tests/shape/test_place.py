"""The template of a place: the probing function alone, whose role reaches home."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from cfnlint.api import ManualArgs, lint  # type: ignore[import-untyped]

from infra import place
from infra.template import settings_of

Template = dict[str, Any]


@pytest.fixture(scope="module")
def placed(template: Template) -> Template:
    return place.cut(template, settings_of("dev"))


def test_a_place_has_the_functions_that_probe_and_nothing_that_keeps(placed: Template) -> None:
    kinds = {one["Type"] for one in placed["Resources"].values()}
    functions = [name for name, one in placed["Resources"].items() if one["Type"] == "AWS::Serverless::Function"]
    assert functions == ["RunProbes", "RunStragglers"]
    assert not any("DynamoDB" in kind or "Api" in kind or "Events::Rule" in kind for kind in kinds)
    assert placed["Resources"]["RunProbes"]["Properties"]["Events"]


def test_nothing_is_referred_to_that_is_not_there(placed: Template) -> None:
    known = {*placed["Resources"], *placed["Parameters"]}
    assert {name for name in references(placed) if not name.startswith("AWS::")} <= known


def references(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from references(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            if key == "Ref":
                yield one
            elif key == "Fn::GetAtt":
                yield one[0] if isinstance(one, list) else one.partition(".")[0]
            elif key == "Fn::Sub":
                yield from (name.partition(".")[0] for name in re.findall(r"\$\{([^}]+)\}", str(one)))
            else:
                yield from references(one)


def test_the_role_reaches_the_tables_and_queues_at_home_and_its_own_queue(placed: Template) -> None:
    text = json.dumps(placed["Resources"]["RunProbesRole"])
    for home in ("dynamodb:${HomeRegion}:${AWS::AccountId}:table/tocsin-dev-checks", "tocsin-dev-history"):
        assert home in text
    for queue in ("news", "chores"):
        assert f"sqs:${{HomeRegion}}:${{AWS::AccountId}}:tocsin-dev-{queue}" in text
    assert '{"Fn::GetAtt": ["ProbesQueue", "Arn"]}' in text
    assert "sqs:*:${AWS::AccountId}:${ProbesQueue.QueueName}" in text


def test_a_place_must_be_told_where_it_is_and_where_home_is(placed: Template, template: Template) -> None:
    for name in ("Location", "Locations", "HomeRegion"):
        assert "Default" not in placed["Parameters"][name] and placed["Parameters"][name]["MinLength"] == 1
    assert "HomeRegion" not in template["Parameters"]


def test_a_place_has_the_settings_of_the_stage_and_nothing_that_it_does_not_refer_to(
    placed: Template, template: Template
) -> None:
    own = placed["Globals"]["Function"]["Environment"]["Variables"]
    stages = template["Globals"]["Function"]["Environment"]["Variables"]
    assert own == stages | {"TOCSIN_HOME_REGION": {"Ref": "HomeRegion"}}
    assert lint(json.dumps(placed), config=ManualArgs(regions=["eu-central-1"])) == []
    assert "RequestRate" not in placed["Parameters"] and "LogRoleIsMade" not in placed["Conditions"]


def test_somebody_hears_of_what_goes_wrong_in_a_place(placed: Template) -> None:
    alarms = {name for name, one in placed["Resources"].items() if one["Type"] == "AWS::CloudWatch::Alarm"}
    assert {"FaultsAlarm", "ProbesLateAlarm", "RunProbesErrorsAlarm", "ProbesFailedAlarm"} <= alarms
    assert placed["Resources"]["AlarmReader"]["Properties"]["Endpoint"] == {"Ref": "AlarmEmail"}


def test_the_stages_own_template_stays_as_it_was(template: Template) -> None:
    before = json.dumps(template)
    place.cut(template, settings_of("dev"))
    assert json.dumps(template) == before
