"""Whom a channel reaches: a mail each, nobody twice, nobody who has stopped them or has not confirmed yet."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from chalicelib.channels import Outlet
from chalicelib.core import recipients as marks
from chalicelib.core.check import Channel, Check
from chalicelib.core.errors import TooOften, Undelivered
from chalicelib.monitor.managing import asking, channels, checks, projects, recipients
from chalicelib.monitor.telling import reaching
from chalicelib.settings import BadSettings, load
from chalicelib.store import definitions, notifications
from tests import specs
from tests.conftest import Story
from tests.monitor.test_projects import everything_kept

A, B, C = "a@example.org", "b@example.org", "c@example.org"


class Post:
    """SES as it takes mails of some, and refuses those of others; what was taken, in order."""

    def __init__(self, **wrong: Exception) -> None:
        self.wrong: dict[str, Exception] = {f"{name}@example.org": error for name, error in wrong.items()}
        self.taken: list[tuple[str, str]] = []

    def send_email(self, **request: Any) -> None:
        (address,) = request["Destination"]["ToAddresses"]
        if address in self.wrong:
            raise self.wrong[address]
        subject = request["Content"]["Raw"]["Data"].decode().partition("Subject: ")[2].partition("\r\n")[0]
        self.taken.append((address, subject.partition(" | ")[0]))

    def get_account(self) -> dict[str, Any]:
        return {"SendQuota": {"MaxSendRate": 14.0}}


def answer(code: str, words: str = "") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": words}}, "SendEmail")


BROKEN, REJECTED = answer("InternalFailure"), answer("MessageRejected", "Address is blacklisted.")
BUSY = answer("TooManyRequestsException")


@pytest.fixture
def confirming(story: Story) -> None:
    story.services.settings = replace(story.services.settings, confirm_addresses=True)


def post_of(story: Story, **wrong: Exception) -> Post:
    post = Post(**wrong)
    story.services.outlet = Outlet((), post, story.services.outlet.sns)
    return post


def channel_to(story: Story, *addresses: str, **more: Any) -> Channel:
    settings = {"address": ", ".join(addresses)}
    return channels.create(story.services, story.keyring.project, "email", "Ops", settings, **more)


def now(channel: Channel) -> Channel:
    return definitions.channel(channel.project, channel.code)


def watched(story: Story, channel: Channel) -> Check:
    probe = {"name": "Web", "channels": (channel.code,), "kind": "probe", "spec": specs.PING, "period": 60}
    return story.see(checks.create(story.services, story.keyring.project, probe), ok=True)


def fails(story: Story, check: Check, *, ok: bool = False) -> None:
    """It is seen down, or up again, and whoever can be told is told."""
    for _ in range(1 if ok else 2):
        story.clock.move(seconds=1)
        story.see(check, ok=ok)
    story.queues.work()


def reader(story: Story, channel: Channel, address: str) -> recipients.Reader:
    project = story.keyring.project
    return recipients.stopping(marks.sign(project.secret, "stop", project.code, address, channel.code))


def stop(story: Story, channel: Channel, address: str) -> None:
    recipients.stop(story.services, reader(story, channel, address))


def confirm(story: Story, address: str) -> None:
    project = story.keyring.project
    link = marks.sign(project.secret, "confirm", project.code, address)
    story.clock.move(seconds=1)
    recipients.confirm(story.services, recipients.confirming(link))
    story.queues.work()


# A mail each


def test_each_of_a_shared_list_gets_one_mail(story: Story) -> None:
    post = post_of(story)
    fails(story, watched(story, channel_to(story, A, B, C)))
    assert post.taken == [(A, "DOWN"), (B, "DOWN"), (C, "DOWN")]


@pytest.mark.parametrize(
    "why", [BROKEN, BUSY, ReadTimeoutError(endpoint_url="https://ses")], ids=lambda why: str(why)[:30]
)
def test_who_has_a_mail_does_not_get_it_again_when_others_are_told(story: Story, why: Exception) -> None:
    post = post_of(story, b=why)
    channel = channel_to(story, A, B, C)
    fails(story, watched(story, channel))
    assert (A, "DOWN") in post.taken
    post.wrong.clear()
    story.sweep_for(3)
    assert sorted(post.taken) == [(A, "DOWN"), (B, "DOWN"), (C, "DOWN")]
    assert now(channel).error == ""
    assert list(notifications.debts(channel.code)) == []


def test_one_address_that_is_refused_for_good_takes_nothing_from_the_others(story: Story) -> None:
    post = post_of(story, b=REJECTED)
    channel = channel_to(story, A, B)
    check = watched(story, channel)
    fails(story, check)
    assert now(channel).error == f"{B}: SES answered MessageRejected: Address is blacklisted."
    fails(story, check, ok=True)
    assert post.taken == [(A, "DOWN"), (A, "UP")]
    (up, down) = channels.sent_log(story.services, channel)
    assert (up.state, down.state) == ("sent", "sent")


def test_what_one_address_fails_to_take_for_a_day_counts_as_told_for_the_others(story: Story) -> None:
    post = post_of(story, b=BROKEN)
    channel = channel_to(story, A, B, remind=86_400)
    fails(story, watched(story, channel))
    for _ in range(30):
        story.clock.move(hours=1)
        story.sweep_for(1)
    assert post.taken == [(A, "DOWN")]
    assert channels.sent_log(story.services, channel)[0].state == "sent"
    assert B in now(channel).error


def test_who_heard_that_it_is_down_hears_of_its_end_although_others_did_not(story: Story) -> None:
    post = post_of(story, b=BROKEN)
    check = watched(story, channel_to(story, A, B))
    fails(story, check)
    fails(story, check, ok=True)
    assert (A, "UP") in post.taken


def test_a_list_at_a_slow_sender_goes_out_at_its_pace(story: Story) -> None:
    class Slow(Post):
        """Takes one mail in a second."""

        last: datetime | None = None

        def send_email(self, **request: Any) -> None:
            if self.last and story.clock.now - self.last < timedelta(seconds=1):
                raise BUSY
            self.last = story.clock.now
            super().send_email(**request)

        def get_account(self) -> dict[str, Any]:
            return {"SendQuota": {"MaxSendRate": 1.0}}

    post = Slow()
    story.services.outlet = Outlet((), post, story.services.outlet.sns)
    begun = story.clock.now
    people = [f"p{number}@example.org" for number in range(10)]
    fails(story, watched(story, channel_to(story, *people)))
    story.queues.until(story.clock.now + timedelta(seconds=20))
    assert [address for address, _ in post.taken] == people
    assert post.last is not None
    assert post.last - begun < timedelta(seconds=16)


# Stopped


def test_a_stop_between_two_tries_is_heeded_by_the_second(story: Story) -> None:
    post = post_of(story, b=BROKEN)
    channel = channel_to(story, A, B)
    fails(story, watched(story, channel))
    stop(story, channel, B)
    post.wrong.clear()
    story.sweep_for(2)
    assert post.taken == [(A, "DOWN")]
    assert list(notifications.debts(channel.code)) == []


def test_when_all_have_stopped_news_is_final_and_told_when_one_takes_it_up(story: Story) -> None:
    post = post_of(story)
    channel = channel_to(story, A)
    check = watched(story, channel)
    stop(story, channel, A)
    assert reaching.trouble(story.services, now(channel)) == f"{A} has stopped these mails"
    fails(story, check)
    assert post.taken == []
    assert now(channel).error == f"{A} has stopped these mails (given up: Web is down)"
    assert reaching.trouble(story.services, now(channel)) == now(channel).error
    assert channels.sent_log(story.services, channel)[0].state == "failed"
    story.clock.move(seconds=1)
    recipients.resume(story.services, reader(story, channel, A))
    story.queues.work()
    assert post.taken == [(A, "DOWN")]
    assert now(channel).error == ""


def test_a_test_reaches_nobody_who_has_stopped_the_mails(story: Story) -> None:
    post = post_of(story)
    channel = channel_to(story, A)
    stop(story, channel, A)
    with pytest.raises(Undelivered, match=f"{A} has stopped these mails"):
        channels.try_out(story.services, story.keyring.project, now(channel))
    assert post.taken == []


def test_an_edit_that_leaves_an_address_in_its_place_leaves_it_stopped(story: Story) -> None:
    channel = channel_to(story, A, B)
    stop(story, channel, A)
    for values in (
        {"name": "Other"},
        {"settings": {"address": f"{A}, {B}, {C}"}},
        {"settings": {"address": A.upper()}},
    ):
        changed = channels.change(story.services, now(channel), values)
        assert changed.stopped == now(channel).stopped == {A}


def test_an_address_that_is_taken_out_and_put_in_again_is_told_again(story: Story) -> None:
    channel = channel_to(story, A, B)
    stop(story, channel, A)
    channels.change(story.services, now(channel), {"settings": {"address": B}})
    again = channels.change(story.services, now(channel), {"settings": {"address": f"{A}, {B}"}})
    assert (again.stopped, again.waiting) == (frozenset(), frozenset())


def test_a_stop_while_the_owner_edits_the_channel_is_not_lost(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    channel = channel_to(story, A, B)
    update, stops = definitions.update_channel, [A]

    def stopped_first(*arguments: Any) -> Channel:
        for address in stops:
            stops.remove(address)
            stop(story, channel, address)
        return update(*arguments)

    monkeypatch.setattr(definitions, "update_channel", stopped_first)
    channels.change(story.services, channel, {"settings": {"address": f"{A}, {B}, {C}"}})
    assert now(channel).stopped == {A}
    assert now(channel).settings["address"] == f"{A}, {B}, {C}"


# Confirmed


@pytest.mark.usefixtures("confirming")
def test_news_waits_until_its_reader_confirms_and_is_told_then_if_it_is_still_true(story: Story) -> None:
    post = post_of(story)
    channel = channel_to(story, A)
    check = watched(story, channel)
    fails(story, check)
    assert post.taken == [(A, "CONFIRM")]
    assert reaching.trouble(story.services, now(channel)).startswith(f"{A} has not confirmed yet")
    confirm(story, A)
    assert post.taken == [(A, "CONFIRM"), (A, "DOWN")]
    assert reaching.trouble(story.services, now(channel)) == ""


@pytest.mark.usefixtures("confirming")
def test_an_outage_that_is_over_before_its_reader_confirms_is_no_down(story: Story) -> None:
    post = post_of(story)
    check = watched(story, channel_to(story, A))
    fails(story, check)
    fails(story, check, ok=True)
    confirm(story, A)
    assert (A, "DOWN") not in post.taken


@pytest.mark.usefixtures("confirming")
def test_an_address_is_asked_once_in_a_project_and_in_each_project(story: Story) -> None:
    post = post_of(story)
    first = channel_to(story, A)
    confirm(story, A)
    channels.delete(story.services, first)
    second = channel_to(story, A.upper())
    assert second.waiting == frozenset()
    other = projects.create(story.services, "Shop").project
    third = channels.create(story.services, other, "email", "Ops", {"address": A})
    assert third.waiting == {A}
    assert len(post.taken) == 2


@pytest.mark.usefixtures("confirming")
def test_one_answer_opens_every_channel_of_the_project_that_waits_for_it(story: Story) -> None:
    first, second = channel_to(story, A, B), channel_to(story, A)
    confirm(story, A)
    assert (now(first).waiting, now(second).waiting) == ({B}, frozenset())


@pytest.mark.usefixtures("confirming")
def test_a_list_tells_those_who_have_confirmed(story: Story) -> None:
    post = post_of(story)
    channel = channel_to(story, A, B)
    confirm(story, B)
    fails(story, watched(story, channel))
    assert post.taken[2:] == [(B, "DOWN")]
    assert reaching.trouble(story.services, now(channel)) == f"{A} has not confirmed yet"


def test_what_channels_had_before_counts_as_confirmed_and_what_comes_is_asked(story: Story) -> None:
    post = post_of(story)
    channel = channel_to(story, A)
    story.services.settings = replace(story.services.settings, confirm_addresses=True)
    fails(story, watched(story, channel))
    assert channel_to(story, A).waiting == frozenset()
    assert channels.change(story.services, channel, {"settings": {"address": f"{A}, {B}"}}).waiting == {B}
    assert post.taken == [(A, "DOWN"), (B, "CONFIRM")]


@pytest.mark.usefixtures("confirming")
def test_an_owner_who_puts_in_again_who_has_stopped_has_to_ask_anew(story: Story) -> None:
    channel = channel_to(story, A, B)
    confirm(story, A)
    stop(story, channel, A)
    assert channel_to(story, A).waiting == {A}
    channels.change(story.services, now(channel), {"settings": {"address": B}})
    again = channels.change(story.services, now(channel), {"settings": {"address": f"{A}, {B}"}})
    assert A in again.waiting


@pytest.mark.usefixtures("confirming")
def test_a_test_asks_again_who_has_not_confirmed(story: Story) -> None:
    post = post_of(story)
    channel = channel_to(story, A)
    with pytest.raises(Undelivered, match="not confirmed yet"):
        channels.try_out(story.services, story.keyring.project, channel)
    assert post.taken == [(A, "CONFIRM"), (A, "CONFIRM")]
    stop(story, channel, A)
    with pytest.raises(Undelivered, match="has stopped these mails"):
        channels.try_out(story.services, story.keyring.project, now(channel))
    assert len(post.taken) == 2


@pytest.mark.usefixtures("confirming")
def test_nobody_is_flooded_with_questions(story: Story) -> None:
    post = post_of(story)
    for _ in range(asking.QUESTIONS + 1):
        last = channel_to(story, A)
    assert len(post.taken) == asking.QUESTIONS
    assert last.error == f"{A} was asked 5 times within a day and is not asked again now"
    story.clock.move(days=1)
    channel_to(story, A)
    assert len(post.taken) == asking.QUESTIONS + 1


@pytest.mark.usefixtures("confirming")
def test_questions_of_a_project_are_limited_and_what_is_too_much_makes_no_channel(story: Story) -> None:
    post = post_of(story)
    made = 0
    with pytest.raises(TooOften):
        for made in range(asking.TESTS):
            channel_to(story, f"x{made}@example.org", f"y{made}@example.org")
    assert (made, len(post.taken)) == (asking.TESTS // 2, asking.TESTS)
    assert len(channels.of_project(story.project)) == asking.TESTS // 2


@pytest.mark.usefixtures("confirming")
def test_a_question_that_cannot_be_sent_shows_on_the_channel(story: Story) -> None:
    post_of(story, a=BROKEN)
    channel = channel_to(story, A)
    assert now(channel).error == f"{A} could not be asked: SES answered InternalFailure (a fault of AWS)"


@pytest.mark.usefixtures("confirming")
def test_a_number_is_asked_by_one_short_text(story: Story) -> None:
    number = "+37120000000"
    channel = channels.create(story.services, story.keyring.project, "sms", "Phone", {"number": number})
    (text,) = story.sent.texts
    assert text.startswith("Tocsin: alerts to this number? Confirm: https://tocsin.example.org/confirm/")
    assert len(text) <= 160
    confirm(story, number)
    assert now(channel).waiting == frozenset()


@pytest.mark.usefixtures("confirming")
def test_the_installations_own_address_is_not_asked(story: Story) -> None:
    story.services.settings = replace(story.services.settings, mail_to=A)
    assert channel_to(story, A.upper(), B).waiting == {B}


@pytest.mark.usefixtures("confirming")
def test_an_answer_that_comes_while_a_channel_is_made_opens_it(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    channel_to(story, A)
    save = definitions.save_channel

    def answered_first(channel: Channel) -> None:
        confirm(story, A)
        save(channel)

    monkeypatch.setattr(definitions, "save_channel", answered_first)
    assert now(channel_to(story, A)).waiting == frozenset()


@pytest.mark.usefixtures("confirming")
def test_with_the_setting_off_again_everybody_is_told(story: Story) -> None:
    post = post_of(story)
    check = watched(story, channel_to(story, A))
    story.services.settings = replace(story.services.settings, confirm_addresses=False)
    fails(story, check)
    assert post.taken[-1] == (A, "DOWN")


@pytest.mark.usefixtures("confirming")
def test_of_a_deleted_project_no_answer_is_left(story: Story) -> None:
    channel = channel_to(story, A, B)
    confirm(story, A)
    stop(story, channel, B)
    assert marks.mark(A) in everything_kept()
    projects.delete(story.services, story.project)
    story.queues.until(story.clock.now + timedelta(minutes=4))
    assert not [word for word in (marks.mark(A), marks.mark(B), A, B) if word in everything_kept()]


@pytest.mark.parametrize(("text", "on"), [("true", True), ("false", False), ("", False)])
def test_the_setting_is_true_or_false(text: str, on: bool) -> None:
    assert load({"TOCSIN_CONFIRM_ADDRESSES": text}).confirm_addresses is on


@pytest.mark.parametrize("text", ["yes", "1", "True", "on"])
def test_another_word_for_the_setting_is_refused(text: str) -> None:
    with pytest.raises(BadSettings, match="TOCSIN_CONFIRM_ADDRESSES must be true or false"):
        load({"TOCSIN_CONFIRM_ADDRESSES": text})


def test_a_project_without_a_secret_signs_nothing(story: Story) -> None:
    with pytest.raises(ValueError, match="no secret"):
        marks.sign("", "stop", story.project, A, "c")
    assert reaching.stop_link(story.services, channel_to(story, A), "", A) == ""
