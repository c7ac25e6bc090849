"""Devices: checks that are probed from outside, with what they depend on and from where they are looked at."""

from __future__ import annotations

from typing import Any

from chalicelib import log
from chalicelib.core import audience
from chalicelib.core.check import Check, Project
from chalicelib.core.errors import Busy, Forbidden, Invalid, Missing
from chalicelib.core.kinds import probe
from chalicelib.core.specs import ProbeSpec, probe_of
from chalicelib.monitor.looking import probing
from chalicelib.monitor.managing import checks
from chalicelib.monitor.messages import FreeDependants
from chalicelib.monitor.services import Services
from chalicelib.store import checks as stored
from chalicelib.store import definitions
from chalicelib.store.faults import StoreFault

PERIOD_MAX = 86_400
SHORT_PERIODS = (10, 30)
# Registries turn away who asks often, and a domain does not end within the hour.
DOMAIN_PERIOD = 3_600
# A chain of things that need each other is never so long, unless it is a ring.
CHAIN_MAX = 20


def create(services: Services, project: Project, values: dict[str, Any]) -> Check:
    """A new device, told to every channel of the project unless `channels` says otherwise: a device that nobody hears
    of helps nobody. Raises Invalid naming master or locations, LimitReached."""
    _check(services, project.code, "", values)
    if "channels" not in values:
        told = audience.of_new(definitions.channels(project.code), audience.Wish.EVERYONE)
        values = {**values, "channels": told}
    device = checks.create(services, project, {"kind": probe.name, **values})
    probing.look_now(services, device)
    return device


def change(services: Services, device: Check, values: dict[str, Any]) -> Check:
    """The device with a changed definition, looked at at once where that is another now. Raises Invalid, Missing."""
    _check(services, device.project, device.code, _changed(device, values))
    changed = checks.change(services, device, values)
    if probe_of(changed).definition != probe_of(device).definition and changed.status != "paused":
        probing.look_now(services, changed)
    return changed


def resume(services: Services, device: Check) -> Check:
    """The device, looked at again, at once to begin with. Raises Conflict (it is not paused), Missing."""
    resumed = checks.resume(services, device)
    probing.look_now(services, resumed)
    return resumed


def _changed(device: Check, values: dict[str, Any]) -> dict[str, Any]:
    """The values without a master that the device has already: it may have been deleted a moment ago."""
    return {name: value for name, value in values.items() if name != "master" or value != device.master}


def _check(services: Services, project: str, code: str, values: dict[str, Any]) -> None:
    known = services.settings.places
    spec: ProbeSpec | None = values.get("spec")
    for name in spec.locations if spec else ():
        if name not in known:
            raise Invalid("locations", f"holds {name[:60]!a}; there are {', '.join(known)}")
    if values.get("master"):
        _require_chain(project, code, values["master"])


def _require_chain(project: str, code: str, master: str) -> None:
    """A master is a device of the project, and nothing depends on itself, however far around."""
    following = master
    for _ in range(CHAIN_MAX):
        if following == code:
            raise Invalid("master", "would make the device depend on itself")
        try:
            following = checks.find(project, following, probe.name).master
        except (Missing, Forbidden):
            if following == master:
                raise Invalid("master", "is not a device of this project") from None
            return
        if not following:
            return
    raise Invalid("master", f"would make a chain of more than {CHAIN_MAX} devices")


def delete(services: Services, device: Check) -> Check:
    """Removes a device for good; what depends on it depends on nothing any more. Raises Missing.

    A chore is queued first, and the device goes before its dependants are freed: a deletion that fails half-way
    leaves the device as it was, or none that depends on it.
    """
    dependants = _dependants_of(device.project, device.code)
    if dependants:
        checks.finish_later(FreeDependants(device.project, device.code))
    gone = checks.delete(services, device)
    try:
        _free(services, dependants, device.code)
    except (StoreFault, Busy) as fault:
        log.warning("dependants are freed by the chore", reason=str(fault), code=device.code)
    return gone


def _dependants_of(project: str, master: str) -> list[Check]:
    return [check for check in stored.of_project(project) if check.master == master]


def free_dependants(services: Services, project: str, master: str) -> None:
    """Devices that depend on a deleted one depend on nothing any more. One that stands keeps them."""
    if stored.get_many([(project, master)]):
        return
    _free(services, _dependants_of(project, master), master)


def _free(services: Services, dependants: list[Check], master: str) -> None:
    for dependant in dependants:
        checks.unlink(services, dependant, master)


def shortest_period(kind: str) -> int:
    """The fewest seconds between two looks of a type of probe, and its period unless it is told; 0: no limit."""
    return DOMAIN_PERIOD if kind == "domain" else 0


def valid_period(seconds: int) -> bool:
    """10 or 30 seconds, or whole minutes up to a day."""
    return seconds in SHORT_PERIODS or (0 < seconds <= PERIOD_MAX and seconds % 60 == 0)
