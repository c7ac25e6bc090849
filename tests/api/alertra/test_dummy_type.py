"""A type of probe that is new is one file and one line; one that is not known is shown all the same."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from chalicelib import probes
from chalicelib.api.alertra import words
from chalicelib.core.specs import ProbeSpec
from chalicelib.core.status import Redefined
from chalicelib.monitor import transitions
from chalicelib.monitor.managing.projects import Keyring
from chalicelib.monitor.services import Services
from tests.api.alertra.conftest import Caller, check_of
from tests.cases import each
from tests.dummies import memcached

COMMON = {"type", "timeout", "url"}
# The least that each type takes.
LEAST: dict[str, dict[str, object]] = {
    "http": {"url": "https://example.org/"},
    "websocket": {"url": "wss://example.org/"},
    "domain": {"domain": "example.org"},
    "dns": {"host": "example.org", "record": "A"},
    "tcp": {"host": "example.org", "port": 25},
}


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Makes the dummy type known, as its line in `probes.NAMES` would."""
    monkeypatch.setitem(sys.modules, "chalicelib.probes.memcached", memcached)
    monkeypatch.setattr(probes, "NAMES", (*probes.NAMES, memcached.name))
    yield
    probes._imported.cache_clear()


def test_a_new_type_can_be_made_and_shown(alertra: Caller, known: None) -> None:
    made = alertra.device(Method="memcached", URL="cache.example.org:11212")
    assert (made["Method"], made["URL"]) == ("MEMCACHED", "cache.example.org:11212")
    assert [device["Method"] for device in alertra.get("/devices").json] == ["MEMCACHED"]
    assert alertra.put(f"/devices/{made['device_id']}", made).status == 200


def test_a_type_that_is_not_known_is_shown_with_the_others(
    alertra: Caller, services: Services, keyring: Keyring
) -> None:
    check = check_of(keyring, alertra.device())
    alertra.device(FullName="Another")
    later = ProbeSpec({"type": "gopher", "timeout": 30, "host": "example.org", "port": 70})
    transitions.apply(services, check.project, check.code, Redefined(services.clock(), {"spec": later}))
    answer = alertra.get("/devices?WithConfig=Y")
    assert answer.status == 200, answer.text
    assert {device["Method"] for device in answer.json} == {"GOPHER", "HTTPS"}


@each("name", probes.NAMES)
def test_the_dialect_has_a_word_for_every_key_of_every_type(name: str) -> None:
    """A key that is missing in api/alertra/words.HOST_DATA could neither be set nor be seen."""
    clean = probes.kind_named(name).clean({"type": name, **LEAST.get(name, {"host": "example.org"})})
    assert set(clean.document()) - COMMON <= set(words.HOST_DATA.values())
