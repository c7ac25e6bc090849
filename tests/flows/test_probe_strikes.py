"""A worker is killed, or AWS answers an error, at every call on the way from a look to a mail, before the call is made
and after it was. Whatever is left, the clocks and the queues finish."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.core.check import Check
from chalicelib.core.specs import probe_of
from chalicelib.functions import fed
from chalicelib.monitor import chores
from chalicelib.monitor.clocks import tick
from chalicelib.monitor.looking import probing
from chalicelib.monitor.managing import channels
from chalicelib.monitor.managing import checks as manage
from chalicelib.monitor.managing.projects import Keyring
from chalicelib.monitor.services import Services
from chalicelib.monitor.telling import deliver
from chalicelib.settings import Settings
from chalicelib.store import checks, history, outbox, results
from chalicelib.store.faults import StoreFault
from tests import specs
from tests.conftest import NOW, Clock, Queues, Story, client
from tests.flows.conftest import Killed, deaths, in_turn, strikes, trouble, unavailable
from tests.flows.test_uptime_places import ABROAD, DUBLIN, OREGON, PLACES, STOCKHOLM, Regions, Worker
from tests.monitor.test_probing import BAD, GOOD, Engine
from tests.sent import Sent

Minute = Callable[[], None]

# The stories below make this many calls; a test holds the numbers.
DOWN_CALLS, UP_CALLS, LOOK_CALLS, ABROAD_CALLS = 36, 24, 5, 7
FAULTS = strikes(DOWN_CALLS)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """One shard of each kind: the same story in fewer calls."""
    return replace(settings, due_shards=1, outbox_shards=1, wheel_shards=1)


@dataclass
class Watch:
    """A device that was found up a minute ago, whom it tells, and the workers that look at it."""

    services: Services
    check: Check
    engine: Engine
    sqs: Any
    urls: dict[str, str]

    @property
    def flips(self) -> list[tuple[str, str]]:
        """(old, new) of every flip, oldest first."""
        check, now = self.check, self.services.clock()
        found = history.flips(check.project, check.code, NOW.replace(year=2020), NOW.replace(year=2040), now)
        return [(flip.old, flip.new) for flip in found[::-1]]

    @property
    def now(self) -> Check:
        return checks.get(self.check.project, self.check.code)

    def look(self) -> None:
        """The message of a minute as the queue hands it out: again, if the worker died."""
        at = int((NOW + timedelta(minutes=1)).timestamp() * 1000)
        probing.work(self.services, {"at": at, "checks": [[self.check.project, self.check.code]]})

    def shift(self) -> None:
        """A minute's tick and what comes of it, as AWS has it done: a message is gone when it has been dealt with, and
        not before."""
        tick.run(self.services)
        while any([self._attend("probes"), self._attend("chores"), self._attend("news")]):
            continue

    def _attend(self, noun: str) -> bool:
        url = self.urls[noun]
        messages = self.sqs.receive_message(QueueUrl=url, VisibilityTimeout=0).get("Messages", [])
        for message in messages:
            self._do(noun, json.loads(message["Body"]))
            self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return bool(messages)

    def _do(self, noun: str, message: dict[str, Any]) -> None:
        if noun == "news":
            deliver.deliver_nudges(self.services, [message])
        elif noun == "probes":
            probing.work(self.services, message)
        else:
            chores.do(self.services, message)


@pytest.fixture
def watch(services: Services, keyring: Keyring, queues: Queues, minute: Minute) -> Watch:
    channel = channels.create(services, keyring.project, "email", "Ops", {"address": "ops@example.org"}, 0)
    values = {"kind": "probe", "name": "Web", "period": 60, "channels": (channel.code,)}
    check = manage.create(services, keyring.project, {**values, "spec": replace(specs.HTTP, retry_delay=0)})
    services.engine = engine = Engine()  # type: ignore[assignment]
    minute()
    sqs = client("sqs")
    urls = {noun: sqs.get_queue_url(QueueName=services.settings.resource(noun))["QueueUrl"] for noun in fed()}
    return Watch(services, check, engine, sqs, urls)


@dataclass
class Abroad:
    """The device is looked at from three places and down; one of them is home, and has been asked to look."""

    watch: Watch
    regions: Regions

    def look_everywhere(self) -> None:
        while any(worker.work() for worker in self.regions.abroad.values()):
            self.regions.queues.work()

    @property
    def places(self) -> set[str]:
        now = self.watch.services.clock()
        found = results.newest(
            self.watch.check.code, 100, now, start=NOW + timedelta(minutes=1), end=NOW.replace(hour=20)
        )
        return {result.location for result in found}


@pytest.fixture
def abroad(failing: Watch, queues: Queues, clock: Clock) -> Abroad:
    failing.services.settings = replace(failing.services.settings, location=STOCKHOLM, locations=PLACES)
    spec = replace(probe_of(failing.check), locations=tuple(place for place, _ in PLACES))
    manage.change(failing.services, failing.check, {"spec": spec})
    workers = {place: Worker(failing.services, place, region) for place, region in ABROAD}
    for worker in workers.values():
        worker.services.engine = failing.engine  # type: ignore[assignment]
    return Abroad(failing, Regions(failing.services, clock, queues, workers))


@pytest.fixture
def failing(watch: Watch) -> Watch:
    """From now on every look finds the device failed."""
    watch.engine.outcome = BAD
    return watch


@pytest.fixture
def mended(failing: Watch, minute: Minute) -> Watch:
    """It was down, which has been told, and from now on every look finds it well."""
    minute()
    failing.engine.outcome = GOOD
    return failing


def recover(minute: Minute) -> None:
    """What clocks and queues do by themselves afterwards: a few minutes pass."""
    for _ in range(4):
        minute()


def told(sent: Sent, calls: list[str], call: int) -> list[str]:
    """What was told; a mail that may have gone out just before the strike is allowed to have been told again."""
    return in_turn(sent) if "SendEmail" in calls[:call] else sent.subjects


# To be killed before a call is to be killed after the one before it.
@pytest.mark.parametrize("call", deaths(DOWN_CALLS + 1))
def test_killed_on_the_way_from_a_failed_look_to_the_mail(
    failing: Watch, minute: Minute, sent: Sent, call: int
) -> None:
    with trouble(call, Killed, after=False) as calls, suppress(Killed):
        failing.shift()
    recover(minute)

    assert failing.flips == [("new", "up"), ("up", "down")]
    assert failing.now.since in (NOW + timedelta(minutes=1), NOW + timedelta(minutes=2))
    assert told(sent, calls, call) == ["DOWN | Web"]
    assert list(outbox.all_waiting()) == []


@pytest.mark.parametrize("call", deaths(UP_CALLS + 1))
def test_killed_on_the_way_from_a_good_look_to_the_mail(mended: Watch, minute: Minute, sent: Sent, call: int) -> None:
    with trouble(call, Killed, after=False) as calls, suppress(Killed):
        mended.shift()
    recover(minute)

    assert mended.flips == [("new", "up"), ("up", "down"), ("down", "up")]
    assert told(sent, calls, call) == ["DOWN | Web", "UP | Web"]
    assert list(outbox.all_waiting()) == []


@pytest.mark.parametrize(("call", "after"), FAULTS)
def test_a_fault_on_the_way_from_a_failed_look_to_the_mail(
    failing: Watch, minute: Minute, sent: Sent, call: int, after: bool
) -> None:
    with trouble(call, unavailable, after=after) as calls, suppress(StoreFault, ClientError):
        failing.shift()
    recover(minute)
    failing.engine.outcome = GOOD
    recover(minute)

    assert failing.flips == [("new", "up"), ("up", "down"), ("down", "up")]
    assert told(sent, calls, call) == ["DOWN | Web", "UP | Web"]
    assert list(outbox.all_waiting()) == []


@pytest.mark.parametrize("call", deaths(LOOK_CALLS + 1))
def test_a_look_that_was_killed_and_comes_again_does_not_confirm_itself(
    failing: Watch, minute: Minute, call: int
) -> None:
    with trouble(call, Killed, after=False), suppress(Killed):
        failing.look()
    failing.look()
    failing.engine.outcome = GOOD
    recover(minute)

    assert failing.flips == [("new", "up")]


@pytest.mark.parametrize("error", [Killed, unavailable])
@pytest.mark.parametrize(("call", "after"), FAULTS[: 2 * LOOK_CALLS])
def test_a_device_whose_next_look_is_far_loses_no_failure_either(
    story: Story,
    failing: Watch,
    error: Callable[[], BaseException],
    call: int,
    after: bool,
) -> None:
    manage.change(failing.services, failing.check, {"period": 3_600})
    with trouble(call, error, after=after):
        try:
            failing.look()
        except (Killed, StoreFault):
            comes_again = True
        else:
            comes_again = False
    if comes_again:
        failing.look()
    story.queues.until(story.clock.now + timedelta(minutes=5))

    assert failing.flips == [("new", "up"), ("up", "down")]


@pytest.mark.parametrize("call", deaths(ABROAD_CALLS + 1))
def test_killed_while_places_abroad_are_asked(abroad: Abroad, call: int) -> None:
    with trouble(call, Killed, after=False), suppress(Killed):
        abroad.watch.look()
    abroad.watch.look()
    abroad.look_everywhere()

    assert abroad.places == {STOCKHOLM, DUBLIN, OREGON}
    assert abroad.watch.flips == [("new", "up"), ("up", "down")]


def test_the_stories_are_no_longer_than_the_strikes(failing: Watch, minute: Minute, clock: Clock) -> None:
    with trouble(0, Killed, after=False) as down:
        failing.shift()
    clock.move(minutes=1)
    failing.engine.outcome = GOOD
    with trouble(0, Killed, after=False) as up:
        failing.shift()

    assert (len(down), len(up)) == (DOWN_CALLS, UP_CALLS)


def test_a_look_is_no_longer_than_its_strikes(failing: Watch) -> None:
    with trouble(0, Killed, after=False) as calls:
        failing.look()

    assert len(calls) == LOOK_CALLS


def test_a_look_from_several_places_is_no_longer_than_its_strikes(abroad: Abroad) -> None:
    with trouble(0, Killed, after=False) as calls:
        abroad.watch.look()

    assert len(calls) == ABROAD_CALLS
