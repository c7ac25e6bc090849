"""infra.local.pollers: queues reach the functions that app.py registers, as event source mappings do it."""

import threading
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from chalice import Chalice
from chalice.app import SQSEvent

from chalicelib import functions
from infra import tables
from infra.local import pollers
from infra.local.pollers import Poller
from infra.local.stopping import Stopping


@pytest.fixture
def sqs(aws: None) -> Any:
    return boto3.client("sqs")


class Later:
    """SQS's own clock, moved ahead."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from moto.core.utils import unix_time_millis

        self._ahead = 0.0
        monkeypatch.setattr("moto.sqs.models.unix_time_millis", lambda: unix_time_millis() + self._ahead)

    def move(self, seconds: float) -> None:
        self._ahead += seconds * 1000


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    return Later(monkeypatch)


class Function:
    """Notes the bodies that each call got, and fails as long as it is told to."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []
        self.fails = False

    def __call__(self, event: dict[str, Any], _context: Any) -> None:
        self.calls.append([record["body"] for record in event["Records"]])
        if self.fails:
            raise RuntimeError("channel on fire")


@pytest.fixture
def function() -> Function:
    return Function()


def poller(
    sqs: Any, function: Callable[[Any, Any], Any], batch_size: int = 10, stopping: Stopping | None = None
) -> Poller:
    make_queue(sqs, "news")
    return Poller(sqs, "news", batch_size, "deliver", function, stopping or Stopping())


HIDDEN = 360


def make_queue(sqs: Any, queue: str) -> None:
    """A queue as `infra.tables` makes it."""
    aside = sqs.create_queue(QueueName=f"{queue}-failed")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=aside, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    attributes = tables.queue_attributes(functions.Function("deliver", queue=queue, timeout=HIDDEN // 6), arn)
    sqs.create_queue(QueueName=queue, Attributes=attributes)


def send(sqs: Any, *bodies: str, delay: int = 0) -> None:
    url = sqs.get_queue_url(QueueName="news")["QueueUrl"]
    for body in bodies:
        sqs.send_message(QueueUrl=url, MessageBody=body, DelaySeconds=delay)


def waiting(sqs: Any, queue: str = "news") -> list[str]:
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    return [
        message["Body"] for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    ]


def test_messages_are_handed_over_in_batches_and_deleted(sqs: Any, function: Function, later: Later) -> None:
    polling = poller(sqs, function, batch_size=2)
    send(sqs, "a", "b", "c")

    taken = [polling.poll() for _ in range(3)]
    later.move(3_600)

    assert taken == [2, 1, 0]
    assert function.calls == [["a", "b"], ["c"]]
    assert waiting(sqs) == []


def test_a_batch_that_failed_comes_back_after_its_visibility_timeout(
    sqs: Any, function: Function, later: Later, caplog: pytest.LogCaptureFixture
) -> None:
    polling = poller(sqs, function)
    send(sqs, "a", "b")
    function.fails = True
    polling.poll()
    function.fails = False

    at_once = polling.poll()
    later.move(HIDDEN + 1)
    polling.poll()

    assert at_once == 0
    assert function.calls == [["a", "b"], ["a", "b"]]
    assert "channel on fire" in caplog.text


def test_a_message_that_failed_five_times_goes_to_the_dead_letters(
    sqs: Any, function: Function, later: Later, caplog: pytest.LogCaptureFixture
) -> None:
    polling = poller(sqs, function)
    send(sqs, "poison")
    function.fails = True

    for _ in range(7):
        polling.poll()
        later.move(HIDDEN + 1)

    assert function.calls == [["poison"]] * 5
    assert waiting(sqs, "news-failed") == ["poison"]
    assert "deliver: given up after 5 tries, set aside: poison" in caplog.text


def test_a_batch_that_takes_long_is_not_handed_out_while_it_is_worked_on(sqs: Any, later: Later) -> None:
    handed_out: list[int] = []

    def work(_event: Any, _context: Any) -> None:
        later.move(HIDDEN - 1)
        handed_out.append(polling._receive() != [])

    polling = poller(sqs, work)
    send(sqs, "a thousand rules")
    polling.poll()

    assert handed_out == [False]


def test_a_delayed_message_waits_for_its_time(sqs: Any, function: Function, later: Later) -> None:
    polling = poller(sqs, function)
    send(sqs, "a", delay=20)

    early = polling.poll()
    later.move(21)
    in_time = polling.poll()

    assert (early, in_time) == (0, 1)


def test_a_bell_wakes_the_poller_up(sqs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pollers, "IDLE", 1_000)
    stopping, handled = Stopping(), threading.Event()
    polling = poller(sqs, lambda event, context: handled.set(), stopping=stopping)
    polling.start()

    send(sqs, "a")
    polling.ring()
    rang = handled.wait(10)
    stopping.stop()
    polling.ring()
    stopping.join(10)

    assert rang


def test_several_batches_are_handled_at_the_same_time(sqs: Any) -> None:
    stopping, meeting = Stopping(), threading.Barrier(pollers.WORKERS + 1)
    polling = poller(sqs, lambda event, context: meeting.wait(10), batch_size=1, stopping=stopping)
    send(sqs, *"abcde")

    polling.start()
    meeting.wait(10)
    stopping.stop()
    stopping.join(10)

    assert not meeting.broken


def test_every_registered_queue_has_a_poller_with_its_batch_size(sqs: Any) -> None:
    app = Chalice(app_name="sample", configure_logs=False)
    got: list[tuple[str, str]] = []

    @app.on_sqs_message(queue="news", batch_size=3)
    def deliver(event: SQSEvent) -> None:
        got.extend((record.body, record.receipt_handle) for record in event)

    @app.on_sqs_message(queue="chores")
    def do(event: SQSEvent) -> None: ...

    for queue in ("news", "chores"):
        make_queue(sqs, queue)
    polled = pollers.of_app(app, sqs, Stopping())
    send(sqs, *"abcd")

    assert [(polling.name, polling.queue) for polling in polled] == [("deliver", "news"), ("do", "chores")]
    assert polled[0].poll() == 3
    assert [body for body, handle in got if handle] == ["a", "b", "c"]


def test_a_record_looks_as_it_does_in_lambda(sqs: Any) -> None:
    seen: list[dict[str, Any]] = []
    polling = poller(sqs, lambda event, context: seen.extend(event["Records"]))
    send(sqs, "hello")

    polling.poll()

    assert (seen[0]["eventSource"], seen[0]["awsRegion"]) == ("aws:sqs", "eu-north-1")
    assert seen[0]["eventSourceARN"] == "arn:aws:sqs:eu-north-1:123456789012:news"
    assert seen[0]["md5OfBody"] == "5d41402abc4b2a76b9719d911017c592"
    assert seen[0]["attributes"]["ApproximateReceiveCount"] == "1"
