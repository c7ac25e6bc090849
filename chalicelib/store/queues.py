"""The SQS queues: `news` carries nudges to deliver, `deadlines` the checks that fall due, `probes` and `rules` what the
clock wants looked at, `chores` everything that may wait a little. Each place that is probed from has a `probes` queue
in its region; the others are at home.

A message is a JSON object; what it means is known to the monitor. Losing a nudge costs time, never news.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from botocore.config import Config

from chalicelib import log
from chalicelib.store.connection import home_region, shared, table_name
from chalicelib.store.faults import StoreFault, translated

BATCH = 10
MAX_DELAY = 900


def send(noun: str, message: dict[str, Any], *, delay: int = 0) -> None:
    """Sends one message, readable after `delay` seconds (at most 900). Raises StoreFault."""
    send_all(noun, [message], delay=delay)


def send_all(noun: str, messages: list[dict[str, Any]], *, delay: int = 0, region: str | None = None) -> None:
    """Sends messages that can be read after `delay` seconds (at most 900), to the queue in `region` or at home. Raises
    StoreFault when any is refused."""
    send_delayed(noun, [(delay, message) for message in messages], region=region)


def send_delayed(noun: str, messages: list[tuple[int, dict[str, Any]]], *, region: str | None = None) -> None:
    """Sends messages, each with the seconds (at most 900) after which it can be read, ten with one call. Raises
    StoreFault when any is refused."""
    for start in range(0, len(messages), BATCH):
        entries = [
            {"Id": str(number), "MessageBody": json.dumps(message), "DelaySeconds": min(delay, MAX_DELAY)}
            for number, (delay, message) in enumerate(messages[start : start + BATCH])
        ]
        _send_batch(noun, region or home_region(), entries)


def hand_out_again(noun: str, receipts: list[str], after: int) -> None:
    """Has messages that were received, and could not be dealt with, handed out again in so many seconds. Where SQS
    cannot serve, they come when their time is over."""
    try:
        with translated():
            for receipt in receipts:
                _client(home_region()).change_message_visibility(
                    QueueUrl=_url(noun, home_region()), ReceiptHandle=receipt, VisibilityTimeout=after
                )
    except StoreFault as fault:
        log.warning("what failed comes again late", queue=noun, reason=str(fault))


def take(noun: str, at_most: int, *, region: str | None = None) -> tuple[list[str], list[dict[str, Any]]]:
    """The receipts and the contents of messages that can be read, ten at most. They are hidden until they are dropped,
    or their time is over. Raises StoreFault."""
    where = region or home_region()
    with translated():
        answer = _client(where).receive_message(QueueUrl=_url(noun, where), MaxNumberOfMessages=min(at_most, BATCH))
    found = answer.get("Messages", [])
    return [one["ReceiptHandle"] for one in found], [json.loads(one["Body"]) for one in found]


def drop(noun: str, receipts: list[str], *, region: str | None = None) -> None:
    """Deletes messages that were taken. Raises StoreFault."""
    where = region or home_region()
    entries = [{"Id": str(number), "ReceiptHandle": receipt} for number, receipt in enumerate(receipts)]
    with translated():
        _client(where).delete_message_batch(QueueUrl=_url(noun, where), Entries=entries)


@dataclass(frozen=True, slots=True)
class Depth:
    """About how many messages of a queue can be read, are being dealt with, and cannot be read yet."""

    ready: int
    taken: int
    later: int


def depth(noun: str, *, aside: bool = False) -> Depth:
    """Of a queue at home, or of the one for what failed there (`aside`). Raises StoreFault."""
    wanted = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
    names = [*wanted, "ApproximateNumberOfMessagesDelayed"]
    with translated():
        client = _client(home_region())
        name = f"{table_name(noun)}-failed" if aside else table_name(noun)
        url = client.get_queue_url(QueueName=name)["QueueUrl"]
        found = client.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return Depth(*(int(found.get(name, 0)) for name in names))


def _send_batch(noun: str, region: str | None, entries: list[dict[str, Any]]) -> None:
    for _ in range(2):
        with translated():
            answer = _client(region).send_message_batch(QueueUrl=_url(noun, region), Entries=entries)
        failed = {failure["Id"] for failure in answer.get("Failed", [])}
        entries = [entry for entry in entries if entry["Id"] in failed]
        if not entries:
            return
    raise StoreFault(f"{noun}: {len(entries)} messages refused")


@lru_cache(maxsize=32)
def _client(region: str | None) -> Any:
    config = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 3, "mode": "standard"})
    return shared().session.create_client("sqs", region_name=region, config=config)


@lru_cache(maxsize=128)
def _url(noun: str, region: str | None) -> str:
    return str(_client(region).get_queue_url(QueueName=table_name(noun))["QueueUrl"])


def forget() -> None:
    """Drops the addresses of queues that an earlier `store.connect` named."""
    _url.cache_clear()
