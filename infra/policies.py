"""What each function may do in AWS, as a policy of its role: the calls that the table of functions names, on this
stage's own tables, queues and log group alone.

Policies hold references such as {"Fn::GetAtt": ["ChecksTable", "Arn"]}, which CloudFormation resolves. Actions: Service
Authorization Reference.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chalicelib.functions import ELSEWHERE, SEND, STRAGGLERS_ELSEWHERE, Function
from infra.resources import CLOCKS_FAILED, SMS_LOG, logical, name_of

Statement = dict[str, Any]

WRITE_LOGS = ("logs:CreateLogStream", "logs:PutLogEvents")
TAKE_MESSAGES = ("sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage")
SEND_MESSAGES = ("sqs:GetQueueUrl", "sqs:SendMessage")
# The queues that have the same names in the regions of the other places.
_ELSEWHERE = {ELSEWHERE: "ProbesQueue", STRAGGLERS_ELSEWHERE: "StragglersQueue"}
CONDITIONS = {
    "CommandRolesAreGiven": {"Fn::Not": [{"Fn::Equals": [{"Fn::Join": ["", {"Ref": "CommandRoles"}]}, ""]}]},
    "CallsAreTraced": {"Fn::Equals": [{"Ref": "Tracing"}, "on"]},
}
# What X-Ray takes has no resource (Service Authorization Reference, "AWS X-Ray").
TRACE = ("xray:PutTelemetryRecords", "xray:PutTraceSegments")
_ACCOUNT = "${AWS::Region}:${AWS::AccountId}"


def document(function: Function) -> dict[str, Any]:
    """The policy of a function."""
    return {"Version": "2012-10-17", "Statement": list(_statements(function))}


def _statements(function: Function) -> Iterator[Statement]:
    yield _allow("Logs", WRITE_LOGS, _arn(f"{logical(function)}Logs"))
    yield {"Fn::If": ["CallsAreTraced", _allow("Trace", TRACE, "*"), {"Ref": "AWS::NoValue"}]}
    yield from _called(function)
    for noun, actions in function.may.items():
        if actions != SEND:
            yield _allow(_sid(noun), [f"dynamodb:{action}" for action in actions.split()], _table(noun))
    queues = [noun for noun, actions in function.may.items() if actions == SEND]
    if queues:
        yield _allow("Send", SEND_MESSAGES, [_queue(noun) for noun in queues])
    if function.reads_sms_log:
        # A log group has two names: with a star at its end it is all that is in it, which most calls are about.
        group = f"logs:{_ACCOUNT}:log-group:{SMS_LOG['Fn::Sub']}"
        yield _allow("TextMessagesLog", ("logs:FilterLogEvents",), [_sub(group), _sub(f"{group}:*")])
    if function.assumes_roles:
        roles = _allow("CommandRoles", ("sts:AssumeRole",), {"Ref": "CommandRoles"})
        yield {"Fn::If": ["CommandRolesAreGiven", roles, {"Ref": "AWS::NoValue"}]}
    if function.tells or function.asks:
        yield from _asking()
    if function.tells:
        yield _allow("Topics", ("sns:Publish",), _sub(f"sns:{_ACCOUNT}:${{TopicPrefix}}*"))
    if function.tells and (function.queue or function.every):
        # How many mails the account may send in a second, which SES knows of no resource but itself.
        yield _allow("MailPace", ("ses:GetAccount",), "*")


def _called(function: Function) -> Iterator[Statement]:
    """What Lambda does in the function's name with what it is called with."""
    if function.every:
        yield _allow("SetAside", ("sqs:SendMessage",), _arn(CLOCKS_FAILED))
    if function.queue:
        hand_back = ("sqs:ChangeMessageVisibility", "sqs:GetQueueUrl") if function.again else ()
        yield _allow("Take", (*hand_back, *TAKE_MESSAGES), _arn(f"{name_of(function.queue)}Queue"))


def _asking() -> Iterator[Statement]:
    """Mail from the stage's own sender, and text messages: SNS has no resource for a phone number, so that everything
    that is no topic is allowed."""
    # The identities are not named: SES asks for those of the recipients too while an account is in its sandbox.
    identities = [_sub(f"ses:{_ACCOUNT}:identity/*"), _sub(f"ses:{_ACCOUNT}:configuration-set/${{MailSet}}")]
    sender = {"StringEquals": {"ses:FromAddress": {"Ref": "MailFrom"}}}
    yield _allow("Mail", ("ses:SendEmail", "ses:SendRawEmail"), identities) | {"Condition": sender}
    yield {"Sid": "TextMessages", "Effect": "Allow", "Action": ["sns:Publish"], "NotResource": "arn:*:sns:*:*:*"}


def _allow(sid: str, actions: Any, resource: Any) -> Statement:
    return {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": resource}


def _sid(noun: str) -> str:
    return "".join(name_of(part) for part in noun.split("/"))


def _table(noun: str) -> dict[str, Any]:
    table, _, index = noun.partition("/")
    if index:
        return {"Fn::Sub": f"${{{name_of(table)}Table.Arn}}/index/{index}"}
    return _arn(f"{name_of(table)}Table")


def _queue(noun: str) -> dict[str, Any]:
    if noun in _ELSEWHERE:
        return _sub(f"sqs:*:${{AWS::AccountId}}:${{{_ELSEWHERE[noun]}.QueueName}}")
    return _arn(f"{name_of(noun)}Queue")


def _arn(resource: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [resource, "Arn"]}


def _sub(rest: str) -> dict[str, Any]:
    return {"Fn::Sub": f"arn:${{AWS::Partition}}:{rest}"}
