"""What holds for every kind of channel."""

from __future__ import annotations

import json
import pkgutil
import subprocess
import sys
from importlib import import_module
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pytest

from chalicelib import channels
from chalicelib.channels import KINDS, Event, Kind, Outlet, answers, kind_named, wants
from chalicelib.channels.fields import MASK
from chalicelib.channels.sender import Answer
from chalicelib.core.check import Channel
from chalicelib.core.errors import Invalid
from tests.cases import each
from tests.channels.samples import AT, CODE, HOSTILE, HTTP_KINDS, VALID, called, check, news

DOCS = Path(__file__).parents[2] / "docs" / "channels.md"
NAMES = [kind.name for kind in KINDS]

each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


def refusal(kind: Kind, settings: dict[str, object]) -> Invalid:
    with pytest.raises(Invalid) as caught:
        kind.clean(settings)
    return caught.value


def test_every_module_that_can_send_is_among_the_kinds() -> None:
    modules = [import_module(f"chalicelib.channels.{found.name}") for found in pkgutil.iter_modules(channels.__path__)]
    forgotten = {module.__name__ for module in modules if hasattr(module, "send") and module not in KINDS}
    assert not forgotten, "name them in KINDS, chalicelib/channels/__init__.py"


def test_no_two_kinds_have_one_name() -> None:
    assert len(set(NAMES)) == len(NAMES)


@each_kind
def test_what_a_kind_needs_beside_its_module_is_there(kind: Kind) -> None:
    assert kind.name in VALID, "give the tests settings that it takes, tests/channels/samples.py"
    assert kind.service in answers.BASES, (
        "say what its answers mean, BASES and TABLE in chalicelib/channels/meanings.py"
    )
    assert f"| `{kind.name}` | `{called(kind.name)}" in DOCS.read_text(), "tell its settings, docs/channels.md"


@each_kind
def test_a_kind_is_found_by_its_name(kind: Kind) -> None:
    assert kind_named(kind.name) is kind


@each("name", ["", "Email", "mail", "pager", None, 7, ["email"], "\ud800"])
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
    error = refusal(kind, VALID[kind.name] | {called(kind.name): value})
    assert error.field == f"settings.{called(kind.name)}"


@each_kind
@pytest.mark.parametrize(
    "addition", ["\0", "\ud800", "\udfff", "x" * 1_000_000, MASK], ids=["NUL", "D800", "DFFF", "1 MB", "mask"]
)
def test_a_text_that_cannot_be_kept_is_refused(kind: Kind, addition: str) -> None:
    key = called(kind.name)
    error = refusal(kind, VALID[kind.name] | {key: f"{VALID[kind.name][key]}{addition}"})
    assert error.field == f"settings.{key}"
    assert len(error.message) < 200


@each_kind
def test_settings_that_lack_everything_are_refused(kind: Kind) -> None:
    assert refusal(kind, {}).field == f"settings.{called(kind.name)}"


@each(("name", "key"), [(name, key) for name in ("email", "sms") for key in ("up", "down")])
@each("value", [None, 1, 0, "true", ""])
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


@each("name", ["email", "sms"])
@each(
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


REGIONAL = [kind.name for kind in KINDS if hasattr(kind, "ENDPOINTS")]


@each("name", REGIONAL)
@each(("given", "kept"), [("us", "us"), ("eu", "eu"), (" EU ", "eu")])
def test_a_service_is_asked_in_its_region(name: str, given: str, kept: str) -> None:
    assert kind_named(name).clean(VALID[name] | {"region": given})["region"] == kept
    assert kind_named(name).clean(VALID[name])["region"] == "us"


@each("name", REGIONAL)
@each("value", ["", "asia", "https://api.evil.example", None, 7, "us\0"])
def test_an_unknown_region_is_refused(name: str, value: object) -> None:
    assert refusal(kind_named(name), VALID[name] | {"region": value}).field == "settings.region"


@each("kind", HTTP_KINDS)
def test_a_reader_sees_no_secret(kind: Kind) -> None:
    shown = kind.public(kind.clean(VALID[kind.name]))
    given = VALID[kind.name]
    assert kind.secrets
    assert all(MASK in str(shown[secret]) for secret in kind.secrets if given.get(secret))
    assert not [secret for secret in kind.secrets if given.get(secret) and str(given[secret]) in str(shown)]
    assert "k3y" not in str(shown)


@each_kind
def test_what_is_no_secret_is_shown_as_it_is(kind: Kind) -> None:
    cleaned = kind.clean(VALID[kind.name])
    assert set(kind.secrets) <= set(cleaned)
    shown = kind.public(dict(cleaned))
    assert set(shown) == set(cleaned)
    open_ones = set(cleaned) - set(kind.secrets)
    assert {key: shown[key] for key in open_ones} == {key: cleaned[key] for key in open_ones}


class Ear:
    """Takes what a kind sends, whichever way it goes out."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.outlet = Outlet(ses_client=self, sns_client=self, sender=self)  # type: ignore[arg-type]

    def send(self, method: str, url: str, headers: dict[str, str], body: bytes | None, **_: int) -> Answer:
        self.heard.append(json.dumps([method, url, headers, (body or b"").decode()]))
        return Answer(200, b"")

    def send_email(self, **mail: Any) -> None:
        self.heard.append(mail["Content"]["Raw"]["Data"].decode().replace("=\r\n", ""))

    def publish(self, **message: Any) -> None:
        self.heard.append(json.dumps(message))


# Each direction of a webhook has its own.
MORE: dict[str, dict[str, object]] = {"webhook": {"url_up": "https://hooks.example.org/up", "body_up": "$NAME"}}


@each_kind
@pytest.mark.parametrize("event", EVENTS)
def test_nobody_is_told_the_code_with_which_a_check_is_pinged(kind: Kind, event: Event) -> None:
    ear = Ear()
    settings = kind.clean(VALID[kind.name] | MORE.get(kind.name, {}))
    for told in (news(event), news(event, check=check(name="")), news(event, incident="i" * 40)):
        kind.send(settings, [told], ear.outlet)
    assert len(ear.heard) == 3
    parts = (CODE[:8], CODE[9:], CODE.replace("-", "")[8:])
    assert not any(part in heard for heard in ear.heard for part in parts)


@each_kind
def test_no_text_keeps_a_kind_from_telling(kind: Kind) -> None:
    ear = Ear()
    settings = kind.clean(VALID[kind.name] | MORE.get(kind.name, {}))
    for text, event in product(HOSTILE.values(), EVENTS):
        hostile = check(name=text, desc=text, tags=text)
        told = news(event, check=hostile, project=text, reason=text, body=text.encode("utf-8", "replace"))
        kind.send(settings, [told], ear.outlet)
    assert len(ear.heard) == len(HOSTILE) * len(EVENTS)


@each_kind
def test_several_news_are_told_in_their_order(kind: Kind) -> None:
    ear = Ear()
    names = [f"Check {number}" for number in range(3)]
    settings = kind.clean({**VALID[kind.name], **({"body_down": "$NAME"} if kind.name == "webhook" else {})})
    kind.send(settings, [news(id=name, check=check(name=name)) for name in names], ear.outlet)
    whole = unquote_plus("".join(ear.heard))
    assert sorted(names, key=whole.index) == names


def test_importing_the_channels_loads_nothing_that_only_sending_needs() -> None:
    heavy: tuple[Any, ...] = ("boto3", "botocore", "jinja2", "ssl", "http.client")
    script = f"import sys, chalicelib.channels; print([name for name in {heavy} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
