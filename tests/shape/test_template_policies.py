"""What each function may do in AWS. That it is what they need is seen in test_template_policies_in_use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib import functions as known
from infra import policies
from infra.resources import SMS_LOG
from tests.cases import each

Allowed = dict[str, set[str]]

TAKING = set(policies.TAKE_MESSAGES)
LOGGING = set(policies.WRITE_LOGS)


def policy(function: str) -> Allowed:
    """What the policy of a function allows, by short names of the resources."""
    allowed: Allowed = {}
    for statement in policies.document(known.named(function))["Statement"]:
        if "Fn::If" in statement:
            # By default nothing; tests below have what the owner grants.
            assert statement["Fn::If"][2] == {"Ref": "AWS::NoValue"}
            continue
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
    if given == "*":
        # SES has no resource for its quotas.
        assert statement["Action"] == ["ses:GetAccount"]
        yield "quota of mails"
        return
    for resource in given if isinstance(given, list) else [given]:
        yield _short(resource, statement)


def _short(resource: dict[str, Any], statement: dict[str, Any]) -> str:
    """Only the sending of news may be allowed for more than one named resource, and only in this account."""
    if "Fn::GetAtt" in resource:
        logical, attribute = resource["Fn::GetAtt"]
        assert attribute == "Arn"
        return str(logical.removesuffix("Table").removesuffix("Queue")).lower() if "Logs" not in logical else logical
    pattern = resource["Fn::Sub"]
    table, _, index = pattern.partition("Table.Arn}/index/")
    if index:
        return f"{table.removeprefix('${').lower()}/{index}"
    for queue in ("Probes", "Stragglers"):
        if pattern == f"arn:${{AWS::Partition}}:sqs:*:${{AWS::AccountId}}:${{{queue}Queue.QueueName}}":
            # The queues of that name in the regions of other places.
            return queue.lower()
    service, _, name = pattern.removeprefix("arn:${AWS::Partition}:").partition(":${AWS::Region}:${AWS::AccountId}:")
    if service == "logs":
        # The one that SNS writes into, whoever sends the text messages.
        assert name.removesuffix(":*") == f"log-group:{SMS_LOG['Fn::Sub']}"
        return "text messages"
    assert (service, name) in (
        ("sns", "${TopicPrefix}*"),
        ("ses", "identity/*"),
        ("ses", "configuration-set/${MailSet}"),
    )
    if service == "ses":
        assert statement["Condition"] == {"StringEquals": {"ses:FromAddress": {"Ref": "MailFrom"}}}
    return "mail" if service == "ses" else "topics"


# What Lambda does in the function's name.
BY_LAMBDA = LOGGING | TAKING


def allowed(function: str) -> dict[str, set[str]]:
    """What the function itself may call."""
    own = {resource: actions for resource, actions in POLICIES[function].items() if resource != "clocksfailed"}
    rest = {resource: actions - BY_LAMBDA for resource, actions in own.items()}
    return {resource: actions for resource, actions in rest.items() if actions}


POLICIES = {function.name: policy(function.name) for function in known.FUNCTIONS}


def test_a_policy_allows_the_calls_of_the_table_of_functions_and_what_lambda_does_in_its_name() -> None:
    assert POLICIES["tick_wheel"] == {
        "TickWheelLogs": LOGGING,
        "clocksfailed": {"sqs:SendMessage"},
        "checks/wheel": {"dynamodb:Query", "dynamodb:Scan"},
        "directory": {"dynamodb:GetItem", "dynamodb:UpdateItem"},
        "probes": {"sqs:GetQueueUrl", "sqs:SendMessage"},
        "rules": {"sqs:GetQueueUrl", "sqs:SendMessage"},
        "commands": {"sqs:GetQueueUrl", "sqs:SendMessage"},
    }


@each("function", known.fed().values())
def test_a_function_that_a_queue_feeds_may_take_its_messages(function: known.Function) -> None:
    assert POLICIES[function.name][function.queue] >= TAKING


def test_the_policies_are_those_of_the_roles(template: dict[str, Any], functions: dict[str, Any]) -> None:
    for name, function in functions.items():
        role = template["Resources"][function["Role"]["Fn::GetAtt"][0]]["Properties"]
        (attached,) = role["Policies"]
        assert attached["PolicyDocument"] == policies.document(known.named(name))
        assert "ManagedPolicyArns" not in role


def granted(function: str, condition: str) -> list[Any]:
    """What a policy grants when the owner says so, under this condition."""
    statements = policies.document(known.named(function))["Statement"]
    found = [statement["Fn::If"] for statement in statements if "Fn::If" in statement]
    assert all(one[2] == {"Ref": "AWS::NoValue"} for one in found)
    return [one[1] for one in found if one[0] == condition]


def test_commands_may_assume_the_roles_that_the_owner_names_and_nobody_else_may(template: dict[str, Any]) -> None:
    (statement,) = granted("run_commands", "CommandRolesAreGiven")
    assert statement["Action"] == ["sts:AssumeRole"]
    assert statement["Resource"] == {"Ref": "CommandRoles"}
    assert "CommandRolesAreGiven" in template["Conditions"]
    assert template["Parameters"]["CommandRoles"]["Default"] == ""
    assert [name for name in POLICIES if granted(name, "CommandRolesAreGiven")] == ["run_commands"]


def test_every_function_writes_traces_if_the_owner_wants_them(
    template: dict[str, Any], functions: dict[str, Any]
) -> None:
    for name in POLICIES:
        assert functions[name]["Tracing"] == {"Fn::If": ["CallsAreTraced", "Active", "PassThrough"]}
        (statement,) = granted(name, "CallsAreTraced")
        assert set(statement["Action"]) == {"xray:PutTelemetryRecords", "xray:PutTraceSegments"}
    assert template["Parameters"]["Tracing"]["Default"] == "off"


@pytest.mark.parametrize(
    ("role", "taken"),
    [
        ("", True),
        ("arn:aws:iam::123456789012:role/watch", True),
        ("arn:aws-us-gov:iam::123456789012:role/path/watch", True),
        ("*", False),
        ("arn:aws:iam::123456789012:role/*", False),
        ("arn:aws:iam::123456789012:user/watch", False),
    ],
)
def test_no_wildcard_grants_every_role(template: dict[str, Any], role: str, taken: bool) -> None:
    pattern = template["Parameters"]["CommandRoles"]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, role)) is taken


def test_with_the_role_of_their_function_commands_reach_neither_objects_nor_figures_of_aws() -> None:
    """s3() and cloudwatch() ask S3, CloudWatch and STS: of these the function itself may nothing."""
    services = {action.partition(":")[0] for actions in POLICIES["run_commands"].values() for action in actions}
    assert services == {"dynamodb", "sqs", "logs"}
