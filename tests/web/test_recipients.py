"""The pages behind the links in mails: reading them changes nothing, and one POST does what the button says."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.core import recipients
from chalicelib.core.check import Channel
from chalicelib.monitor.managing import channels, projects
from chalicelib.monitor.views import badges
from chalicelib.store import definitions
from chalicelib.store.faults import StoreFault
from tests.api.client import Answer, Api
from tests.conftest import Story

ONE_CLICK = {"Content-Type": "application/x-www-form-urlencoded"}
LINK = re.compile(r"https://tocsin\.example\.org(/(?:stop|confirm)/[a-z0-9]+)")


def made(story: Story, address: str = "a@example.org, b@example.org", **more: Any) -> Channel:
    return channels.create(story.services, story.keyring.project, "email", "Ops", {"address": address}, **more)


def now(channel: Channel) -> Channel:
    return definitions.channel(channel.project, channel.code)


def link_to(story: Story, address: str, channel: Channel) -> str:
    """The path of the link in the newest mail to this address, after a test of the channel."""
    channels.try_out(story.services, story.keyring.project, channel)
    return path_in(next(mail.text for mail in reversed(story.sent.mails) if address in mail.to))


def path_in(text: str) -> str:
    found = LINK.search(text)
    assert found, text
    return found[1]


def send(browser: Api, method: str, path: str, body: str = "") -> Answer:
    return browser.call(method, path, data=body.encode(), headers=ONE_CLICK)


def click(browser: Api, path: str) -> Answer:
    """What a mail program sends for its one click (RFC 8058)."""
    return send(browser, "POST", path, "List-Unsubscribe=One-Click")


def test_one_click_stops_the_mails_of_one_reader_and_no_other(story: Story, browser: Api) -> None:
    channel = made(story)
    answer = click(browser, link_to(story, "b@example.org", channel))
    assert answer.status == 200
    assert "set-cookie" not in answer.headers
    assert "location" not in answer.headers
    assert now(channel).stopped == {"b@example.org"}
    before = len(story.sent.mails)
    channels.try_out(story.services, story.keyring.project, now(channel))
    assert [set(mail.to) for mail in story.sent.mails[before:]] == [{"a@example.org"}]


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"])
def test_nothing_but_a_post_changes_anything(story: Story, browser: Api, method: str) -> None:
    channel = made(story)
    path = link_to(story, "a@example.org", channel)
    before = now(channel)
    for tried in (path, f"{path}?List-Unsubscribe=One-Click", f"{path}?wish=resume"):
        assert send(browser, method, tried).status in (200, 204, 405)
    assert now(channel) == before


def test_the_page_has_one_button_that_comes_back_to_it(story: Story, browser: Api) -> None:
    path = link_to(story, "a@example.org", made(story))
    page = browser.get(path)
    assert page.status == 200
    assert re.findall(r"<form[^>]*>", page.text) == ['<form method="post">']
    assert "form-action 'self'" in page.headers["content-security-policy"]
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert send(browser, "HEAD", path).text == ""


def test_the_pages_say_no_more_than_the_mail_did(story: Story, browser: Api) -> None:
    channel = made(story)
    path = link_to(story, "a@example.org", channel)
    for text in (browser.get(path).text, click(browser, path).text):
        for secret in ("b@example.org", channel.code, story.keyring.project.secret, *story.keyring.keys.values()):
            assert secret not in text


def forged(path: str) -> list[str]:
    begin, link = path.rsplit("/", 1)
    other = "a" if link[-1] != "a" else "b"
    return [
        f"{begin}/{link[:-1]}{other}",
        f"{begin}/{link[:-1]}",
        f"{begin}/{link}a",
        f"{begin}/{'z' * 12}{link[12:]}",
        f"{begin}/{link.upper()}",
        f"{begin}/{link[:12]}{'a' * 26}",
        f"{begin}/%00{link}",
        f"{begin}/{'a' * 5_000}",
        f"/confirm/{link}",
    ]


def test_a_forged_link_is_answered_as_one_that_leads_nowhere(story: Story, browser: Api) -> None:
    channel = made(story)
    link = link_to(story, "a@example.org", channel)
    before = now(channel)
    for path in forged(link):
        for method in ("GET", "POST"):
            answer = send(browser, method, path)
            assert (answer.status, "No such link" in answer.text) == (404, True), path
    assert now(channel) == before


def test_a_link_is_good_for_its_channel_and_project_alone(story: Story, browser: Api) -> None:
    first, second = made(story, "a@example.org"), made(story, "a@example.org")
    other = projects.create(story.services, "Shop")
    third = channels.create(story.services, other.project, "email", "Ops", {"address": "a@example.org"})
    click(browser, link_to(story, "a@example.org", first))
    assert now(first).stopped == {"a@example.org"}
    assert now(second).stopped == now(third).stopped == frozenset()


def test_the_badge_of_a_tag_gives_no_signature_for_a_link(story: Story, browser: Api) -> None:
    """Owners choose what their badges sign."""
    project, channel = story.keyring.project, made(story, "a@example.org")
    signed = recipients.sign(project.secret, "stop", project.code, "a@example.org", channel.code)[12:]
    tags = ("\0".join(("stop", project.code, channel.code, "a@example.org")), "\0links to recipients")
    assert not any(signed.startswith(badges.signature(project, tag).lower()) for tag in tags)


def test_two_clicks_are_as_good_as_one(story: Story, browser: Api) -> None:
    channel = made(story)
    path = link_to(story, "a@example.org", channel)
    assert [click(browser, path).status for _ in range(2)] == [200, 200]
    assert now(channel).stopped == {"a@example.org"}


def test_two_readers_who_click_at_once_both_are_stopped(story: Story, browser: Api) -> None:
    channel = made(story)
    paths = [link_to(story, address, channel) for address in ("a@example.org", "b@example.org")]
    for path in paths:
        click(browser, path)
    assert now(channel).stopped == {"a@example.org", "b@example.org"}


def test_a_reader_takes_the_mails_up_again(story: Story, browser: Api) -> None:
    channel = made(story)
    path = link_to(story, "a@example.org", channel)
    assert 'name="wish" value="resume"' in click(browser, path).text
    assert 'name="wish" value="resume"' in browser.get(path).text
    assert "again" in send(browser, "POST", path, "wish=resume").text
    assert now(channel).stopped == frozenset()


def test_letters_of_another_case_are_the_same_mailbox_and_a_plus_is_another(story: Story, browser: Api) -> None:
    channel = made(story, "Ops@example.org, ops@example.org, ops+x@example.org")
    click(browser, link_to(story, "Ops@example.org", channel))
    before = len(story.sent.mails)
    channels.try_out(story.services, story.keyring.project, now(channel))
    assert [set(mail.to) for mail in story.sent.mails[before:]] == [{"ops+x@example.org"}]


def test_after_the_channel_is_gone_the_link_leads_nowhere(story: Story, browser: Api) -> None:
    channel = made(story)
    path = link_to(story, "a@example.org", channel)
    channels.delete(story.services, channel)
    assert [browser.get(path).status, click(browser, path).status] == [404, 404]


def test_a_fault_of_the_store_is_told_so_that_the_reader_tries_again(
    story: Story, browser: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = made(story)
    path = link_to(story, "a@example.org", channel)

    def down(*_: object) -> None:
        raise StoreFault("down")

    monkeypatch.setattr("chalicelib.store.recipients.stop", down)
    assert click(browser, path).status == 503


def asked(story: Story) -> str:
    """The path of the link by which the newest question is answered."""
    return next(path for mail in reversed(story.sent.mails) for path in LINK.findall(mail.text) if "confirm" in path)


def test_a_question_is_answered_by_its_button_alone(story: Story, browser: Api) -> None:
    services = story.services
    services.settings = replace(services.settings, confirm_addresses=True)
    channel = made(story, "a@example.org")
    assert channel.waiting == {"a@example.org"}
    assert story.sent.subjects == ["CONFIRM | Website"]
    path = asked(story)
    for method in ("GET", "HEAD", "PUT"):
        send(browser, method, path)
    assert "Confirm" in browser.get(path).text
    assert now(channel).waiting == {"a@example.org"}
    assert send(browser, "POST", path).status == 200
    assert now(channel).waiting == frozenset()
    assert send(browser, "POST", path).status == 200
    assert "<button" not in browser.get(path).text
