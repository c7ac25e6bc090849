"""What it costs to tell: the calls to AWS of one "down" to one channel."""

from __future__ import annotations

from chalicelib.monitor.clocks import deadlines
from chalicelib.monitor.telling import deliver
from tests.conftest import Queues
from tests.flows.conftest import Heartbeat, Killed, trouble
from tests.sent import Sent


def test_one_down_to_one_channel_takes_at_most_seven_calls_of_the_store(
    overdue: Heartbeat, queues: Queues, sent: Sent
) -> None:
    deadlines.expire(overdue.services, overdue.project, overdue.code)
    messages = queues.take("news")
    with trouble(0, Killed, after=False) as calls:
        deliver.deliver_nudges(overdue.services, messages)

    assert sent.subjects == ["DOWN | Backups"]
    assert [call for call in calls if call != "SendEmail"] == [
        *("BatchGetItem", "Query", "Query", "Query"),
        *("TransactWriteItems", "TransactWriteItems"),
        "UpdateItem",  # counts it under its channel
    ]
