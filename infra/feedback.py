"""The way back: what a stage needs so that SES and SNS tell it what became of mails and text messages.

SES publishes to a topic, which fills a queue. SNS writes a log, for which it needs a role; that it does so is a setting
of the account, which no template can change: see `ask_for_reports`.
"""

from __future__ import annotations

from typing import Any

import boto3
from botocore.exceptions import ClientError

from chalicelib.settings import Settings
from infra.resources import Resources

CONDITIONS = {"SmsIsReported": {"Fn::Equals": [{"Ref": "SmsReports"}, "yes"]}}
ROLE_OUTPUT = "SmsReportsRole"
OUTPUTS = {ROLE_OUTPUT: {"Condition": "SmsIsReported", "Value": {"Fn::GetAtt": ["SmsReportsRole", "Arn"]}}}
# Amazon SES API v2 Reference, EventDestination; a mail that is made here has nothing to be rendered.
EVENTS = ("bounce", "complaint", "reject", "deliveryDelay")

_OURS = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
_SET = {"Fn::Sub": "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:configuration-set/${MailSet}"}


def made(settings: Settings) -> Resources:
    """The configuration set of the mails, its topic, what leads from there into the queue, and the role of SNS."""
    return {
        "MailSet": {"Type": "AWS::SES::ConfigurationSet", "Properties": {"Name": settings.resource("mail")}},
        "MailEvents": {
            "Type": "AWS::SES::ConfigurationSetEventDestination",
            "DependsOn": ["FeedbackTopicPolicy"],
            "Properties": {"ConfigurationSetName": {"Ref": "MailSet"}, "EventDestination": _destination()},
        },
        "FeedbackTopic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": settings.resource("feedback")}},
        "FeedbackTopicPolicy": {
            "Type": "AWS::SNS::TopicPolicy",
            "Properties": {"Topics": [{"Ref": "FeedbackTopic"}], "PolicyDocument": _topic_policy()},
        },
        "FeedbackSubscription": {
            "Type": "AWS::SNS::Subscription",
            "DependsOn": ["FeedbackQueuePolicy"],
            "Properties": {
                "TopicArn": {"Ref": "FeedbackTopic"},
                "Protocol": "sqs",
                "Endpoint": {"Fn::GetAtt": ["FeedbackQueue", "Arn"]},
                # The queue holds the events as SES writes them.
                "RawMessageDelivery": True,
            },
        },
        "FeedbackQueuePolicy": {
            "Type": "AWS::SQS::QueuePolicy",
            "Properties": {"Queues": [{"Ref": "FeedbackQueue"}], "PolicyDocument": _queue_policy()},
        },
        "SmsReportsRole": {"Type": "AWS::IAM::Role", "Condition": "SmsIsReported", "Properties": _role()},
    }


def _destination() -> dict[str, Any]:
    topic = {"TopicARN": {"Ref": "FeedbackTopic"}}
    return {"Name": "feedback", "Enabled": True, "MatchingEventTypes": list(EVENTS), "SnsDestination": topic}


def _topic_policy() -> dict[str, Any]:
    """SES alone, for the mails of this stage, whatever else the roles of the account may publish to."""
    ses = {"Principal": {"Service": "ses.amazonaws.com"}, "Condition": {"ArnEquals": {"aws:SourceArn": _SET}, **_OURS}}
    nobody = {"Principal": "*", "Condition": {"Bool": {"aws:PrincipalIsAWSService": "false"}}}
    publish = {"Action": "sns:Publish", "Resource": {"Ref": "FeedbackTopic"}}
    return _document({"Effect": "Allow", **ses, **publish}, {"Effect": "Deny", **nobody, **publish})


def _queue_policy() -> dict[str, Any]:
    """The topic of this stage alone, beside the stage's own roles."""
    return _document(
        {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": {"Fn::GetAtt": ["FeedbackQueue", "Arn"]},
            "Condition": {"ArnEquals": {"aws:SourceArn": {"Ref": "FeedbackTopic"}}},
        }
    )


def _role() -> dict[str, Any]:
    """What SNS may do to log its text messages (Amazon SNS Developer Guide, delivery status logging)."""
    actions = ("CreateLogGroup", "CreateLogStream", "PutLogEvents", "PutMetricFilter", "PutRetentionPolicy")
    group = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:sns/*"
    sns = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sts:AssumeRole"}
    write = {"Effect": "Allow", "Action": [f"logs:{action}" for action in actions], "Resource": {"Fn::Sub": group}}
    return {
        "AssumeRolePolicyDocument": _document({**sns, "Condition": _OURS}),
        "Policies": [{"PolicyName": "SmsLog", "PolicyDocument": _document(write)}],
    }


def _document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def ask_for_reports(role: str) -> str:
    """Has SNS log the text messages of this account and region that fail, if it does not yet. That is a setting of the
    account, so that one that somebody else has made stays. Answers what was done, in words. Raises botocore's
    errors."""
    sns = boto3.client("sns")
    before = sns.get_sms_attributes(attributes=["DeliveryStatusIAMRole"])["attributes"].get("DeliveryStatusIAMRole", "")
    if before == role or (before and _is_there(before)):
        return f"text messages that fail are logged by {before}"
    sns.set_sms_attributes(attributes={"DeliveryStatusIAMRole": role, "DeliveryStatusSuccessSamplingRate": "0"})
    return f"text messages that fail are logged from now on, by {role}"


def _is_there(role: str) -> bool:
    """Whether there is such a role: that of a stage goes with it."""
    try:
        boto3.client("iam").get_role(RoleName=role.rpartition("/")[2])
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchEntity":
            return False
        raise
    return True
