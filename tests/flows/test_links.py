"""Links in messages: they lead to the page of the check for as long as its address is what it was."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

import app as application
from chalicelib import gateway
from chalicelib.core import pages
from chalicelib.core.check import Check
from chalicelib.monitor.managing import channels, checks, rules
from chalicelib.monitor.services import Services
from chalicelib.store import checks as stored
from chalicelib.store import directory
from tests import specs
from tests.api.client import Api, Entrance
from tests.conftest import Queues, Story
from tests.flows.conftest import Heartbeat, interrupted
from tests.sent import Sent

# Telling one channel of a failure takes so many calls, those of the queue among them.
CALLS = 8


@pytest.fixture
def reader(services: Services) -> Api:
    """Somebody who was sent a mail, and has no key."""
    gateway.serve(application.app, services)
    return Api(Entrance(application.app), "")


def links(sent: Sent) -> list[str]:
    """What each mail links to beside the link that stops it, empty for one that links nowhere."""
    found = [re.findall(r"https://tocsin\.example\.org(/(?!stop/)\S+)", mail.text) for mail in sent.mails]
    assert all(len(some) < 2 for some in found)
    return [some[0] if some else "" for some in found]


def page_of(heartbeat: Heartbeat) -> str:
    """Where the page is now; empty if it is off."""
    check = heartbeat.now
    address = pages.address(directory.project(check.project), check)
    return f"/status/{address}" if address else ""


def renew(heartbeat: Heartbeat) -> Check:
    return checks.renew_page(heartbeat.services, heartbeat.now)


def close(heartbeat: Heartbeat) -> Check:
    return checks.close_page(heartbeat.services, heartbeat.now)


def test_the_link_of_a_mail_works_until_the_address_is_made_new(
    heartbeat: Heartbeat, queues: Queues, sent: Sent, reader: Api
) -> None:
    heartbeat.ping("fail")
    queues.work()
    heartbeat.ping()
    queues.work()
    down, up = links(sent)
    assert down == up
    assert "Backups" in reader.get(down).text

    renew(heartbeat)
    assert reader.get(down).status == 404


def test_a_mail_after_that_has_the_new_address(heartbeat: Heartbeat, queues: Queues, sent: Sent, reader: Api) -> None:
    heartbeat.ping("fail")
    queues.work()
    renew(heartbeat)
    heartbeat.ping()
    queues.work()

    assert [reader.get(link).status for link in links(sent)] == [404, 200]


def test_without_a_page_a_mail_links_nowhere_and_says_all_the_rest(
    heartbeat: Heartbeat, queues: Queues, sent: Sent
) -> None:
    close(heartbeat)
    heartbeat.ping("fail", body=b"disk full")
    queues.work()

    assert sent.subjects == ["DOWN | Backups"]
    assert links(sent) == [""]
    assert "disk full" in sent.mails[0].text


@pytest.mark.parametrize("change", [renew, close])
@pytest.mark.parametrize("at_call", range(1, CALLS + 1))
def test_a_page_that_changes_while_a_mail_is_on_its_way_costs_no_mail_and_leaves_no_old_page(
    at_call: int, change: Callable[[Heartbeat], Check], heartbeat: Heartbeat, queues: Queues, sent: Sent, reader: Api
) -> None:
    heartbeat.ping("fail")
    old = page_of(heartbeat)
    with interrupted(at_call, lambda: change(heartbeat)):
        queues.work()

    assert sent.subjects == ["DOWN | Backups"]
    assert links(sent)[0] in (old, page_of(heartbeat))
    assert reader.get(old).status == 404


def test_no_mail_links_to_anything_by_the_key_of_a_badge(heartbeat: Heartbeat, queues: Queues, sent: Sent) -> None:
    heartbeat.ping("fail")
    queues.work()

    check = heartbeat.now
    for secret in (check.badge, check.code, check.unique_key, directory.project(check.project).badge):
        assert secret not in sent.mails[0].text


@pytest.mark.parametrize("kind", ["probe", "rule"])
def test_mails_about_devices_and_alerts_link_to_their_pages(kind: str, story: Story, sent: Sent, reader: Api) -> None:
    project = story.keyring.project
    channel = channels.create(story.services, project, "email", "Ops", {"address": "ops@example.org"}, 0)
    values = {"name": "Watched", "channels": (channel.code,)}
    if kind == "probe":
        made = checks.create(story.services, project, {**values, "kind": kind, "period": 60, "spec": specs.HTTP})
        story.see(made, ok=True)
        story.clock.move(seconds=1)
        while stored.get(made.project, made.code).status == "up":
            story.see(made, ok=False)
    else:
        made = rules.create(story.services, project, {**values, "spec": specs.above("load")})
        story.judge(made, firing=True)
    story.queues.work()

    assert sent.subjects == ["DOWN | Watched"]
    assert "Watched" in reader.get(links(sent)[0]).text
    checks.close_page(story.services, made)
    assert reader.get(links(sent)[0]).status == 404


def test_a_last_word_about_a_check_without_a_page_links_nowhere(
    heartbeat: Heartbeat, queues: Queues, sent: Sent
) -> None:
    heartbeat.ping("fail")
    queues.work()
    checks.change(heartbeat.services, close(heartbeat), {"channels": ()})
    queues.work()

    assert sent.subjects == ["DOWN | Backups", "NOT WATCHED | Backups"]
    assert links(sent)[1] == ""
