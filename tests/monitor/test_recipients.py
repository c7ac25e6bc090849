"""Whom a channel reaches: a mail each, nobody twice, and nobody who has stopped them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from chalicelib.channels import Outlet
from chalicelib.core.check import Channel
from chalicelib.core.errors import Undelivered
from chalicelib.monitor.managing import channels, recipients
from chalicelib.monitor.telling import reaching
from chalicelib.store import definitions, notifications
from tests.conftest import Story
from tests.monitor.readers import (
    BROKEN,
    BUSY,
    REJECTED,
    A,
    B,
    C,
    Post,
    channel_to,
    fails,
    now,
    post_of,
    reader,
    stop,
    watched,
)


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
