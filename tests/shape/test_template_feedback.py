"""The way back in the deployed stack: who may publish what, and that it leads into the queue."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.channels.base import Outlet
from chalicelib.monitor.services import open_services
from infra.template import settings_of

Resources = dict[str, dict[str, Any]]


def statements(resources: Resources, name: str) -> list[dict[str, Any]]:
    return list(resources[name]["Properties"]["PolicyDocument"]["Statement"])


def test_mails_go_out_under_the_set_of_the_stage(resources: Resources) -> None:
    outlet: Outlet = open_services(settings_of("dev")).outlet
    assert resources["MailSet"]["Properties"]["Name"] == outlet.mail_set == "tocsin-dev-mail"


def test_what_becomes_of_a_mail_is_published_to_the_topic_and_queued(resources: Resources) -> None:
    events = resources["MailEvents"]["Properties"]
    assert events["ConfigurationSetName"] == {"Ref": "MailSet"}
    destination = events["EventDestination"]
    assert destination["Enabled"] and destination["SnsDestination"] == {"TopicARN": {"Ref": "FeedbackTopic"}}
    assert {"bounce", "complaint", "reject"} <= set(destination["MatchingEventTypes"])
    subscription = resources["FeedbackSubscription"]["Properties"]
    assert subscription["Endpoint"] == {"Fn::GetAtt": ["FeedbackQueue", "Arn"]}
    assert subscription["RawMessageDelivery"] is True


def test_ses_alone_publishes_to_the_topic_and_for_the_stages_own_mails(resources: Resources) -> None:
    allow, deny = statements(resources, "FeedbackTopicPolicy")
    assert (allow["Effect"], allow["Principal"]) == ("Allow", {"Service": "ses.amazonaws.com"})
    conditions = allow["Condition"]
    assert conditions["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert conditions["ArnEquals"]["aws:SourceArn"]["Fn::Sub"].endswith(":configuration-set/${MailSet}")
    assert (deny["Effect"], deny["Principal"], deny["Action"]) == ("Deny", "*", "sns:Publish")
    assert deny["Condition"] == {"Bool": {"aws:PrincipalIsAWSService": "false"}}


def test_the_topic_alone_fills_the_queue(resources: Resources) -> None:
    (allow,) = statements(resources, "FeedbackQueuePolicy")
    assert allow["Principal"] == {"Service": "sns.amazonaws.com"}
    assert allow["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Ref": "FeedbackTopic"}}}


def test_what_ses_publishes_waits_until_it_is_allowed_to(resources: Resources) -> None:
    assert "FeedbackTopicPolicy" in resources["MailEvents"]["DependsOn"]
    assert "FeedbackQueuePolicy" in resources["FeedbackSubscription"]["DependsOn"]


def test_sns_may_write_its_own_log_groups_alone_and_only_where_it_is_asked_to(resources: Resources) -> None:
    role = resources["SmsReportsRole"]
    assert role["Condition"] == "SmsIsReported"
    (policy,) = role["Properties"]["Policies"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Resource"]["Fn::Sub"].endswith(":log-group:sns/*")
    assert all(action.startswith("logs:") for action in statement["Action"])


@pytest.mark.parametrize("prefix", ["*", "tocsin"])
def test_no_channel_may_forge_what_comes_back(prefix: str) -> None:
    settings = replace(settings_of("dev"), topic_prefix=prefix)
    assert not settings.may_publish("arn:aws:sns:eu-north-1:1:tocsin-dev-feedback")
    assert settings.may_publish("arn:aws:sns:eu-north-1:1:tocsin-dev-news")
