"""Who is told of an alert: the channels for which its notifications stand, for as long as they do."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from chalicelib.channels import mail
from chalicelib.core.check import Channel
from chalicelib.core.errors import Invalid, Undelivered
from chalicelib.monitor.managing import alerts, channels, commands, entities, listeners, people, projects
from chalicelib.monitor.telling import compose
from chalicelib.store import checks, definitions
from chalicelib.store.documents import Document
from chalicelib.store.faults import StoreFault
from tests.conftest import Story
from tests.definitions import alert, child, command
from tests.flows.conftest import Killed, strikes, trouble
from tests.monitor.test_projects import everything_kept

ANN, BOB = "send_mail('ann@example.org')", "send_mail('bob@example.org')"


@pytest.fixture(autouse=True)
def _command(story: Story) -> None:
    commands.put(story.services, story.keyring.project, command(), "ann")


def create(story: Story, *texts: str, **more: Any) -> Document:
    data = alert(notifications=list(texts), **more)
    return alerts.create(story.services, story.keyring.project, data, "ann")


def change(story: Story, *texts: str, number: int = 1, **more: Any) -> None:
    alerts.change(story.services, story.keyring.project, number, alert(notifications=list(texts), **more), "bob")


def code_of(story: Story, number: int = 1) -> str:
    return alerts.tree_of(story.project).nodes[number].code


def told_by(story: Story, number: int = 1) -> tuple[str, ...]:
    return checks.get(story.project, code_of(story, number)).channels


def known(story: Story) -> list[Channel]:
    return definitions.channels(story.project)


def addresses(story: Story) -> list[str]:
    return sorted(one.settings["address"] for one in known(story))


def heard(story: Story, reader: str) -> list[str]:
    """The subjects of a reader's mails."""
    return [one.subject for one in story.sent.mails if f"{reader}@example.org" in one.to]


def load(story: Story, **of: Any) -> None:
    """Entities with loads; what follows from them when their command is run by the clock."""
    for name, value in of.items():
        entities.put(story.services, story.keyring.project, {"id": name, "type": "host", "load": value}, "ann")
    story.clock.move(minutes=1)
    story.tick()
    story.sweep_for(1)


def test_an_alert_is_told_through_hidden_channels_of_its_own(story: Story) -> None:
    create(story, ANN, BOB)
    assert sorted(told_by(story)) == sorted(one.code for one in known(story))
    assert channels.of_project(story.project) == []
    load(story, web1=9, web2=1)
    load(story, web1=1)
    both = ["DOWN | Load too high on web1", "UP | Load too high on web1"]
    assert (heard(story, "ann"), heard(story, "bob")) == (both, both)


def test_who_is_told_of_the_whole_hears_of_no_entity(story: Story) -> None:
    create(story, "send_mail('boss@example.org', per_entity=False)", ANN)
    load(story, web1=9, web2=9)
    assert heard(story, "boss") == ["DOWN | Load too high"]
    assert sorted(heard(story, "ann")) == ["DOWN | Load too high on web1", "DOWN | Load too high on web2"]


def ops(story: Story, name: str = "Ops", **more: Any) -> Channel:
    """A channel of the project, which mails to ops@example.org."""
    settings = {"address": "ops@example.org"}
    return channels.create(story.services, story.keyring.project, "email", name, settings, **more)


@pytest.mark.parametrize("default", [False, True])
def test_a_channel_of_the_project_that_is_named_hears_of_each_entity_once(story: Story, default: bool) -> None:
    made = ops(story, default=default)
    create(story, "notify_channel('Ops')", f"notify_channel('{made.code}')", ANN)
    load(story, web1=9)
    load(story, web1=1)
    both = ["DOWN | Load too high on web1", "UP | Load too high on web1"]
    assert (heard(story, "ops"), heard(story, "ann")) == (both, both)
    change(story, ANN)
    story.sweep_for(17)
    assert channels.of_project(story.project) == [made]


def test_an_alert_is_told_to_whatever_is_called_as_it_says(story: Story) -> None:
    first = ops(story)
    create(story, "notify_channel('Ops')")
    channels.change(story.services, first, {"name": "Day"})
    story.sweep_for(2)
    assert told_by(story) == ()
    second = ops(story)
    story.sweep_for(2)
    assert told_by(story) == (second.code,)


