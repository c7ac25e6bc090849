"""Devices: list, make, show, change, delete (Alertra REST API; what the document leaves open is in docs/alertra.md)."""

from __future__ import annotations

from typing import Any

from chalicelib.api.alertra import bodies, formats, paging, validation, wire
from chalicelib.api.alertra.errors import VOICE
from chalicelib.api.alertra.values import asked
from chalicelib.core import pages
from chalicelib.core.check import Check
from chalicelib.core.errors import Forbidden, Invalid, Missing
from chalicelib.core.kinds import probe
from chalicelib.gateway import Caller, Reply, Request, reads, resource, writes
from chalicelib.monitor.managing import checks, probes

ROOT = "/v1.1/devices"
_SHOWN = ("WithConfig", "StatusFormat")
# What the use cases call a field that the dialect calls otherwise.
_FIELDS = {"master": "MasterDevice", "locations": "Locations"}


def named(request: Request, caller: Caller) -> Check:
    """The device of the address. Raises Missing, also for another project's."""
    code = wire.code_of(request.parts["device"])
    if code is None:
        raise Missing("device")
    try:
        return checks.find(caller.project.code, code, probe.name)
    except (Missing, Forbidden):
        raise Missing("device") from None


def _list(request: Request, caller: Caller) -> Reply:
    """List the devices, oldest first."""
    found = paging.page(request, checks.of_project(caller.project, probe.name))
    body = [_shown(request, caller, device) for device in found]
    return formats.reply(request, body, root="Devices", item="Device")


def _shown(request: Request, caller: Caller, device: Check) -> dict[str, Any]:
    short = _choice(request, "StatusFormat", ("word", "code")) == "code"
    config = _choice(request, "WithConfig", ("n", "y")) == "y"
    covered = caller.access != "write"
    return wire.device(device, request.services.clock(), short=short, config=config, covered=covered)


def _choice(request: Request, name: str, choices: tuple[str, str]) -> str:
    given = asked(request, name).lower() or choices[0]
    if given not in choices:
        raise Invalid(name, f"is not one of {', '.join(choices)}")
    return given


def _get(request: Request, caller: Caller) -> Reply:
    """Show a device."""
    return formats.reply(request, _shown(request, caller, named(request, caller)), root="Device")


def _create(request: Request, caller: Caller) -> Reply:
    """Make a device: something that is looked at from outside, in a fixed period."""
    values = validation.values(caller.project.code, bodies.read(request))
    paused = values.pop("paused", False)
    device = _told(lambda: probes.create(request.services, caller.project, values))
    if paused:
        device = checks.pause(request.services, device)
    reply = _whole(request, device, 201)
    reply.headers["Location"] = f"{request.root}{ROOT}/{wire.device_id(device.code)}"
    return reply


def _update(request: Request, caller: Caller) -> Reply:
    """Change a device. What is not named stays, objects are merged, null takes a value back to its default."""
    device = named(request, caller)
    values = validation.values(caller.project.code, bodies.read(request), device)
    paused = values.pop("paused", None)
    device = _told(lambda: probes.change(request.services, device, values))
    if paused is not None and paused != (device.status == "paused"):
        device = (checks.pause if paused else probes.resume)(request.services, device)
    return _whole(request, device, 200)


def _told(attempt: Any) -> Check:
    """Runs a use case; the field that it complains of gets the dialect's name."""
    try:
        found: Check = attempt()
    except Invalid as error:
        raise Invalid(_FIELDS.get(error.field, error.field), error.message) from None
    return found


def _whole(request: Request, device: Check, status: int) -> Reply:
    document = wire.device(device, request.services.clock(), config=True)
    return formats.reply(request, document, root="Device", status=status)


def _delete(request: Request, caller: Caller) -> Reply:
    """Delete a device with its history."""
    probes.delete(request.services, named(request, caller))
    return formats.reply(request, {}, root="Device")


def _page(request: Request, caller: Caller) -> Reply:
    """Show where the page of the device is."""
    return _of_page(request, caller, named(request, caller))


def _renew_page(request: Request, caller: Caller) -> Reply:
    """Give the page another address, and switch it on: the one before leads nowhere any more."""
    return _of_page(request, caller, checks.renew_page(request.services, named(request, caller)))


def _close_page(request: Request, caller: Caller) -> Reply:
    """Switch the page off: its address leads nowhere any more."""
    return _of_page(request, caller, checks.close_page(request.services, named(request, caller)))


def _of_page(request: Request, caller: Caller, device: Check) -> Reply:
    return formats.reply(request, {"PageURL": pages.url_of(request.root, caller.project, device)}, root="Page")


RESOURCES = [
    resource(
        ROOT,
        VOICE,
        GET=reads(_list, "Devices", query=(*paging.PAGE, *_SHOWN)),
        POST=writes(_create, {201: "WholeDevice"}, body="DeviceFields"),
    ),
    resource(
        f"{ROOT}/{{device}}",
        VOICE,
        GET=reads(_get, "Device", query=_SHOWN),
        PUT=writes(_update, "WholeDevice", body="DeviceFields"),
        DELETE=writes(_delete, "Nothing"),
    ),
    resource(
        f"{ROOT}/{{device}}/page",
        VOICE,
        GET=writes(_page, "Page"),
        POST=writes(_renew_page, "Page"),
        DELETE=writes(_close_page, "Page"),
    ),
]
