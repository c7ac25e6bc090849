"""`status`: each question of whoever is on call is answered by a line."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import boto3
import pytest

from chalicelib.channels import mail
from chalicelib.core.errors import Undelivered
from chalicelib.monitor.clocks import sweep, tick
from chalicelib.monitor.managing import channels, checks
from chalicelib.store import outbox, queues
from chalicelib.store.models import OutboxItem
from infra.admin import commands
from tests import specs
from tests.conftest import Story
from tests.flows.conftest import Heartbeat


@pytest.fixture
def heartbeat(story: Story) -> Heartbeat:
    """A check with a period and a grace of a minute, and a channel."""
    project = story.keyring.project
    channel = channels.create(story.services, project, "email", "ops", {"address": "ops@example.org"}, 0)
    values = {"timeout": 60, "grace": 60, "channels": (channel.code,)}
    made = checks.create(story.services, project, values)
    return Heartbeat(story.services, project.code, made.code, channel)


@pytest.fixture
def lines(story: Story) -> Any:
    """The lines of the screen by their second word, and the first line as "all"."""

    def read() -> dict[str, str]:
        code, output = commands.answer(story.services, ["status"])
        assert code == 0, output
        head, _, *rest = output.splitlines()
        return {"all": head} | {line[4:18].strip(): line[:4].strip() + " " + line[18:] for line in rest}

    return read


def test_a_service_that_is_well_says_so(story: Story, heartbeat: Heartbeat, lines: Any) -> None:
    heartbeat.ping()
    sweep.run(story.services)
    found = lines()
    assert found["all"].endswith("ALL IS WELL")
    assert found["sweep"] == "ok the last began 0 s ago"
    assert found["tick"] == "ok nothing is looked at in a fixed period"
    assert found["deadlines"] == "ok none behind"
    assert found["news"] == "ok 0 to be told; 0 for later, 0 held back"
    assert found["channels"] == "ok none fails" and found["set aside"] == "ok nothing"
    assert found["queues"].startswith("ok deadlines 0, probes 0")


def test_a_clock_that_does_not_strike_is_seen(story: Story, heartbeat: Heartbeat, lines: Any) -> None:
    assert lines()["sweep"] == "BAD none has come to its end yet"
    heartbeat.ping()
    sweep.run(story.services)
    values = {"kind": "probe", "name": "web", "spec": specs.PING, "period": 60}
    checks.create(story.services, story.keyring.project, values)
    tick.run(story.services)
    assert lines()["tick"].startswith("ok probes, rules and commands are handed out for the next 75 s")
    story.clock.move(minutes=5)
    found = lines()
    assert found["all"].endswith("LOOK")
    assert found["sweep"] == "BAD the last began 5 minutes ago"
    assert found["tick"] == "BAD nothing has been handed out since 3 minutes ago"
    assert found["deadlines"] == "BAD 1 not decided, the earliest due 3 minutes ago"


def test_news_that_nobody_tells_and_a_channel_that_fails_are_seen(
    story: Story, heartbeat: Heartbeat, lines: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise Undelivered("address not verified", permanent=True)

    heartbeat.ping("fail")
    story.clock.move(minutes=4)
    assert lines()["news"] == "BAD 1 to be told, the oldest since 3 minutes ago; 0 for later, 0 held back"
    (waiting,) = outbox.all_waiting()
    OutboxItem(waiting.shard, waiting.subject).update([OutboxItem.due.remove()])
    assert lines()["news"] == "ok 0 to be told; 0 for later, 1 held back"

    monkeypatch.setattr(mail, "send", refuse)
    story.queues.work()
    screen = commands.answer(story.services, ["status"])[1]
    assert "BAD channels      1 failing, owed news of 1" in screen
    assert "Website, email 'ops': 1 owed: address not verified" in screen


def test_what_was_set_aside_is_seen_with_its_queue(story: Story, lines: Any) -> None:
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=story.services.settings.resource("chores-failed"))["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="poison")
    queues.send("news", {"shard": "o#0", "subject": "x", "project": "p"})
    found = lines()
    assert found["set aside"] == "BAD chores 1"
    assert "news 1" in found["queues"]


def test_what_cloudwatch_counted_is_shown_and_told_to_scripts(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []

    class CloudWatch:
        def get_metric_data(self, **request: Any) -> dict[str, Any]:
            asked.append(request)
            values = {"pings": [3.0, 4.0], "detectionseconds": [0.4, 2.5], "age_news": [7.0, 61.0], "faults": [1.0]}
            return {"MetricDataResults": [{"Id": name, "Values": found} for name, found in values.items()]}

    made = boto3.client
    monkeypatch.setattr(
        boto3, "client", lambda name, **more: CloudWatch() if name == "cloudwatch" else made(name, **more)
    )
    screen = commands.answer(story.services, ["status"])[1]
    assert "BAD five minutes" in screen and "Pings 7, Sweeps 0" in screen and "DetectionSeconds 2.5" in screen
    assert "news 0 (61 s)" in screen
    (document,) = [json.loads(commands.answer(story.services, ["status", "--json"])[1])]
    assert (document["counted"]["Pings"], document["ages"]["news"], document["good"]) == (7, 61, False)
    assert asked[0]["EndTime"] - asked[0]["StartTime"] == timedelta(minutes=5)
