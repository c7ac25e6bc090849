"""The tables and queues that are deployed are those that the code uses."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from chalicelib import functions as known
from chalicelib import store
from chalicelib.monitor.services import Services
from chalicelib.settings import Settings
from infra.resources import name_of

Resources = dict[str, dict[str, Any]]
DEV = Settings(stage="dev")


@pytest.mark.parametrize("noun", store.TABLES)
def test_a_table_has_the_keys_and_indexes_that_its_models_make(
    resources: Resources, services: Services, noun: str
) -> None:
    made = boto3.client("dynamodb").describe_table(TableName=services.settings.resource(noun))["Table"]
    deployed = resources[f"{name_of(noun)}Table"]["Properties"]
    assert deployed["TableName"] == DEV.resource(noun)
    assert deployed["BillingMode"] == made["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert keys(deployed) == keys(made)
    assert types(deployed) == types(made)
    assert indexes(deployed) == indexes(made)


def keys(described: dict[str, Any]) -> dict[str, str]:
    return {key["KeyType"]: key["AttributeName"] for key in described["KeySchema"]}


def types(described: dict[str, Any]) -> dict[str, str]:
    return {one["AttributeName"]: one["AttributeType"] for one in described["AttributeDefinitions"]}


def indexes(described: dict[str, Any]) -> dict[str, Any]:
    found = described.get("GlobalSecondaryIndexes", [])
    return {index["IndexName"]: (keys(index), index["Projection"]) for index in found}


def test_the_hash_key_is_named_first(resources: Resources) -> None:
    for table in tables(resources).values():
        schemas = [table["Properties"], *table["Properties"].get("GlobalSecondaryIndexes", [])]
        assert [schema["KeySchema"][0]["KeyType"] for schema in schemas] == ["HASH"] * len(schemas)


def test_news_is_found_by_an_index_of_keys_alone(resources: Resources) -> None:
    (index,) = resources["OutboxTable"]["Properties"]["GlobalSecondaryIndexes"]
    assert (index["IndexName"], index["Projection"]) == ("due", {"ProjectionType": "KEYS_ONLY"})


def test_deadlines_and_the_wheel_are_found_by_indexes_of_keys_alone(resources: Resources) -> None:
    indexes = resources["ChecksTable"]["Properties"]["GlobalSecondaryIndexes"]
    assert {index["IndexName"] for index in indexes} == {"due", "wheel"}
    assert [index["Projection"] for index in indexes] == 2 * [{"ProjectionType": "KEYS_ONLY"}]


def test_there_is_no_table_that_the_code_does_not_know(resources: Resources) -> None:
    assert set(tables(resources)) == {f"{name_of(noun)}Table" for noun in store.TABLES}


def test_history_and_points_alone_expire(resources: Resources) -> None:
    found = {name: table["Properties"].get("TimeToLiveSpecification") for name, table in tables(resources).items()}
    expiring = {"AttributeName": "expires", "Enabled": True}
    assert found.pop("HistoryTable") == found.pop("SeriesTable") == expiring
    assert set(found.values()) == {None}


def test_what_cannot_be_made_anew_can_be_restored(resources: Resources) -> None:
    protected = {"Fn::If": ["TablesAreProtected", True, False]}
    for name, table in tables(resources).items():
        precious = name in ("ChecksTable", "DirectoryTable", "DefinitionsTable")
        restorable = table["Properties"]["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]
        assert restorable == (precious or protected)
        assert table["Properties"]["DeletionProtectionEnabled"] == protected


def test_dev_is_thrown_away_with_its_stack(resources: Resources) -> None:
    for table in tables(resources).values():
        assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == ("Delete", "Delete")


def test_every_other_stage_keeps_its_tables(other_template: dict[str, Any]) -> None:
    for table in tables(other_template["Resources"]).values():
        assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")


def tables(resources: Resources) -> Resources:
    return {name: one for name, one in resources.items() if one["Type"] == "AWS::DynamoDB::Table"}


@pytest.mark.parametrize("noun", known.fed())
def test_a_queue_sets_aside_what_fails_time_after_time(resources: Resources, noun: str) -> None:
    queue = resources[f"{name_of(noun)}Queue"]["Properties"]
    aside = resources[f"{name_of(noun)}FailedQueue"]["Properties"]
    assert queue["QueueName"] == DEV.resource(noun)
    assert queue["RedrivePolicy"] == {
        "deadLetterTargetArn": {"Fn::GetAtt": [f"{name_of(noun)}FailedQueue", "Arn"]},
        "maxReceiveCount": known.fed()[noun].tries,
    }
    assert aside["MessageRetentionPeriod"] > queue["MessageRetentionPeriod"]
    assert queue["SqsManagedSseEnabled"] and aside["SqsManagedSseEnabled"]


@pytest.mark.parametrize(("noun", "function"), [(noun, fed.name) for noun, fed in known.fed().items()])
def test_a_message_stays_hidden_as_long_as_lambda_wants(
    resources: Resources, functions: Resources, noun: str, function: str
) -> None:
    (event,) = functions[function]["Events"].values()
    assert event["Properties"]["Queue"]["Fn::Sub"].endswith(f":{DEV.resource(noun)}")
    hidden = resources[f"{name_of(noun)}Queue"]["Properties"]["VisibilityTimeout"]
    assert 6 * functions[function]["Timeout"] <= hidden <= 43_200


@pytest.mark.parametrize("noun", known.fed())
def test_a_local_queue_is_as_kind_and_as_harsh_as_a_deployed_one(
    resources: Resources, services: Services, noun: str
) -> None:
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=services.settings.resource(noun))["QueueUrl"]
    local = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    deployed = resources[f"{name_of(noun)}Queue"]["Properties"]
    redrive = json.loads(local["RedrivePolicy"])
    assert int(local["VisibilityTimeout"]) == deployed["VisibilityTimeout"]
    assert redrive["maxReceiveCount"] == deployed["RedrivePolicy"]["maxReceiveCount"]
    assert redrive["deadLetterTargetArn"].endswith(services.settings.resource(f"{noun}-failed"))
