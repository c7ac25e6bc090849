"""Instances: members of an alert with a status of their own, built by hand until there are entities."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest

from chalicelib.core import instances, kinds
from chalicelib.core.check import Check, entity_of, unique_key
from chalicelib.core.kinds import evaluation
from chalicelib.core.outages import incident
from chalicelib.core.silence import Silence
from chalicelib.core.specs import ConditionSpec
from chalicelib.monitor.managing import channels, silences
from chalicelib.monitor.managing import checks as manage
from chalicelib.monitor.managing.projects import Keyring
from chalicelib.monitor.services import Services
from chalicelib.store import checks, definitions, history
from chalicelib.store.faults import Refused
from tests.conftest import Story
from tests.dummies import lamp
from tests.flows.conftest import Killed, trouble

HOUR = timedelta(hours=1)


@pytest.fixture
def alert(services: Services, keyring: Keyring, monkeypatch: pytest.MonkeyPatch) -> Check:
    monkeypatch.setitem(kinds.KINDS, lamp.name, lamp)
    ops = channels.create(services, keyring.project, "email", "Ops", {"address": "ops@example.org"}, 0)
    values = {"kind": lamp.name, "name": "Load", "spec": lamp.Bulb("hall"), "channels": (ops.code,)}
    return manage.create(services, keyring.project, values)


def made(services: Services, alert: Check, entity: str) -> Check:
    instance = instances.new(alert, entity, services.clock())
    checks.create_instances([instance])
    return instance


def test_an_instance_goes_down_and_comes_up_by_itself_and_is_told_to_whom_its_alert_is(
    story: Story, alert: Check
) -> None:
    web, db = made(story.services, alert, "web"), made(story.services, alert, "db")
    for minute, (check, firing) in enumerate([(web, True), (db, True), (web, False)]):
        story.clock.move(minutes=minute + 1)
        story.judge(check, firing=firing)
        story.queues.work()
    assert story.sent.subjects == ["DOWN | Load on web", "DOWN | Load on db", "UP | Load on web"]
    assert {check.code: check.status for check in checks.instances_of(alert)} == {db.code: "down", web.code: "up"}
    assert checks.get(alert.project, alert.code).status == "new"
    found = history.flips(web.project, web.code, story.clock.now - HOUR, story.clock.now + HOUR, story.clock.now)
    assert [flip.new for flip in found] == ["up", "down"]


def test_a_silence_of_the_alert_holds_the_news_of_its_instances(story: Story, alert: Check) -> None:
    web = made(story.services, alert, "web")
    silences.put(story.services, alert, Silence("mute", story.clock.now, story.clock.now + HOUR, "mute"))
    story.clock.move(minutes=1)
    story.judge(web, firing=True)
    story.queues.work()
    assert story.sent.subjects == []
    assert checks.get(web.project, web.code).silences == ()
    story.clock.move(minutes=10)
    silences.lift(story.services, alert)
    story.queues.work()
    assert story.sent.subjects == ["DOWN | Load on web"]


@pytest.mark.parametrize("call", range(1, 8))
def test_news_of_instances_is_told_when_whoever_lifts_the_silence_dies(story: Story, alert: Check, call: int) -> None:
    web = made(story.services, alert, "web")
    silences.put(story.services, alert, Silence("mute", story.clock.now, None, "mute"))
    story.clock.move(minutes=1)
    story.judge(web, firing=True)
    story.queues.work()
    story.clock.move(minutes=1)
    with trouble(call, Killed, after=True), suppress(Killed):
        silences.lift(story.services, alert)
    story.sweep_for(minutes=2)
    lifted = not checks.get(alert.project, alert.code).silences
    assert story.sent.subjects == ["DOWN | Load on web"] * lifted


def test_nobody_is_told_of_an_instance_while_its_alert_is_paused(story: Story, alert: Check) -> None:
    web = made(story.services, alert, "web")
    story.judge(web, firing=True)
    story.clock.move(seconds=1)
    manage.pause(story.services, alert)
    story.queues.work()
    assert story.sent.subjects == []
    story.clock.move(seconds=1)
    manage.resume(story.services, alert)
    story.queues.work()
    assert story.sent.subjects == ["DOWN | Load on web"]


def test_a_channel_that_is_given_reminders_is_reminded_of_an_instance(story: Story, alert: Check) -> None:
    web = made(story.services, alert, "web")
    story.clock.move(minutes=1)
    story.judge(web, firing=True)
    story.queues.work()
    (ops,) = definitions.channels(alert.project)
    channels.change(story.services, ops, {"remind": 3_600})
    story.sweep_for(minutes=61)
    assert story.sent.subjects == ["DOWN | Load on web", "STILL DOWN | Load on web"]


def test_an_instance_that_is_deleted_while_down_gets_a_last_word(story: Story, alert: Check) -> None:
    web = made(story.services, alert, "web")
    story.clock.move(minutes=1)
    story.judge(web, firing=True)
    story.queues.work()
    manage.delete(story.services, web)
    story.queues.work()
    assert len(story.sent.mails) == 2
    assert "Load on web" in story.sent.subjects[1]
    assert checks.instances_of(alert) == []


def test_instances_stand_in_no_list_and_count_for_nothing(services: Services, keyring: Keyring, alert: Check) -> None:
    made(services, alert, "web")
    assert [check.code for check in manage.of_project(keyring.project, lamp.name)] == [alert.code]


def test_an_instance_is_made_once_and_for_a_check_that_exists(services: Services, alert: Check) -> None:
    web = made(services, alert, "web")
    with pytest.raises(Refused):
        checks.create_instances([web])
    manage.delete(services, alert)
    with pytest.raises(Refused):
        made(services, alert, "db")


def test_instances_go_with_their_alert_and_their_history_with_them(story: Story, alert: Check) -> None:
    web = made(story.services, alert, "web")
    story.clock.move(minutes=1)
    story.judge(web, firing=True)
    manage.delete(story.services, alert)
    story.queues.until(story.clock.now + timedelta(minutes=2))
    now = story.clock.now
    assert checks.instances_of(alert) == []
    assert history.flips(web.project, web.code, now - HOUR, now + HOUR, now) == []


def test_an_entity_may_be_called_anything(services: Services, alert: Check) -> None:
    for entity in ("a#b", "i#x#y", "ä ö", "x" * instances.ENTITY_MAX):
        instance = made(services, alert, entity)
        assert (instance.parent, entity_of(instance.code)) == (alert.code, entity)


def test_instances_of_one_alert_that_go_down_at_once_are_incidents_of_their_own(
    services: Services, alert: Check
) -> None:
    web, db = (instances.new(alert, entity, services.clock()) for entity in ("web", "db"))
    assert web.unique_key != db.unique_key
    assert incident(web.code, services.clock()) != incident(db.code, services.clock())


def test_the_unique_key_of_a_uuid_is_as_published() -> None:
    assert unique_key("2f0f6d5e-1c5a-4a0e-9d4e-0e8f6f6a2d11") == "13c25e2de6b15f53f4e58848a35db5fca65519ac"


def test_a_silence_of_an_entity_holds_its_news_alone(story: Story, alert: Check) -> None:
    web, db = made(story.services, alert, "web"), made(story.services, alert, "db")
    until = story.clock.now + HOUR
    silences.put(story.services, alert, Silence("d", story.clock.now, until, "downtime", entities=("web",)))
    story.clock.move(minutes=1)
    story.judge(web, firing=True)
    story.judge(db, firing=True)
    story.queues.work()
    assert story.sent.subjects == ["DOWN | Load on db"]
    story.sweep_for(minutes=61)
    assert story.sent.subjects == ["DOWN | Load on db", "DOWN | Load on web"]


def test_an_evaluation_is_told_in_its_period_and_what_outlives_the_rest_when_that_begins(
    services: Services, keyring: Keyring, story: Story
) -> None:
    ops = channels.create(services, keyring.project, "email", "Ops", {"address": "ops@example.org"}, 0)
    spec = ConditionSpec(1, 1, "> 5", period="hr {13}")
    values = {"kind": evaluation.name, "name": "Load", "spec": spec, "channels": (ops.code,)}
    web = made(services, manage.create(services, keyring.project, values), "web")
    story.clock.move(minutes=1)
    story.judge(web, firing=True)
    story.queues.work()
    assert story.sent.subjects == []
    story.sweep_for(minutes=62)
    assert story.sent.subjects == ["DOWN | Load on web"]
