"""What holds for every kind of channel."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from importlib import import_module
from typing import Any

import pytest

from chalicelib import channels
from chalicelib.channels import KINDS, Event, Kind, kind_named, wants
from chalicelib.channels.fields import MASK
from chalicelib.core.check import Channel
from chalicelib.core.errors import Invalid
from tests.channels.samples import AT, VALID

TEXTS = {
    "email": "address",
    "sms": "number",
    "sns": "topic",
    "webhook": "url_down",
    "slack": "url",
    "pagerduty": "routing_key",
    "opsgenie": "api_key",
    "victorops": "url",
}
NAMES = ["email", "sms", "sns", "webhook", "slack", "pagerduty", "opsgenie", "victorops"]

each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


def refusal(kind: Kind, settings: dict[str, object]) -> Invalid:
    with pytest.raises(Invalid) as caught:
        kind.clean(settings)
    return caught.value


def test_every_module_that_can_send_is_among_the_kinds() -> None:
    modules = [import_module(f"chalicelib.channels.{found.name}") for found in pkgutil.iter_modules(channels.__path__)]
    assert {module for module in modules if hasattr(module, "send")} == set(KINDS)


def test_the_kinds_bear_the_names_that_their_users_know() -> None:
    assert [kind.name for kind in KINDS] == NAMES


@each_kind
def test_a_kind_is_found_by_its_name(kind: Kind) -> None:
    assert kind_named(kind.name) is kind


@pytest.mark.parametrize("name", ["", "Email", "mail", "pager", None, 7, ["email"], "\ud800"], ids=ascii)
def test_an_unknown_kind_is_refused_with_a_list_of_the_known_ones(name: object) -> None:
    with pytest.raises(Invalid) as caught:
        kind_named(name)
    assert (caught.value.field, caught.value.message) == ("kind", f"is not one of {', '.join(NAMES)}")


@each_kind
def test_clean_settings_are_clean_already(kind: Kind) -> None:
    cleaned = kind.clean(VALID[kind.name])
    assert kind.clean(dict(cleaned)) == cleaned


@each_kind
def test_an_unknown_setting_is_refused_by_its_name(kind: Kind) -> None:
    error = refusal(kind, VALID[kind.name] | {"adress": "x"})
    assert error.field == "settings.adress"
    assert "is unknown" in error.message


@each_kind
def test_the_name_of_an_unknown_setting_is_repeated_harmlessly(kind: Kind) -> None:
    assert refusal(kind, VALID[kind.name] | {"\ud800\0\n": "x"}).field == r"settings.\ud800\x00\n"
    assert len(refusal(kind, VALID[kind.name] | {"x" * 1_000_000: "x"}).field) < 100


@each_kind
@pytest.mark.parametrize("value", [None, 1, True, 1.5, [], {}, ["ops@example.org"]], ids=ascii)
def test_a_text_of_another_type_is_refused(kind: Kind, value: object) -> None:
    error = refusal(kind, VALID[kind.name] | {TEXTS[kind.name]: value})
    assert error.field == f"settings.{TEXTS[kind.name]}"


@each_kind
@pytest.mark.parametrize(
    "addition", ["\0", "\ud800", "\udfff", "x" * 1_000_000, MASK], ids=["NUL", "D800", "DFFF", "1 MB", "mask"]
)
def test_a_text_that_cannot_be_kept_is_refused(kind: Kind, addition: str) -> None:
    key = TEXTS[kind.name]
    error = refusal(kind, VALID[kind.name] | {key: f"{VALID[kind.name][key]}{addition}"})
    assert error.field == f"settings.{key}"
    assert len(error.message) < 200


@each_kind
def test_settings_that_lack_everything_are_refused(kind: Kind) -> None:
    assert refusal(kind, {}).field == f"settings.{TEXTS[kind.name]}"


@pytest.mark.parametrize(("name", "key"), [(name, key) for name in ("email", "sms") for key in ("up", "down")])
@pytest.mark.parametrize("value", [None, 1, 0, "true", ""], ids=ascii)
def test_a_flag_that_is_no_boolean_is_refused(name: str, key: str, value: object) -> None:
    error = refusal(kind_named(name), VALID[name] | {key: value})
    assert (error.field, error.message) == (f"settings.{key}", "is not a boolean")


EVENTS: tuple[Event, ...] = ("down", "up", "test")


def taken(name: str, settings: dict[str, object], *, resolves: bool = True) -> list[str]:
    """The events that a channel of this kind is told of."""
    channel = Channel("p-1", "c-1", name, "Ops", AT, kind_named(name).clean(settings), resolves=resolves)
    return [event for event in EVENTS if wants(channel, event)]


@each_kind
def test_a_channel_of_any_kind_may_leave_recoveries_out(kind: Kind) -> None:
    told = taken(kind.name, VALID[kind.name])
    assert {"down", "test"} <= set(told)
    assert taken(kind.name, VALID[kind.name], resolves=False) == [event for event in told if event != "up"]


@pytest.mark.parametrize("name", ["email", "sms"])
@pytest.mark.parametrize(
    ("flags", "wanted"),
    [
        ({}, ["down", "up", "test"]),
        ({"up": False}, ["down", "test"]),
        ({"down": False}, ["up", "test"]),
        ({"up": False, "down": False}, ["test"]),
    ],
)
def test_a_channel_for_people_takes_the_directions_it_is_set_to(
    name: str, flags: dict[str, object], wanted: list[str]
) -> None:
    assert taken(name, VALID[name] | flags) == wanted


@pytest.mark.parametrize("name", ["pagerduty", "opsgenie"])
@pytest.mark.parametrize(("given", "kept"), [("us", "us"), ("eu", "eu"), (" EU ", "eu")])
def test_a_service_is_asked_in_its_region(name: str, given: str, kept: str) -> None:
    assert kind_named(name).clean(VALID[name] | {"region": given})["region"] == kept
    assert kind_named(name).clean(VALID[name])["region"] == "us"


@pytest.mark.parametrize("name", ["pagerduty", "opsgenie"])
@pytest.mark.parametrize("value", ["", "asia", "https://api.evil.example", None, 7, "us\0"], ids=ascii)
def test_an_unknown_region_is_refused(name: str, value: object) -> None:
    assert refusal(kind_named(name), VALID[name] | {"region": value}).field == "settings.region"


@pytest.mark.parametrize("name", ["webhook", "slack", "pagerduty", "opsgenie", "victorops"])
def test_a_reader_sees_no_secret(name: str) -> None:
    kind = kind_named(name)
    shown = kind.public(kind.clean(VALID[name]))
    assert MASK in str(shown)
    assert str(VALID[name][TEXTS[name]]) not in str(shown)
    assert "k3y" not in str(shown)


def test_importing_the_channels_loads_nothing_that_only_sending_needs() -> None:
    heavy: tuple[Any, ...] = ("boto3", "botocore", "jinja2", "ssl", "http.client")
    script = f"import sys, chalicelib.channels; print([name for name in {heavy} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
