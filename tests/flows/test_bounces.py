"""A mail that SES accepted comes back: what the channel shows, who is still written to, and what is owed."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib import channels as kinds
from chalicelib.channels import mail
from chalicelib.core.errors import Undelivered
from chalicelib.monitor.managing import channels
from chalicelib.monitor.managing import checks as manage
from chalicelib.monitor.telling import feedback
from chalicelib.store import checks, cursors, definitions, outbox
from tests.coming_back import Event, Post
from tests.conftest import NOW, Story
from tests.fixtures import next_message
from tests.flows.conftest import Heartbeat
from tests.flows.mailing import Scene, begin

GONE = "bounce@simulator.amazonses.com"
TWO = f"{GONE}, ops@example.org"


@pytest.fixture
def scene(story: Story, heartbeat: Heartbeat) -> Scene:
    return begin(story, heartbeat)


def test_a_mail_that_comes_back_is_an_error_of_its_channel_and_nothing_is_sent_there_until_it_is_changed(
    scene: Scene,
) -> None:
    scene.address(GONE)
    scene.fail()
    assert (scene.post.to(), scene.channel.trouble) == ([GONE], "")

    scene.hear(*scene.post.said())

    why = f'SES: {GONE}: there is no such mailbox, or it takes nothing from here ("smtp; 550 5.1.1 user unknown")'
    assert scene.channel.trouble == why
    assert [(line.new, line.state, line.error) for line in scene.log] == [("down", "failed", why)]
    assert scene.owed == [scene.heartbeat.code]

    scene.story.clock.move(seconds=30)
    scene.succeed()
    scene.story.clock.move(seconds=30)
    scene.fail()
    assert len(scene.post.mails) == 1
    assert {line.state for line in scene.log} == {"failed"}

    scene.story.clock.move(seconds=1)
    scene.address("ops@example.org")
    scene.story.queues.work()

    assert [mail["Destination"]["ToAddresses"] for mail in scene.post.mails] == [[GONE], ["ops@example.org"]]
    assert scene.story.sent.subjects[-1] == "DOWN | Backups"
    assert (scene.channel.trouble, scene.owed) == ("", [])


def test_what_came_back_is_told_as_it_is_by_then(scene: Scene) -> None:
    scene.fail()
    scene.hear(scene.post.bounce())
    scene.story.clock.move(minutes=5)
    scene.succeed()

    scene.story.clock.move(seconds=1)
    scene.address("other@example.org")
    scene.story.queues.work()

    assert (scene.story.sent.subjects, scene.post.to()) == (["DOWN | Backups", "UP | Backups"], ["other@example.org"])


def test_others_of_the_list_go_on_and_have_been_told(scene: Scene) -> None:
    scene.address(TWO)
    scene.fail()
    scene.hear(*scene.post.said(0))
    scene.story.clock.move(minutes=5)
    scene.succeed()

    assert [scene.post.to(number) for number in range(len(scene.post.mails))] == [
        [GONE],
        ["ops@example.org"],
        ["ops@example.org"],
    ]
    up, down = scene.log
    assert (up.state, up.error, down.state) == ("sent", "", "sent")
    assert GONE in down.error
    assert GONE in scene.channel.trouble
    assert scene.owed == []


def test_a_message_that_came_back_from_one_after_another_has_reached_nobody(scene: Scene) -> None:
    scene.address("a@example.org, b@example.org")
    scene.fail()
    scene.hear(scene.post.bounce("a@example.org", number=0))
    assert (scene.owed, scene.log[0].state) == ([], "sent")

    scene.hear(scene.post.bounce("b@example.org", number=1))

    assert (scene.owed, scene.log[0].state) == ([scene.heartbeat.code], "failed")
    scene.story.clock.move(minutes=1)
    scene.succeed()
    assert len(scene.post.mails) == 2


def test_a_test_that_is_accepted_has_what_is_owed_told_until_that_comes_back_too(scene: Scene) -> None:
    scene.fail()
    scene.hear(scene.post.bounce())
    scene.story.clock.move(minutes=5)

    scene.test()
    assert (scene.channel.trouble, scene.owed) == ("", [])
    assert [subject.partition(" ")[0] for subject in scene.story.sent.subjects] == ["DOWN", "TEST", "DOWN"]

    scene.hear(scene.post.bounce(number=1), scene.post.bounce(number=2))
    scene.wait(minutes=10)

    assert (len(scene.post.mails), scene.owed) == (3, [scene.heartbeat.code])
    assert "no such mailbox" in scene.channel.trouble


def test_a_test_that_comes_back_shows_on_the_channel(scene: Scene) -> None:
    scene.test()
    scene.hear(scene.post.bounce())
    assert "no such mailbox" in scene.channel.trouble
    scene.fail()
    assert len(scene.post.mails) == 1


def test_feedback_that_comes_twice_changes_nothing_the_second_time(scene: Scene) -> None:
    scene.fail()
    event = scene.post.bounce()
    scene.hear(event)
    before = (scene.channel, scene.log, cursors.of(scene.heartbeat.code))

    scene.hear(event, event)

    assert (scene.channel, scene.log, cursors.of(scene.heartbeat.code)) == before
    assert list(outbox.all_waiting()) == []


def test_the_first_bounce_of_a_message_says_nothing_of_the_second_try_to_tell_it(scene: Scene) -> None:
    scene.fail()
    first = scene.post.bounce()
    scene.hear(first)
    scene.story.clock.move(minutes=5)
    scene.address("works@example.org")
    scene.story.queues.work()

    scene.hear(first)
    scene.wait(minutes=5)

    assert (len(scene.post.mails), scene.channel.trouble, scene.owed) == (2, "", [])
    assert [(line.state, line.error) for line in scene.log] == [("sent", "")]


def test_a_bounce_of_before_the_channel_was_changed_has_the_message_told_to_the_new_address(scene: Scene) -> None:
    scene.address("typo@example.org")
    scene.fail()
    scene.story.clock.move(seconds=2)
    scene.address("ops@example.org")
    scene.story.queues.work()
    assert len(scene.post.mails) == 1

    scene.hear(scene.post.bounce())

    assert (scene.post.to(), scene.channel.trouble) == (["ops@example.org"], "")
    assert [(line.new, line.state) for line in scene.log] == [("down", "sent")]


def test_a_bounce_of_before_a_test_says_nothing_against_an_address_that_took_the_test(scene: Scene) -> None:
    scene.fail()
    scene.story.clock.move(seconds=10)
    scene.test()

    scene.hear(scene.post.bounce(number=0))

    assert [subject.partition(" ")[0] for subject in scene.story.sent.subjects] == ["DOWN", "TEST", "DOWN"]
    assert (scene.channel.trouble, scene.owed) == ("", [])


def test_feedback_whose_message_was_never_written_down_is_not_heard_for_ever(scene: Scene) -> None:
    scene.fail()
    event = scene.post.bounce()
    event["mail"]["tags"]["flip"] = ["1"]
    scene.hear(event)
    scene.wait(minutes=4, seconds=15)
    assert next_message() is None


def test_an_address_that_is_no_longer_in_the_channel_leaves_no_mark_on_it(scene: Scene) -> None:
    scene.address(TWO)
    scene.fail()
    event = scene.post.bounce(GONE, number=0)
    scene.address("ops@example.org")
    scene.hear(event)
    assert (scene.channel.bounced, len(scene.post.mails)) == ({}, 2)


def test_what_comes_back_to_a_channel_or_a_check_that_is_gone_changes_nothing(scene: Scene) -> None:
    scene.fail()
    event = scene.post.bounce()
    channels.delete(scene.story.services, scene.channel)
    scene.story.queues.work()
    scene.hear(event)
    assert definitions.channels(scene.heartbeat.project) == []


def test_of_a_check_that_is_gone_the_channel_alone_learns(scene: Scene) -> None:
    scene.fail()
    event = scene.post.bounce()
    manage.delete(scene.story.services, scene.heartbeat.now)
    scene.story.queues.work()
    scene.hear(event)
    scene.wait(minutes=5)
    assert "no such mailbox" in scene.channel.trouble
    assert cursors.of(scene.heartbeat.code) == {}


def test_feedback_of_another_stage_or_without_a_postmark_is_nobodys(scene: Scene) -> None:
    scene.fail()
    foreign, bare = scene.post.bounce(), scene.post.bounce()
    foreign["mail"]["tags"]["ses:configuration-set"] = ["tocsin-prod-mail"]
    bare["mail"]["tags"] = {"ses:configuration-set": bare["mail"]["tags"]["ses:configuration-set"]}
    scene.hear(foreign, bare, {}, {"eventType": "Bounce"}, {"eventType": "Delivery", "mail": {}})
    assert (scene.channel.trouble, scene.owed) == ("", [])


def test_feedback_that_overtakes_the_outcome_of_its_message_waits_for_it(scene: Scene) -> None:
    """SES is faster than our own write of what became of the message."""
    heard: list[Event] = []
    send = mail.send

    def send_and_hear(*given: Any) -> None:
        send(*given)
        scene.story.clock.move(seconds=1)
        heard.append(scene.post.bounce())
        feedback.hear(scene.story.services, heard[-1])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mail, "send", send_and_hear)
        scene.fail()
    assert (len(heard), scene.log[0].state) == (1, "sent")

    scene.wait(minutes=1)

    assert (scene.log[0].state, scene.owed) == ("failed", [scene.heartbeat.code])


def test_feedback_waits_while_something_else_is_being_told(scene: Scene) -> None:
    scene.fail()
    event = scene.post.bounce()
    send = mail.send

    def hear_and_send(*given: Any) -> None:
        feedback.hear(scene.story.services, event)
        send(*given)

    scene.story.clock.move(seconds=30)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mail, "send", hear_and_send)
        scene.succeed()
    scene.wait(minutes=2)

    # What was told last was "up", and has not come back.
    assert [line.state for line in scene.log] == ["sent", "failed"]
    assert "no such mailbox" in scene.log[1].error
    assert scene.owed == []


def test_the_answer_of_a_machine_is_no_failure_but_shows(scene: Scene) -> None:
    scene.address("ooto@simulator.amazonses.com")
    scene.fail()
    scene.hear(*scene.post.said())
    assert "the mail may have come" in scene.channel.trouble
    assert (scene.log[0].state, scene.owed) == ("sent", [])
    scene.wait(hours=2)
    assert len(scene.post.mails) == 1
    scene.succeed()
    assert len(scene.post.mails) == 2


def test_whoever_calls_a_mail_spam_has_read_it_and_gets_no_other(scene: Scene) -> None:
    scene.fail()
    scene.hear(scene.post.complaint(complaintFeedbackType="abuse"))
    assert "marked a mail as spam" in scene.channel.trouble
    assert (scene.log[0].state, scene.owed) == ("sent", [])
    scene.story.clock.move(minutes=1)
    scene.succeed()
    assert len(scene.post.mails) == 1


def test_whoever_takes_a_mail_out_of_the_spam_folder_complains_of_nothing(scene: Scene) -> None:
    scene.fail()
    scene.hear(scene.post.complaint(complaintFeedbackType="not-spam"))
    assert scene.channel.trouble == ""


@pytest.mark.parametrize("subtype", ["Suppressed", "OnAccountSuppressionList"])
def test_a_suppressed_address_says_how_it_is_mended(scene: Scene, subtype: str) -> None:
    scene.fail()
    scene.hear(scene.post.bounce(subtype=subtype))
    assert "take it off the suppression list of SES, then test the channel" in scene.channel.trouble
    assert scene.owed == [scene.heartbeat.code]


def test_a_delay_stands_in_the_log_alone(scene: Scene) -> None:
    scene.fail()
    delayed = {"delayType": "MailboxFull", "delayedRecipients": [{"emailAddress": "ops@example.org"}]}
    scene.hear(scene.post.event("DeliveryDelay", deliveryDelay=delayed))
    assert (scene.channel.trouble, scene.log[0].state) == ("", "sent")
    assert "SES goes on trying" in scene.log[0].error


def test_a_mail_that_ses_rejects_for_its_content_leaves_the_address_alone(scene: Scene) -> None:
    scene.fail()
    scene.hear(scene.post.event("Reject", reject={"reason": "Bad content"}))
    assert (scene.log[0].state, scene.owed) == ("failed", [scene.heartbeat.code])
    scene.story.clock.move(minutes=5)
    scene.succeed()
    assert len(scene.post.mails) == 2


def test_a_server_that_forwards_names_another_mailbox(scene: Scene) -> None:
    scene.fail()
    scene.hear(scene.post.bounce("Ops Team <inner@mail.example.org>"))
    assert "ops@example.org" in scene.channel.trouble
    assert scene.owed == [scene.heartbeat.code]


def test_the_spelling_of_an_address_does_not_matter(scene: Scene) -> None:
    scene.address("Ops@example.org, b@example.org")
    scene.fail()
    scene.hear(scene.post.bounce("<OPS@EXAMPLE.ORG>", number=0))
    assert set(scene.channel.bounced) == {"Ops@example.org"}


def test_what_the_other_server_says_is_one_short_line(scene: Scene) -> None:
    scene.fail()
    scene.hear(scene.post.bounce(diagnosticCode="550\r\nno \u202e" + "x" * 5_000))
    (bounce,) = scene.channel.bounced.values()
    assert len(bounce.why) < 400 and not set(bounce.why) & {"\r", "\n", "\u202e"}


def test_a_reminder_that_comes_back_is_owed_as_the_outage_is(story: Story, heartbeat: Heartbeat) -> None:
    scene = Scene(story, heartbeat, Post(story.services))
    channels.change(story.services, scene.channel, {"remind": 300})
    scene.fail()
    scene.wait(minutes=6)
    assert len(scene.post.mails) == 2
    scene.hear(scene.post.bounce())
    cursor = cursors.of(heartbeat.code)[scene.channel.code]
    assert (cursor.state, cursor.reminder, cursor.at) == ("down", 0, NOW)


def test_a_postmark_holds_no_code_of_a_check_and_what_ses_allows_alone(scene: Scene) -> None:
    scene.fail()
    tags = scene.post.mails[0]["EmailTags"]
    assert all(set(tag) == {"Name", "Value"} and tag["Value"] for tag in tags)
    allowed = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
    assert all(set(tag["Name"] + tag["Value"]) <= allowed for tag in tags)
    assert scene.heartbeat.code not in str(tags)


def test_nothing_is_sent_where_every_address_is_given_up(scene: Scene) -> None:
    scene.fail()
    scene.hear(scene.post.bounce())
    with pytest.raises(Undelivered) as error:
        kinds.reachable(scene.channel)
    assert error.value.permanent


def test_a_channel_that_works_again_forgets_no_address_that_is_given_up(scene: Scene) -> None:
    scene.address(TWO)
    scene.fail()
    scene.hear(*scene.post.said(0))
    scene.story.clock.move(minutes=5)
    definitions.show_error(scene.channel, "SES could not be asked")
    scene.succeed()
    assert (scene.channel.error, set(scene.channel.bounced)) == ("", {GONE})
    assert checks.get(scene.heartbeat.project, scene.heartbeat.code).status == "up"


def test_one_event_that_fails_does_not_keep_the_others(scene: Scene) -> None:
    scene.fail()
    with pytest.raises(KeyError):
        feedback.hear_all(scene.story.services, [{"eventType": "Bounce", "mail": {}}, scene.post.bounce()])
    assert "no such mailbox" in scene.channel.trouble
