"""Devices as use cases: who is told, what they depend on, from where they are looked at."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core.check import Check
from chalicelib.core.errors import Invalid
from chalicelib.monitor.managing import channels, checks, probes
from chalicelib.monitor.managing import projects as projects_
from chalicelib.monitor.managing.projects import Keyring
from chalicelib.monitor.services import Services
from chalicelib.store.faults import StoreFault
from tests import specs
from tests.cases import each
from tests.conftest import Story
from tests.flows.conftest import Killed, deaths, trouble, unavailable

# So many calls to AWS delete a device on which another one depends.
DELETION = 10


def make(services: Services, keyring: Keyring, **values: Any) -> Check:
    return probes.create(services, keyring.project, {"name": "Web", "period": 60, "spec": specs.PING, **values})


def refused(services: Services, keyring: Keyring, **values: Any) -> str:
    with pytest.raises(Invalid) as caught:
        make(services, keyring, **values)
    return caught.value.field


def test_a_new_device_is_told_to_everybody_unless_it_says_to_whom(services: Services, keyring: Keyring) -> None:
    ops = channels.create(services, keyring.project, "email", "Ops", {"address": "ops@example.org"}, 0)
    assert make(services, keyring).channels == (ops.code,)
    assert make(services, keyring, channels=()).channels == ()


def test_a_device_is_looked_at_from_places_that_exist(services: Services, keyring: Keyring) -> None:
    assert services.settings.places == ["Home"]
    services.settings = replace(
        services.settings, locations=(("Stockholm SWE", "eu-north-1"), ("Dublin IRL", "eu-west-1"))
    )
    assert services.settings.places == ["Stockholm SWE", "Dublin IRL"]
    make(services, keyring, spec=replace(specs.PING, locations=("Dublin IRL",)))
    assert refused(services, keyring, spec=replace(specs.PING, locations=("Dublin IRL", "Home"))) == "locations"


def test_a_master_is_a_device_of_the_same_project(services: Services, keyring: Keyring) -> None:
    elsewhere = projects_.create(services, "Elsewhere")
    foreign = make(services, elsewhere)
    heartbeat = checks.create(services, keyring.project, {"name": "Backup"})
    master = make(services, keyring)
    assert make(services, keyring, master=master.code).master == master.code
    for other in (foreign.code, heartbeat.code, "00000000-0000-4000-8000-00000000ffff"):
        assert refused(services, keyring, master=other) == "master"


def test_a_chain_does_not_close_to_a_ring(services: Services, keyring: Keyring) -> None:
    first = make(services, keyring)
    second = make(services, keyring, master=first.code)
    third = make(services, keyring, master=second.code)
    for master in (first, second, third):
        with pytest.raises(Invalid, match="depend on itself"):
            probes.change(services, first, {"master": master.code})
    assert probes.change(services, third, {"master": first.code}).master == first.code


def test_a_chain_has_an_end(services: Services, keyring: Keyring) -> None:
    last = make(services, keyring)
    for _ in range(probes.CHAIN_MAX - 1):
        last = make(services, keyring, master=last.code)
    assert refused(services, keyring, master=make(services, keyring, master=last.code).code) == "master"


def test_what_depended_on_a_deleted_device_depends_on_nothing(services: Services, keyring: Keyring) -> None:
    master = make(services, keyring)
    dependant, other = make(services, keyring, master=master.code), make(services, keyring)
    probes.delete(services, master)
    found = {check.code: check.master for check in checks.of_project(keyring.project, "probe")}
    assert found == {dependant.code: "", other.code: ""}


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("error", [Killed, unavailable])
@pytest.mark.parametrize("call", deaths(DELETION + 1))
def test_a_device_whose_deletion_was_struck_keeps_what_depends_on_it_or_is_gone(
    services: Services, keyring: Keyring, story: Story, call: int, error: Callable[[], BaseException], after: bool
) -> None:
    master = make(services, keyring)
    dependant = make(services, keyring, master=master.code)
    with trouble(call, error, after=after), suppress(Killed, StoreFault):
        probes.delete(services, master)
    story.queues.until(story.clock.now + timedelta(minutes=2))

    found = {check.code: check.master for check in checks.of_project(keyring.project, "probe")}
    assert found in ({master.code: "", dependant.code: master.code}, {dependant.code: ""})


def test_a_deletion_makes_as_many_calls_as_are_struck(services: Services, keyring: Keyring) -> None:
    master = make(services, keyring)
    make(services, keyring, master=master.code)
    with trouble(0, Killed, after=False) as calls:
        probes.delete(services, master)
    assert len(calls) == DELETION


def test_a_device_whose_master_is_gone_can_be_changed(services: Services, keyring: Keyring) -> None:
    master = make(services, keyring)
    dependant = make(services, keyring, master=master.code)
    checks.delete(services, master)
    assert probes.change(services, dependant, {"master": master.code, "period": 120}).period == 120


@each("seconds", [10, 30, 60, 120, 3_600, 86_400])
def test_a_device_may_be_looked_at_this_often(seconds: int) -> None:
    assert probes.valid_period(seconds)


@each("seconds", [-60, 0, 1, 20, 45, 61, 90, 86_399, 86_460])
def test_a_device_may_not_be_looked_at_this_often(seconds: int) -> None:
    assert not probes.valid_period(seconds)
