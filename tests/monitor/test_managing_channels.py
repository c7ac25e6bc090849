"""Channels as use cases have them: what is hidden stays out of sight, everything else can be set and changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.core.check import Channel
from chalicelib.core.errors import Invalid, Missing
from chalicelib.monitor.managing import channels
from chalicelib.monitor.managing.projects import Keyring
from chalicelib.monitor.services import Services
from chalicelib.store import definitions
from chalicelib.store.faults import Contended
from tests.channels.samples import VALID

ADDRESS = {"address": "ops@example.org"}


def test_a_hidden_channel_stands_in_no_list_and_is_not_found(services: Services, keyring: Keyring) -> None:
    project = keyring.project
    shown = channels.create(services, project, "email", "Ops", ADDRESS)
    hidden = channels.create(services, project, "email", "", ADDRESS, hidden=True)
    assert channels.of_project(project.code) == [shown]
    with pytest.raises(Missing):
        channels.find(project.code, hidden.code)
    assert definitions.channels(project.code) == [shown, hidden]


def test_a_channel_is_made_and_changed_with_everything_that_it_has(services: Services, keyring: Keyring) -> None:
    more: dict[str, Any] = {"resolves": False, "default": True, "extra": {"grafana": {"uid": "u"}}}
    made = channels.create(services, keyring.project, "email", "Ops", ADDRESS, 300, **more)
    assert channels.find(keyring.project.code, made.code) == made
    changed = channels.change(services, made, {"resolves": True, "default": False, "extra": {}})
    assert channels.find(keyring.project.code, made.code) == changed
    assert (changed.resolves, changed.default, changed.extra, changed.number) == (True, False, {}, made.number)


def test_what_is_wrong_is_named_and_nothing_is_kept(services: Services, keyring: Keyring) -> None:
    with pytest.raises(Invalid) as caught:
        channels.create(services, keyring.project, "email", "x" * 101, ADDRESS)
    assert caught.value.field == "name"
    assert channels.of_project(keyring.project.code) == []


TOPIC = "arn:aws:sns:eu-north-1:123456789012:"


@pytest.mark.parametrize(
    ("prefix", "topic", "allowed"),
    [
        ("tocsin-news", "tocsin-news-ops", True),
        ("tocsin-news", "tocsin-news", True),
        ("tocsin-news", "payments", False),
        ("tocsin-news", "my-tocsin-news", False),
        ("*", "payments", True),
        ("*", "tocsin-test-alarms", False),
        ("tocsin-", "tocsin-test-alarms", False),
        ("tocsin-", "tocsin-test-alarms-2", True),
    ],
)
def test_a_channel_may_publish_to_the_topics_that_the_owner_names_and_never_to_his_alarms(
    services: Services, keyring: Keyring, prefix: str, topic: str, allowed: bool
) -> None:
    made = channels.create(services, keyring.project, "sns", "Ops", {"topic": f"{TOPIC}other"})
    services.settings = replace(services.settings, prefix="tocsin", stage="test", topic_prefix=prefix)
    there = {"topic": TOPIC + topic}
    for attempt in (
        lambda: channels.create(services, keyring.project, "sns", "Ops", there),
        lambda: channels.change(services, made, {"settings": there}),
    ):
        if allowed:
            assert attempt().settings == there
        else:
            with pytest.raises(Invalid, match=r"settings\.topic is not a topic that this installation publishes to"):
                attempt()


@pytest.mark.parametrize("kind", sorted(VALID.keys() - {"sns"}))
def test_what_another_kind_calls_a_topic_is_none_of_the_installations(
    services: Services, keyring: Keyring, kind: str
) -> None:
    services.settings = replace(services.settings, topic_prefix="tocsin-news")
    topic = {"topic": "7"} if kind in ("telegram", "zulip") else {}
    assert channels.create(services, keyring.project, kind, "Ops", {**VALID[kind], **topic}).kind == kind


def test_a_channel_is_made_although_others_are_made_at_the_same_moment(
    services: Services, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    save, tries = definitions.save_channel, list[str]()

    def contended(channel: Channel) -> None:
        tries.append(channel.code)
        if len(tries) < 3:
            raise Contended
        save(channel)

    monkeypatch.setattr(definitions, "save_channel", contended)
    made = channels.create(services, keyring.project, "email", "Ops", ADDRESS)
    assert tries == [made.code] * 3
    assert channels.of_project(keyring.project.code) == [made]
