"""Who has not confirmed yet that he wants news is asked once, and told nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core import recipients as marks
from chalicelib.core.check import Channel
from chalicelib.core.errors import TooOften, Undelivered
from chalicelib.monitor.managing import asking, channels, projects
from chalicelib.monitor.telling import reaching
from chalicelib.settings import BadSettings, load
from chalicelib.store import definitions
from tests.conftest import Story
from tests.monitor.readers import (
    BROKEN,
    A,
    B,
    channel_to,
    confirm,
    fails,
    now,
    post_of,
    stop,
    watched,
)
from tests.monitor.test_projects import everything_kept


@pytest.fixture
def confirming(story: Story) -> None:
    story.services.settings = replace(story.services.settings, confirm_addresses=True)


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
