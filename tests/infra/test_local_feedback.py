"""What comes back on this machine, from recipients that stand for a failure."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.sqs.models import sqs_backends

from chalicelib.channels.feedback import read
from infra.local import feedback
from tests.cases import each

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
GROUP = "sns/eu-north-1/123456789012/DirectPublishToPhoneNumber/Failure"


def mail(*addresses: str) -> dict[str, Any]:
    tags = [{"Name": "channel", "Value": "c"}]
    destination = {"ToAddresses": list(addresses)}
    return {"Destination": destination, "ConfigurationSetName": "tocsin-local-mail", "EmailTags": tags}


@each(
    ("address", "outcomes"),
    [
        ("success@simulator.amazonses.com", []),
        ("bounce@simulator.amazonses.com", ["final"]),
        ("bounce+label@simulator.amazonses.com", ["final"]),
        ("suppressionlist@simulator.amazonses.com", ["final"]),
        ("complaint@simulator.amazonses.com", ["heard"]),
        ("ooto@simulator.amazonses.com", ["unclear"]),
        ("bounce@example.org", []),
    ],
)
def test_a_mailbox_of_the_simulator_answers_as_the_application_reads_it(address: str, outcomes: list[str]) -> None:
    events = list(feedback.of_mail(mail(address, "me@example.org"), "m", NOW))
    found = [one for event in events for one in read(json.loads(json.dumps(event)))]
    assert [one.row.outcome for one in found] == outcomes
    assert all(one.recipients == (address,) and one.tags["channel"] == "c" for one in found)


def test_without_a_configuration_set_nothing_comes_back() -> None:
    request = {"Destination": {"ToAddresses": ["bounce@simulator.amazonses.com"]}}
    assert list(feedback.of_mail(request, "m", NOW)) == []


@pytest.mark.parametrize(
    ("number", "why"),
    [
        (feedback.OVER_THE_LIMIT, ["the account's SMS spending limit is reached"]),
        (feedback.UNREACHABLE, ["the phone could not be reached"]),
        ("+37120000000", []),
    ],
)
def test_a_number_that_stands_for_a_failure_is_logged(number: str, why: list[str]) -> None:
    lines = list(feedback.of_text({"PhoneNumber": number}, "m", NOW))
    assert [one.row.why for line in lines for one in read(line)] == why


def test_what_was_published_to_a_topic_comes_back_from_nobody() -> None:
    assert list(feedback.of_text({"TopicArn": "arn"}, "m", NOW)) == []


@pytest.mark.usefixtures("plain_aws")
def test_the_services_answer_by_queue_and_by_log() -> None:
    sqs = boto3.client("sqs")
    sqs.create_queue(QueueName="feedback")
    boto3.client("ses").verify_email_identity(EmailAddress="me@example.org")
    with feedback.coming_back("feedback", GROUP):
        session = boto3.session.Session()
        ses, sns = session.client("sesv2"), session.client("sns")
        request = mail("bounce@simulator.amazonses.com")
        ses.send_email(FromEmailAddress="me@example.org", Content={"Raw": {"Data": b"Subject: x\n\nx"}}, **request)
        for _ in range(2):
            sns.publish(PhoneNumber=feedback.OVER_THE_LIMIT, Message="x")
    (waiting,) = sqs_backends[DEFAULT_ACCOUNT_ID]["eu-north-1"].queues["feedback"]._messages
    assert json.loads(waiting.body)["eventType"] == "Bounce"
    logged = boto3.client("logs").filter_log_events(logGroupName=GROUP)["events"]
    assert [json.loads(event["message"])["status"] for event in logged] == ["FAILURE"] * 2
