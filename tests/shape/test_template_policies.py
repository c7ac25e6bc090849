"""What each function may do in AWS, as a table. That it is what they need is seen in test_template_policies_in_use."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from infra.template import ROOT

Allowed = dict[str, set[str]]

SENDING = {"mail": {"ses:SendEmail", "ses:SendRawEmail"}, "topics": {"sns:Publish"}, "phones": {"sns:Publish"}}
HANDING = {"sqs:GetQueueUrl", "sqs:SendMessage"}
TAKING = {"sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"}
LOGGING = {"logs:CreateLogStream", "logs:PutLogEvents"}


def items(*actions: str) -> set[str]:
    return {f"dynamodb:{action}" for action in actions}


POLICIES: dict[str, Allowed] = {
    "api_handler": {
        "APIHandlerLogs": LOGGING,
        "checks": items("BatchGetItem", "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"),
        "directory": items("DeleteItem", "GetItem", "PutItem", "UpdateItem"),
        "definitions": items("DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"),
        "history": items("BatchWriteItem", "GetItem", "PutItem", "Query"),
        "outbox": items("PutItem"),
        "series": items("BatchGetItem", "BatchWriteItem", "Query"),
        "news": HANDING,
        "chores": HANDING,
        "probes": HANDING,
        "rules": HANDING,
        **SENDING,
    },
    "sweep_due": {
        "SweepDueLogs": LOGGING,
        "checks/due": items("Query"),
        "checks": items("BatchGetItem", "GetItem", "UpdateItem"),
        "directory": items("GetItem"),
        "definitions": items("Query", "UpdateItem"),
        "history": items("GetItem", "PutItem", "Query", "UpdateItem"),
        "outbox": items("DeleteItem", "GetItem", "PutItem", "Query"),
        "news": HANDING,
        **SENDING,
    },
    "deliver_news": {
        "DeliverNewsLogs": LOGGING,
        "checks": items("GetItem"),
        "directory": items("GetItem"),
        "definitions": items("Query", "UpdateItem"),
        "history": items("GetItem", "Query", "UpdateItem"),
        "outbox": items("DeleteItem", "GetItem", "PutItem"),
        "news": HANDING | TAKING,
        **SENDING,
    },
    "do_chores": {
        "DoChoresLogs": LOGGING,
        "checks": items("GetItem", "PutItem", "Query", "UpdateItem"),
        "directory": items("GetItem", "PutItem", "UpdateItem"),
        "definitions": items("Query"),
        "history": items("BatchWriteItem", "PutItem", "Query"),
        "outbox": items("PutItem"),
        "series": items("BatchWriteItem", "DeleteItem", "PutItem", "Query"),
        "news": HANDING,
        "chores": HANDING | TAKING,
    },
    "tick_wheel": {
        "TickWheelLogs": LOGGING,
        "checks/wheel": items("Query"),
        "directory": items("GetItem", "UpdateItem"),
        "probes": HANDING,
        "rules": HANDING,
    },
    "run_probes": {
        "RunProbesLogs": LOGGING,
        "checks": items("BatchGetItem", "GetItem", "UpdateItem"),
        "history": items("PutItem", "Query"),
        "outbox": items("PutItem"),
        "news": HANDING,
        "chores": HANDING,
        "probes": HANDING | TAKING,
    },
    "judge_rules": {
        "JudgeRulesLogs": LOGGING,
        "checks": items("BatchGetItem", "DeleteItem", "GetItem", "PutItem", "UpdateItem"),
        "history": items("PutItem"),
        "outbox": items("PutItem"),
        "series": items("Query"),
        "news": HANDING,
        "rules": HANDING | TAKING,
    },
    "roll_up": {
        "RollUpLogs": LOGGING,
        "directory": items("GetItem"),
        "series": items("Query"),
        "chores": HANDING,
    },
}


def policy(function: str) -> Allowed:
    """What the policy file of a function allows, by short names of the resources."""
    document = json.loads((ROOT / ".chalice" / f"policy-{function}.json").read_text())
    allowed: Allowed = {}
    for statement in document["Statement"]:
        assert statement["Effect"] == "Allow" and not any("*" in action for action in statement["Action"])
        for resource in resources_of(statement):
            allowed.setdefault(resource, set()).update(statement["Action"])
    return allowed


def resources_of(statement: dict[str, Any]) -> Iterator[str]:
    if "NotResource" in statement:
        # Everything that is no topic; of what SNS publishes to, the phone numbers.
        assert statement["NotResource"] == "arn:*:sns:*:*:*"
        yield "phones"
        return
    given = statement["Resource"]
    for resource in given if isinstance(given, list) else [given]:
        yield _short(resource, statement)


def _short(resource: dict[str, Any], statement: dict[str, Any]) -> str:
    """Only the sending of news may be allowed for more than one named resource, and only in this account."""
    if "Fn::GetAtt" in resource:
        logical, attribute = resource["Fn::GetAtt"]
        assert attribute == "Arn"
        return str(logical.removesuffix("Table").removesuffix("Queue")).lower() if "Logs" not in logical else logical
    pattern = resource["Fn::Sub"]
    if pattern.startswith("${ChecksTable.Arn}/index/"):
        return f"checks/{pattern.rpartition('/')[2]}"
    if pattern == "arn:${AWS::Partition}:sqs:*:${AWS::AccountId}:${ProbesQueue.QueueName}":
        # The queues of that name in the regions of other places.
        return "probes"
    service, _, name = pattern.removeprefix("arn:${AWS::Partition}:").partition(":${AWS::Region}:${AWS::AccountId}:")
    assert (service, name) in (("sns", "*"), ("ses", "identity/*"), ("ses", "configuration-set/*"))
    if service == "ses":
        assert statement["Condition"] == {"StringEquals": {"ses:FromAddress": {"Ref": "MailFrom"}}}
    return "mail" if service == "ses" else "topics"


@pytest.mark.parametrize("function", POLICIES)
def test_a_policy_allows_what_the_table_says(function: str) -> None:
    assert policy(function) == POLICIES[function]


def test_the_policies_are_those_of_the_roles(template: dict[str, Any], functions: dict[str, Any]) -> None:
    for name, function in functions.items():
        role = template["Resources"][function["Role"]["Fn::GetAtt"][0]]["Properties"]
        (attached,) = role["Policies"]
        document = json.loads((ROOT / ".chalice" / f"policy-{name}.json").read_text())
        assert attached["PolicyDocument"] == document
        assert "ManagedPolicyArns" not in role
