"""What the deployed stack holds beside the functions and the API that Chalice makes: parameters, tables, queues, logs.

Written from the code, so that nothing stands twice: the tables from their models, the parameters from the settings.
Property names as in the AWS CloudFormation Template Reference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from chalicelib import functions
from chalicelib import settings as package_settings
from chalicelib.functions import Function
from chalicelib.settings import Settings
from chalicelib.store.models import EXPIRING, MODELS

Resources = dict[str, Any]

# What cannot be made anew: restorable to any second of the last 35 days.
PRECIOUS = ("checks", "directory", "definitions")
# The other stages keep their tables when the stack is deleted.
THROWAWAY = "dev"

DAY = 86_400
EACH_MINUTE = "rate(1 minute)"
LOG_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731)

# Settings that name the installation: fixed when it is packaged, since its tables and queues are called by them.
_FIXED = ("stage", "prefix")
# Where SNS writes about text messages that failed, which nobody can choose (Amazon SNS Developer Guide, "Viewing
# CloudWatch metrics and logs for SMS deliveries").
SMS_LOG = {"Fn::Sub": "sns/${AWS::Region}/${AWS::AccountId}/DirectPublishToPhoneNumber/Failure"}
_GIVEN = {"sms_log": SMS_LOG}


def name_of(word: str) -> str:
    """`site_root` and `site-root` as CloudFormation wants names: `SiteRoot`."""
    return "".join(part.capitalize() for part in word.replace("-", "_").split("_"))


def logical(function: Function) -> str:
    """What Chalice calls a function in the template."""
    return name_of(function.name) if function.every or function.queue else "APIHandler"


def parameters() -> dict[str, Any]:
    """One parameter for each setting, and those of the stack alone. Every one has a default."""
    own = {name_of(field.name): _parameter(field.name) for field in _adjustable()}
    own["SiteName"] |= {
        "AllowedPattern": r'[^"\\<>\r\n]{0,60}',
        "ConstraintDescription": 'at most 60 characters, no " \\ < >',
    }
    own["MailFrom"] = {
        "Type": "String",
        "Default": "alerts@localhost",
        "AllowedPattern": r'[^@\s<>"]+@[^@\s<>"]+',
        "ConstraintDescription": "an address alone, as in alerts@example.org",
        "Description": "The sender of every mail; an address or domain that SES has verified. Its name is SiteName.",
    }
    own["AlarmEmail"] = {"Type": "String", "Default": "", "Description": "Who is told of alarms; nobody when empty."}
    own["CommandRoles"] = {
        "Type": "CommaDelimitedList",
        "Default": "",
        "AllowedPattern": r"(arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=.@/-]{1,512})?",
        "ConstraintDescription": "ARNs of roles, separated by commas, without wildcards",
        "Description": "The roles that check commands may assume to ask AWS; none when empty.",
    }
    own["LogDays"] = {
        "Type": "Number",
        "Default": 30,
        "AllowedValues": list(LOG_DAYS),
        "Description": "How long logs are kept.",
    }
    own["SmsReports"] = {
        "Type": "String",
        "Default": "yes",
        "AllowedValues": ["yes", "no"],
        "Description": "Whether SNS is asked to log text messages that fail: of the whole account, in this region.",
    }
    return own


def _adjustable() -> list[Any]:
    return [field for field in fields(Settings) if field.name not in (*_FIXED, *_GIVEN, *package_settings.BY_AWS)]


def _parameter(setting: str) -> dict[str, Any]:
    default = getattr(Settings(), setting)
    described = {"Description": f"The setting {setting} of chalicelib/settings.py."}
    if setting in package_settings.RANGES:
        low, high = package_settings.RANGES[setting]
        return {"Type": "Number", "Default": default, "MinValue": low, "MaxValue": high, **described}
    if isinstance(default, bool):
        return {
            "Type": "String",
            "Default": "true" if default else "false",
            "AllowedValues": ["true", "false"],
            **described,
        }
    return {"Type": "String", "Default": default if isinstance(default, str) else " ".join(default), **described}


def fixed(settings: Settings) -> dict[str, str]:
    """The variables that name the installation."""
    return {f"TOCSIN_{name.upper()}": getattr(settings, name) for name in _FIXED}


def adjustable() -> dict[str, Any]:
    """The variables that parameters set; a variable that is empty means the setting's default."""
    values: dict[str, Any] = {f"TOCSIN_{field.name.upper()}": {"Ref": name_of(field.name)} for field in _adjustable()}
    values |= {f"TOCSIN_{name.upper()}": value for name, value in _GIVEN.items()}
    return {**values, "TOCSIN_MAIL_FROM": {"Fn::Sub": '"${SiteName}" <${MailFrom}>'}}


def tables(settings: Settings) -> Resources:
    """Every table, on demand, with the keys and indexes of its models."""
    nouns = {model.Meta.noun: model for model in MODELS}  # type: ignore[attr-defined]
    return {f"{name_of(noun)}Table": _table(settings, noun, model) for noun, model in nouns.items()}


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
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": noun in PRECIOUS},
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
    return made


def failed(noun: str) -> str:
    """The queue that takes what failed time after time in the queue `noun`."""
    return f"{noun}-failed"


def _queue(name: str, **properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": name, "SqsManagedSseEnabled": True, **properties}}


def _arn(resource: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [resource, "Arn"]}


def additions(settings: Settings) -> Resources:
    """What is added to Chalice's functions: a name, and a log group that is there before the first line is written."""
    made: Resources = {}
    for function in functions.FUNCTIONS:
        name = settings.resource(function.name.replace("_", "-"))
        group = {"LogGroupName": f"/aws/lambda/{name}", "RetentionInDays": {"Ref": "LogDays"}}
        made[f"{logical(function)}Logs"] = {"Type": "AWS::Logs::LogGroup", "Properties": group}
        properties: dict[str, Any] = {"FunctionName": name}
        if function.every == EACH_MINUTE:
            # What the minute's clock started and failed is not tried again: the next minute comes soon enough.
            properties["EventInvokeConfig"] = {"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60}
        made[logical(function)] = {"DependsOn": [f"{logical(function)}Logs"], "Properties": properties}
    return made
