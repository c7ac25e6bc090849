"""infra.local.emulator: AWS in this process, one call at a time, with nothing getting past it."""

import threading
from collections.abc import Iterator
from email.mime.text import MIMEText
from typing import Any

import boto3
import pytest
from botocore.handlers import BUILTIN_HANDLERS
from moto.dynamodb.models.table import Table

from infra.local import emulator, environ

CALLS = (*emulator.SENT_TO_QUEUE, *emulator.SENT_OUT)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The operations that were heard of, in order."""
    variables: dict[str, str] = {}
    environ.prepare("http://x", variables)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    heard: list[str] = []

    def hearing(operation: str) -> emulator.Told:
        return lambda: heard.append(operation)

    with emulator.aws({operation: hearing(operation) for operation in CALLS}):
        yield heard


def test_a_message_in_a_queue_is_heard_of_when_it_is_there(told: list[str]) -> None:
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="x")
    sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": "1", "MessageBody": "x"}])

    assert told == ["sqs.SendMessage", "sqs.SendMessageBatch"]


def test_mails_and_texts_are_heard_of(told: list[str]) -> None:
    boto3.client("ses").verify_email_identity(EmailAddress="alerts@localhost")
    content = {"Raw": {"Data": MIMEText("x").as_bytes()}}
    to = {"ToAddresses": ["me@example.org"]}
    boto3.client("sesv2").send_email(FromEmailAddress="alerts@localhost", Destination=to, Content=content)
    boto3.client("sns").publish(PhoneNumber="+37120000000", Message="x")

    assert told == ["sesv2.SendEmail", "sns.Publish"]


def test_a_refused_call_is_not_heard_of(told: list[str]) -> None:
    sqs = boto3.client("sqs")
    with pytest.raises(sqs.exceptions.QueueDoesNotExist):
        sqs.send_message(QueueUrl="https://sqs.eu-north-1.amazonaws.com/123456789012/none", MessageBody="x")

    assert told == []


def test_a_call_that_the_emulation_does_not_know_goes_nowhere(told: list[str]) -> None:
    elsewhere = boto3.client("sqs", endpoint_url="http://127.0.0.1:9")

    with pytest.raises(emulator.NotEmulated, match="would leave this machine"):
        elsewhere.list_queues()


def test_what_was_set_up_is_taken_down(told: list[str]) -> None:
    before = list(BUILTIN_HANDLERS)

    with emulator.aws({"sqs.SendMessage": lambda: None}):
        assert len(BUILTIN_HANDLERS) == len(before) + 1

    assert before == BUILTIN_HANDLERS


def test_calls_of_several_threads_wait_for_each_other(told: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    dynamodb = boto3.client("dynamodb")
    dynamodb.create_table(
        TableName="t",
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    inside: list[int] = []
    most: list[int] = []
    put = Table.put_item

    def watched(self: Table, *arguments: Any, **named: Any) -> Any:
        inside.append(1)
        most.append(len(inside))
        threading.Event().wait(0.002)  # lets the others in, if they can come in
        inside.pop()
        return put(self, *arguments, **named)

    monkeypatch.setattr(Table, "put_item", watched)
    threads = [
        threading.Thread(target=dynamodb.put_item, kwargs={"TableName": "t", "Item": {"k": {"S": str(number)}}})
        for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert most == [1] * 8