@pytest.mark.parametrize(
    ("names", "why"), [((), "there is no channel"), (("Ops", "Ops"), "several channels are called")]
)
def test_a_name_that_means_no_channel_is_refused(story: Story, names: tuple[str, ...], why: str) -> None:
    for name in names:
        ops(story, name)
    create(story, ANN)
    for refused in (create, change):
        with pytest.raises(Invalid, match=rf"notifications\[1\] cannot be used: {why} Ops"):
            refused(story, ANN, "notify_channel('Ops')")


def test_a_definition_whose_channel_was_deleted_can_be_changed_and_says_what_it_lacks(story: Story) -> None:
    made = ops(story)
    create(story, "notify_channel('Ops')")
    assert listeners.fates(story.project, code_of(story), ["notify_channel('Ops')"]) == [("email", "")]
    gone = channels.delete(story.services, made)
    assert [one.name for one in gone.unheard] == ["Load too high"]
    change(story, "notify_channel('Ops')", priority=1)
    assert told_by(story) == ()
    lacks = ("", "there is no channel Ops")
    assert listeners.fates(story.project, code_of(story), ["notify_channel('Ops')"]) == [lacks]


def test_what_is_changed_in_a_notification_changes_its_channel_and_what_goes_leaves(story: Story) -> None:
    create(story, ANN, BOB)
    before = {one.settings["address"]: one.code for one in known(story)}
    change(story, "send_mail('ann@example.org', repeat=3600)")
    assert told_by(story) == (before["ann@example.org"],)
    assert {one.settings["address"]: one.remind for one in known(story)}["ann@example.org"] == 3600
    story.sweep_for(17)
    assert addresses(story) == ["ann@example.org"]


def test_whoever_leaves_while_an_alert_is_on_hears_a_last_word_and_then_the_channel_goes(story: Story) -> None:
    create(story, ANN, BOB)
    load(story, web1=9)
    change(story, ANN)
    story.sweep_for(1)
    assert heard(story, "bob")[1:] == ["NOT WATCHED | Load too high on web1"]
    story.sweep_for(17)
    assert addresses(story) == ["ann@example.org"]


