"""SNS topics: the ARN, the message for machines, and what SNS's answers mean."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.sns.models import sns_backends

from chalicelib.channels import Outlet, sns
from chalicelib.core.errors import Invalid, Undelivered
from chalicelib.core.news import News
from tests.cases import each
from tests.channels.samples import CHECK, HOSTILE, check, news

REGION = "eu-north-1"
TOPIC = f"arn:aws:sns:{REGION}:123456789012:alerts"


@each(
    "topic",
    [
        TOPIC,
        f" {TOPIC}",
        f"{TOPIC}.fifo",
        "arn:aws-us-gov:sns:us-gov-west-1:123456789012:A-b_1",
        "arn:aws-cn:sns:cn-north-1:123456789012:x",
    ],
)
def test_a_topic_is_named_by_its_arn(topic: str) -> None:
    assert sns.clean({"topic": topic}) == {"topic": topic.strip()}


@each(
    "topic",
    [
        "",
        "alerts",
        "arn:aws:sns:::alerts",
        f"{TOPIC}:subscription",
        f"{TOPIC} x",
        f"{TOPIC}.std",
        TOPIC.removesuffix("alerts"),
        TOPIC.replace("sns", "sqs"),
        TOPIC.replace("123456789012", "12345"),
        TOPIC.replace("arn", "ARN"),
        TOPIC.replace("alerts", "é"),
        TOPIC.replace("alerts", "x" * 257),
    ],
)
def test_what_is_no_arn_of_a_topic_is_refused(topic: str) -> None:
    with pytest.raises(Invalid) as caught:
        sns.clean({"topic": topic})
    assert caught.value.field == "settings.topic"


@each(
    ("told", "subject"),
    [
        (news(), "DOWN | Nightly backup"),
        (news(reminder=1), "STILL DOWN | Nightly backup"),
        (news("up"), "UP | Nightly backup"),
        (news("test", check=check(name="Ops")), "TEST | Ops"),
        (news(check=check(name="Žurnāls é 備份")), "DOWN | Zurnals e ??"),
        (news(check=check(name="x" * 300)), "DOWN | " + "x" * 92),
    ],
)
def test_the_subject_is_ascii(told: News, subject: str) -> None:
    assert sns.subject(told) == subject


@each("text", HOSTILE.values())
def test_every_subject_is_one_that_sns_takes(text: str) -> None:
    subject = sns.subject(news(check=check(name=text)))
    assert subject.isascii()
    assert subject.isprintable()
    assert 0 < len(subject) < 100


def test_the_message_is_the_news_as_data() -> None:
    message = json.loads(json.dumps(sns.message(news("up", downtime=timedelta(seconds=3_900.7)))))
    assert message.pop("check")["unique_key"] == CHECK.unique_key
    assert message == {
        "id": "n-1",
        "event": "up",
        "reminder": 0,
        "at": "2026-11-21T02:15:07.250000+00:00",
        "reason": "",
        "summary": "It is back, after 1 hour, 5 minutes down.",
        "exit_status": 3,
        "downtime": 3900,
        "project": "Warehouse",
        "body": "No space left on device",
        "url": news().url,
    }


def test_a_message_stays_within_what_sns_takes() -> None:
    text = "\x1b" * 100_000
    told = news(check=check(name=text[:100], desc=text[:10_000]), body=text.encode())
    assert len(json.dumps(sns.message(told))) < 256 * 1024


@pytest.fixture
def topic(aws: None) -> Any:
    arn = boto3.client("sns").create_topic(Name="alerts")["TopicArn"]
    return sns_backends[DEFAULT_ACCOUNT_ID][REGION].topics[arn]


@pytest.fixture(scope="module")
def client() -> Any:
    """A client that nothing leaves; making one takes longer than the tests that use it."""
    return boto3.client("sns", region_name=REGION, aws_access_key_id="testing", aws_secret_access_key="testing")


@pytest.fixture
def stubbed(client: Any) -> Iterator[tuple[Outlet, Stubber]]:
    with Stubber(client) as stubber:
        yield Outlet(sns_client=client), stubber


def test_the_news_arrive_at_the_topic_with_attributes_to_filter_by(topic: Any) -> None:
    sns.send(sns.clean({"topic": topic.arn}), [news()], Outlet())
    [(_, message, subject, attributes, _)] = topic.sent_notifications
    assert (json.loads(message), subject) == (sns.message(news()), "DOWN | Nightly backup")
    assert {name: value["Value"] for name, value in attributes.items()} == {
        "event": "down",
        "check": CHECK.unique_key,
        "project": "Warehouse",
    }


def test_an_attribute_without_a_value_is_left_out(topic: Any) -> None:
    sns.send(sns.clean({"topic": topic.arn}), [news(project="\r\n")], Outlet())
    assert set(topic.sent_notifications[0][3]) == {"event", "check"}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_texts_make_a_message_that_can_be_sent(text: str, topic: Any) -> None:
    told = news(check=check(name=text, tags=text[:1_000]), project=text, body=text.encode("utf-8", "replace"))
    sns.send(sns.clean({"topic": topic.arn}), [told], Outlet())
    assert json.loads(topic.sent_notifications[0][1])["check"]["name"] == text


def test_a_fifo_topic_keeps_the_order_of_a_check_and_drops_repetitions(stubbed: tuple[Outlet, Stubber]) -> None:
    outlet, stubber = stubbed
    published: list[dict[str, Any]] = []

    def note(params: dict[str, Any], **_: object) -> None:
        published.append(params)

    outlet.sns.meta.events.register("before-parameter-build.sns.Publish", note)
    for told in (news(id="n-1"), news(id="n-1"), news(id="n-2")):
        stubber.add_response("publish", {"MessageId": "1"})
        sns.send({"topic": f"{TOPIC}.fifo"}, [told], outlet)
    outlet.sns.meta.events.unregister("before-parameter-build.sns.Publish", note)
    assert {params["MessageGroupId"] for params in published} == {CHECK.unique_key}
    first, again, other = (params["MessageDeduplicationId"] for params in published)
    assert first == again != other


def test_a_topic_that_does_not_exist_is_final(topic: Any) -> None:
    with pytest.raises(Undelivered) as caught:
        sns.send(sns.clean({"topic": f"{topic.arn}x"}), [news()], Outlet())
    assert caught.value.permanent
    assert caught.value.message.startswith("SNS answered NotFound: ")


@pytest.mark.parametrize(
    ("code", "permanent", "after"),
    [
        ("InvalidParameter", True, None),
        ("NotFound", True, None),
        ("AuthorizationError", False, None),
        ("Throttling", False, 0.0),
        ("KMSDisabled", False, None),
    ],
)
def test_an_error_of_sns_means_what_the_table_says(
    code: str, permanent: bool, after: float | None, stubbed: tuple[Outlet, Stubber]
) -> None:
    outlet, stubber = stubbed
    stubber.add_client_error("publish", code, "its words", http_status_code=400)
    with pytest.raises(Undelivered) as caught:
        sns.send({"topic": TOPIC}, [news()], outlet)
    assert (caught.value.permanent, caught.value.after) == (permanent, after)
    assert caught.value.message.startswith(f"SNS answered {code}{':' if permanent else ' ('}")
    assert ("its words" in caught.value.message) is permanent
