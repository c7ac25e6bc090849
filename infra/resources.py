"""What the deployed stack holds beside the functions and the API that Chalice makes: tables, queues, logs.

Written from the code, so that nothing stands twice: the tables from their models, the queues from the functions.
Property names as in the AWS CloudFormation Template Reference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib import functions
from chalicelib.functions import Function
from chalicelib.settings import Settings
from chalicelib.store.models import EXPIRING, MODELS

Resources = dict[str, Any]

# What cannot be made anew: restorable to any second of the last 35 days.
PRECIOUS = ("checks", "directory", "definitions")
CONDITIONS = {"TablesAreProtected": {"Fn::Equals": [{"Ref": "Protection"}, "on"]}}
# The other stages keep their tables when the stack is deleted.
THROWAWAY = "dev"

DAY, HOUR, MINUTE = 86_400, 3_600, 60
# The queue for what the clocks started in vain.
CLOCKS_FAILED = "ClocksFailedQueue"
EACH_MINUTE = "rate(1 minute)"
# Where SNS writes about text messages that failed, which nobody can choose (Amazon SNS Developer Guide, "Viewing
# CloudWatch metrics and logs for SMS deliveries").
SMS_LOG = {"Fn::Sub": "sns/${AWS::Region}/${AWS::AccountId}/DirectPublishToPhoneNumber/Failure"}


def name_of(word: str) -> str:
    """`site_root` and `site-root` as CloudFormation wants names: `SiteRoot`."""
    return "".join(part.capitalize() for part in word.replace("-", "_").split("_"))


def logical(function: Function) -> str:
    """What Chalice calls a function in the template."""
    return name_of(function.name) if function.every or function.queue else "APIHandler"


def tables(settings: Settings) -> Resources:
    """Every table, on demand, with the keys and indexes of its models."""
    nouns = {model.Meta.noun: model for model in MODELS}  # type: ignore[attr-defined]
    return {f"{name_of(noun)}Table": _table(settings, noun, model) for noun, model in nouns.items()}


_PROTECTED = {"Fn::If": ["TablesAreProtected", True, False]}


def _table(settings: Settings, noun: str, model: Any) -> dict[str, Any]:
    schema = model._get_schema()
    indexes = [_index(index) for index in schema["global_secondary_indexes"]]
    properties = {
        "TableName": settings.resource(noun),
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": _unique(schema["attribute_definitions"]),
        "KeySchema": _keys(schema["key_schema"]),
        **({"GlobalSecondaryIndexes": indexes} if indexes else {}),
        **({"TimeToLiveSpecification": {"AttributeName": "expires", "Enabled": True}} if noun in EXPIRING else {}),
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True if noun in PRECIOUS else _PROTECTED},
        "DeletionProtectionEnabled": _PROTECTED,
    }
    # RetainExceptOnCreate: a stack whose creation failed leaves no table behind that would stand in the next one's way.
    fate = "Delete" if settings.stage == THROWAWAY else "RetainExceptOnCreate"
    replaced = "Delete" if settings.stage == THROWAWAY else "Retain"
    return {
        "Type": "AWS::DynamoDB::Table",
        "DeletionPolicy": fate,
        "UpdateReplacePolicy": replaced,
        "Properties": properties,
    }


def _index(schema: Mapping[str, Any]) -> dict[str, Any]:
    keys = _keys(schema["key_schema"])
    return {"IndexName": schema["index_name"], "KeySchema": keys, "Projection": dict(schema["projection"])}


def _keys(schema: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    """The hash key first, as CloudFormation wants it."""
    return [dict(key) for key in sorted(schema, key=lambda key: key["KeyType"])]


def _unique(definitions: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    types = {definition["AttributeName"]: definition["AttributeType"] for definition in definitions}
    return [{"AttributeName": name, "AttributeType": types[name]} for name in sorted(types)]


def queues(settings: Settings) -> Resources:
    """Every queue with its dead-letter queue."""
    made: Resources = {}
    for noun, function in functions.fed().items():
        aside = _arn(f"{name_of(noun)}FailedQueue")
        made[f"{name_of(noun)}Queue"] = _queue(
            settings.resource(noun),
            MessageRetentionPeriod=4 * DAY,
            VisibilityTimeout=function.hidden,
            RedrivePolicy={"deadLetterTargetArn": aside, "maxReceiveCount": function.tries},
        )
        made[f"{name_of(noun)}FailedQueue"] = _queue(settings.resource(failed(noun)), MessageRetentionPeriod=14 * DAY)
    # What a clock missed says nothing after a day.
    made[CLOCKS_FAILED] = _queue(settings.resource(failed("clocks")), MessageRetentionPeriod=DAY)
    made[f"{CLOCKS_FAILED}Policy"] = {
        "Type": "AWS::SQS::QueuePolicy",
        "Properties": {"Queues": [{"Ref": CLOCKS_FAILED}], "PolicyDocument": _clocks_may_send()},
    }
    return made


def _clocks_may_send() -> dict[str, Any]:
    """EventBridge sets aside what it cannot hand over (Amazon EventBridge User Guide, "Using dead-letter queues")."""
    statement = {
        "Sid": "Clocks",
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": _arn(CLOCKS_FAILED),
        "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def failed(noun: str) -> str:
    """The queue that takes what failed time after time in the queue `noun`."""
    return f"{noun}-failed"


def _queue(name: str, **properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": name, "SqsManagedSseEnabled": True, **properties}}


def _arn(resource: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [resource, "Arn"]}


# Here, and not for all functions at once, since Chalice says both of each.
_ARCHITECTURES = [{"Ref": "Architecture"}]
_TRACING = {"Fn::If": ["CallsAreTraced", "Active", "PassThrough"]}


def additions(settings: Settings) -> Resources:
    """What is added to Chalice's functions: a name, and a log group that is there before the first line is written."""
    made: Resources = {}
    for function in functions.FUNCTIONS:
        name = settings.resource(function.name.replace("_", "-"))
        group = {"LogGroupName": f"/aws/lambda/{name}", "RetentionInDays": {"Ref": "LogDays"}}
        made[f"{logical(function)}Logs"] = {"Type": "AWS::Logs::LogGroup", "Properties": group}
        properties = {"FunctionName": name, "Architectures": _ARCHITECTURES, "Tracing": _TRACING, **_called(function)}
        made[logical(function)] = {"DependsOn": [f"{logical(function)}Logs"], "Properties": properties}
    return made


def _called(function: Function) -> dict[str, Any]:
    """What a function's caller does with what failed."""
    if function.batch > 1:
        answers = {"FunctionResponseTypes": ["ReportBatchItemFailures"]}
        return {"Events": {f"{logical(function)}SqsEventSource": {"Properties": answers}}}
    if not function.every:
        return {}
    # What the minute's clock started and failed is not tried again: the next minute comes soon enough.
    tries, age = (0, MINUTE) if function.every == EACH_MINUTE else (2, HOUR)
    limits = {"MaximumRetryAttempts": tries, "MaximumEventAgeInSeconds": age}
    aside = _arn(CLOCKS_FAILED)
    started = {"DeadLetterConfig": {"Arn": aside}, "RetryPolicy": {**limits, "MaximumRetryAttempts": 2}}
    return {
        "Events": {f"{logical(function)}Event": {"Properties": started}},
        "EventInvokeConfig": {**limits, "DestinationConfig": {"OnFailure": {"Type": "SQS", "Destination": aside}}},
    }
