"""Who hears of a check: new ones, names of channels, defaults."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.core import audience
from chalicelib.core.audience import Resolved, Wish
from chalicelib.core.check import Channel, Check
from tests.cases import each
from tests.conftest import NOW

CHECK = Check("p-1", "k-1", NOW)


def channel(code: str, name: str = "", kind: str = "webhook", **more: Any) -> Channel:
    return Channel("p-1", code, kind, name, NOW, **more)


OPS, MAIL, BOSS = channel("c-3", "Ops"), channel("c-1", "Mail", "email"), channel("c-2", "Boss", "email")
OWNER = channel("c-4", "Email me", "email")
HIDDEN = channel("c-0", "Hidden", "email", hidden=True)
DEFAULT = channel("c-5", "Default", "email", default=True)
ALL = [OPS, MAIL, BOSS, HIDDEN, DEFAULT]


@each(
    ("wish", "known", "told"),
    [
        (Wish.EVERYONE, ALL, ("c-1", "c-2", "c-3")),
        (Wish.EVERYONE, [], ()),
        (Wish.NOBODY, ALL, ()),
        (Wish.OWNER, ALL, ("c-1", "c-2")),
        (Wish.OWNER, [*ALL, OWNER], ("c-4",)),
        (Wish.OWNER, [OPS], ()),
    ],
)
def test_a_new_check_is_given_the_channels_of_its_wish(wish: Wish, known: list[Channel], told: tuple[str, ...]) -> None:
    assert audience.of_new(known, wish) == told


def test_everyone_means_all_that_stand_in_lists() -> None:
    assert audience.everyone(ALL) == ("c-1", "c-2", "c-3", "c-5")


def told(check: Check) -> list[str]:
    return [channel.name for channel in audience.of_check(check, ALL)]


@each(
    ("codes", "names"),
    [
        ((), ["Default"]),
        (("c-1", "c-3"), ["Ops", "Mail", "Default"]),
        (("c-5",), ["Default"]),
        (("c-0",), ["Hidden", "Default"]),
        (("gone",), ["Default"]),
    ],
)
def test_a_check_is_told_to_those_it_names_and_to_the_defaults(codes: tuple[str, ...], names: list[str]) -> None:
    assert told(Check("p-1", "k-1", NOW, channels=codes)) == names


@pytest.mark.parametrize(
    ("kind", "code", "names"),
    [
        ("evaluation", "k-1", ["Whole"]),
        ("evaluation", "i#k-1#web1", ["Ops", "Default"]),
        ("heartbeat", "k-1", ["Ops", "Whole", "Default"]),
    ],
)
def test_an_alert_with_instances_is_told_as_a_whole_or_one_by_one(kind: str, code: str, names: list[str]) -> None:
    whole = channel("c-6", "Whole", whole=True)
    check = Check("p-1", code, NOW, kind, channels=("c-3", "c-6"))
    assert [one.name for one in audience.of_check(check, [OPS, whole, DEFAULT])] == names


def test_what_ceases_to_be_a_default_is_told_no_more() -> None:
    before = audience.of_check(CHECK, [DEFAULT])
    assert (before, audience.of_check(CHECK, [channel("c-5")])) == ([DEFAULT], [])


TWIN = channel("c-9", "Ops")


@each(
    ("known", "names", "resolved"),
    [
        (ALL, [], Resolved(())),
        (ALL, ["Ops", "c-1"], Resolved(("c-1", "c-3"))),
        (ALL, ["Mail", "c-1", "Mail"], Resolved(("c-1",))),
        (ALL, ["Default"], Resolved(("c-5",))),
        (
            ALL,
            ["ops", "", "Mail", "Hidden", "c-0"],
            Resolved(("c-1",), (("ops", "unknown"), ("", "empty"), ("Hidden", "unknown"), ("c-0", "unknown"))),
        ),
        ([OPS, TWIN, MAIL], ["Ops", "Mail"], Resolved(("c-1",), (("Ops", "ambiguous"),))),
        ([OPS, TWIN], ["c-3", "c-9"], Resolved(("c-3", "c-9"))),
        ([channel("c-1", "c-2"), channel("c-2", "")], ["c-2", ""], Resolved(("c-2",), (("", "empty"),))),
    ],
)
def test_names_mean_channels_or_what_is_wrong_with_them(
    known: list[Channel], names: list[str], resolved: Resolved
) -> None:
    assert audience.resolve(known, names) == resolved
