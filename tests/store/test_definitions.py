"""Channels in the table: what is kept comes back, and what its owner changes is changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.core.check import Channel
from chalicelib.core.errors import Missing
from chalicelib.monitor.managing.projects import Keyring
from chalicelib.store import definitions
from chalicelib.store.models import ChannelItem
from tests.conftest import NOW

CODE = "0b1f3f1e-8da9-4729-8ff3-aaa71d56b712"


@pytest.fixture
def plain(keyring: Keyring) -> Channel:
    return Channel(keyring.project.code, CODE, "email", "Ops", NOW, {"address": "ops@example.org"})


def full(channel: Channel) -> Channel:
    more: dict[str, Any] = {
        "remind": 300,
        "resolves": False,
        "default": True,
        "number": 7,
        "extra": {"grafana": {"uid": "x"}},
    }
    return replace(channel, name="备份", settings={"address": "b@example.org"}, **more)


def test_a_channel_comes_back_as_it_was_kept(plain: Channel) -> None:
    definitions.save_channel(plain)
    assert definitions.channel(plain.project, CODE) == plain


def test_everything_about_a_channel_is_kept(plain: Channel) -> None:
    channel = replace(full(plain), hidden=True)
    definitions.save_channel(channel)
    assert definitions.channels(plain.project) == [channel]


def test_everything_that_its_owner_changes_is_kept(plain: Channel) -> None:
    definitions.save_channel(replace(plain, number=7))
    definitions.show_error(plain, "answered 500")
    mended = replace(full(plain), mended=NOW)
    assert definitions.update_channel(full(plain), NOW) == mended
    assert definitions.channel(plain.project, CODE) == mended


def test_a_channel_of_before_is_told_of_recoveries(plain: Channel) -> None:
    definitions.save_channel(plain)
    ChannelItem(plain.project, f"channel#{CODE}").update([ChannelItem.resolves.remove(), ChannelItem.default.remove()])
    assert definitions.channel(plain.project, CODE) == plain


def test_a_channel_that_is_gone_is_not_made_by_a_change(plain: Channel) -> None:
    with pytest.raises(Missing):
        definitions.update_channel(plain, NOW)
    assert definitions.channels(plain.project) == []
