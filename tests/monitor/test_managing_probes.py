"""Devices as use cases: who is told, what they depend on, from where they are looked at."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.core.check import Check
from chalicelib.core.errors import Invalid
from chalicelib.monitor.managing import channels, checks, probes
from chalicelib.monitor.managing import projects as projects_
from chalicelib.monitor.managing.projects import Keyring
from chalicelib.monitor.services import Services
from tests import specs


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
    assert probes.locations(services) == ["Home"]
    services.settings = replace(
        services.settings, locations=(("Stockholm SWE", "eu-north-1"), ("Dublin IRL", "eu-west-1"))
    )
    assert probes.locations(services) == ["Stockholm SWE", "Dublin IRL"]
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
    probes.delete(services, keyring.project, master)
    found = {check.code: check.master for check in checks.of_project(keyring.project, "probe")}
    assert found == {dependant.code: "", other.code: ""}


@pytest.mark.parametrize("seconds", [10, 30, 60, 120, 3_600, 86_400])
def test_a_device_may_be_looked_at_this_often(seconds: int) -> None:
    assert probes.valid_period(seconds)


@pytest.mark.parametrize("seconds", [-60, 0, 1, 20, 45, 61, 90, 86_399, 86_460])
def test_a_device_may_not_be_looked_at_this_often(seconds: int) -> None:
    assert not probes.valid_period(seconds)