def test_a_channel_stays_while_somebody_is_to_hear_a_last_word_through_it(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(story, ANN)
    load(story, web1=9)
    with monkeypatch.context() as patch:
        patch.setattr(mail, "send", refuse)
        alerts.delete(story.services, story.keyring.project, 1)
        story.sweep_for(17)
        assert addresses(story) == ["ann@example.org"]
    story.sweep_for(60)
    assert story.sent.subjects[-1] == "NOT WATCHED | Load too high on web1"
    assert known(story) == []


def refuse(*_: object) -> None:
    raise Undelivered("out of order")


def test_a_child_is_told_as_its_parent_says_unless_it_says_itself(story: Story) -> None:
    create(story, ANN, template=True)
    for texts in (None, [], [BOB]):
        data = child(1, notifications=texts)
        alerts.create(story.services, story.keyring.project, data, "ann")
    assert addresses(story) == ["ann@example.org", "bob@example.org"]
    change(story, BOB, template=True)
    story.sweep_for(17)
    assert addresses(story) == ["bob@example.org", "bob@example.org"]
    assert [len(told_by(story, number)) for number in (2, 3, 4)] == [1, 0, 1]


def test_who_could_not_be_told_of_at_once_hears_of_what_happens_next(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The change is kept, and what follows from it fails: it follows at once all the same."""
    create(story, ANN)
    with monkeypatch.context() as patch:
        patch.setattr(listeners, "agree", out_of_order)
        change(story, BOB)
    story.queues.work()
    (bob,) = (one.code for one in known(story) if one.settings["address"] == "bob@example.org")
    assert told_by(story) == (bob,)


def out_of_order(*_: object) -> None:
    raise StoreFault("out of order")


def test_what_nobody_delivers_is_no_channel(story: Story) -> None:
    create(story, "send_hipchat(room='x')", "notify_pagerduty('x')", ANN)
    assert addresses(story) == ["ann@example.org"]


def test_a_notification_that_cannot_be_meant_is_refused_and_nothing_is_made(story: Story) -> None:
    with pytest.raises(Invalid, match=r"notifications\[1\] send_mail: address"):
        create(story, ANN, "send_mail('nobody')")
    assert (known(story), checks.of_project(story.project)) == ([], [])


def test_groups_are_told_as_they_are_at_that_moment(story: Story) -> None:
    project, services = story.keyring.project, story.services
    people.join(services, project, "ops", "ann@example.org", "x")
    people.join(services, project, "ops", "bob@example.org", "x")
    create(story, "send_mail('group:ops')", "send_sms('active:ops')")
    (channel,) = known(story)
    assert channel.settings["address"] == "ann@example.org, bob@example.org"
    people.add_phone(services, project, "bob@example.org", "+37120000000", "x")
    people.begin_duty(services, project, "ops", "bob@example.org", "x")
    people.leave(services, project, "ops", "ann@example.org", "x")
    story.queues.work()
    assert {one.settings.get("address") or one.settings["number"] for one in known(story)} == {
        "bob@example.org",
        "+37120000000",
    }
    assert channel.code in told_by(story)
    people.end_duty(services, project, "ops", "x")
    story.queues.work()
    assert told_by(story) == (channel.code,)


def test_nothing_is_left_of_a_deleted_alert(story: Story) -> None:
    made = create(story, ANN)
    load(story, web1=9)
    alerts.delete(story.services, story.keyring.project, 1)
    story.sweep_for(20)
    assert made.code not in everything_kept()


def test_nothing_is_left_of_definitions_in_a_deleted_project(story: Story) -> None:
    create(story, ANN)
    create(story, BOB, template=True)
    projects.delete(story.services, story.project)
    story.sweep_for(20)
    assert story.project not in everything_kept()


# So many calls give an alert another reader in the place of one.
CHANGE = 25


@pytest.mark.parametrize(("call", "after"), strikes(CHANGE))
def test_a_death_at_any_call_leaves_the_readers_of_the_definition_and_no_others(
    story: Story, call: int, after: bool
) -> None:
    create(story, ANN)
    with trouble(call, Killed, after=after), suppress(Killed, StoreFault):
        change(story, BOB)
    story.sweep_for(20)
    reader = "ann" if ANN in alerts.tree_of(story.project).nodes[1].data["notifications"] else "bob"
    assert addresses(story) == [f"{reader}@example.org"]
    assert told_by(story) == tuple(one.code for one in known(story))


def test_a_change_of_readers_is_no_longer_than_its_strikes(story: Story) -> None:
    create(story, ANN)
    with trouble(0, Killed, after=False) as calls:
        change(story, BOB)
    assert len(calls) == CHANGE


@pytest.mark.parametrize(("call", "after"), strikes(13))
def test_a_death_at_any_call_leaves_no_reader_of_an_alert_that_is_not_there(
    story: Story, call: int, after: bool
) -> None:
    with trouble(call, Killed, after=after), suppress(Killed, StoreFault):
        create(story, ANN)
    story.sweep_for(20)
    made = alerts.tree_of(story.project).nodes
    assert addresses(story) == (["ann@example.org"] if made else [])


def test_an_entity_that_comes_back_is_told_by_what_it_is_now_and_not_by_what_it_was(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids: list[str] = []
    make = compose.id_of

    def noted(*about: Any) -> str:
        ids.append(make(*about))
        return ids[-1]

    monkeypatch.setattr(compose, "id_of", noted)
    create(story, ANN)
    load(story, web1=9)
    for status in ("INACTIVE", "ACTIVE"):
        story.clock.move(seconds=5)
        change(story, ANN, status=status)
        story.queues.work()
    down = "DOWN | Load too high on web1"
    assert heard(story, "ann") == [down, "NOT WATCHED | Load too high on web1", down]
    assert len(set(ids)) == len(ids)


def test_an_alert_has_its_channels_before_it_can_be_judged(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tuple[str, ...]] = []
    monkeypatch.setattr(alerts, "_follow", lambda *_: made.append(told_by(story)))
    create(story, ANN)
    assert made == [tuple(one.code for one in known(story))]
    assert len(known(story)) == 1


def test_the_channels_of_an_alert_that_came_to_nothing_go_again(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any, **__: Any) -> None:
        raise StoreFault("no")

    with monkeypatch.context() as patched, pytest.raises(StoreFault):
        patched.setattr(checks, "create", refused)
        create(story, ANN)
    assert len(known(story)) == 1
    story.clock.move(minutes=16)
    story.queues.work()
    assert known(story) == []
