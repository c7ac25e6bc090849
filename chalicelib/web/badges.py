"""Badges as pictures and as data, for pages and dashboards of other sites (Healthchecks' badges).

/b/<2|3>/<badge>.<format>                        one check
/badge/<badge key>/<signature>[-2].<format>      all checks of a project
/badge/<badge key>/<signature>[-2]/<tag>.<format>

A format is svg, json or shields (shields.io's endpoint badge). With two states a late check shows as up.
"""

from __future__ import annotations

from collections.abc import Callable

from chalicelib import gateway
from chalicelib.core.errors import Missing, TocsinError
from chalicelib.gateway import Reply, Request, public, resource
from chalicelib.monitor.views import badges
from chalicelib.monitor.views.badges import EVERYTHING, SIGNATURE, Badge
from chalicelib.web import drawing

TWO_STATES = "-2"
THREE = "3"
SHIELDS = {"up": "success", "late": "important", "down": "critical"}


HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": "max-age=0, no-cache, no-store, must-revalidate, private",
    "X-Content-Type-Options": "nosniff",
}


class Voice(gateway.Voice):
    """Short texts for what went wrong; headers that let every page show a badge and none keep an old one."""

    prefixes = ("/b", "/badge")
    error = "text/plain"
    headers = HEADERS
    telling_methods = (405,)

    def words(self, error: TocsinError) -> str:
        return "no such badge" if isinstance(error, Missing) else super().words(error)

    def broken(self, status: int, message: str, _field: str = "") -> Reply:
        return Reply(status, message, content_type="text/plain; charset=utf-8")

    def finish(self, request: Request, methods: tuple[str, ...], reply: Reply) -> Reply:
        reply.headers = {"Access-Control-Allow-Methods": gateway.allowed(methods), **reply.headers}
        if request.method == "HEAD":
            reply.body = ""
        return super().finish(request, methods, reply)


def _of_check(request: Request) -> Reply:
    """Draw the badge of one check."""
    badge, render = _split(request.parts["file"])
    states = request.parts["states"]
    if not (states.isascii() and states.isdigit()):
        raise Missing("badge")
    return render(badges.of_check(request.services, badge, late=states.lstrip("0") == THREE))


def _of_everything(request: Request) -> Reply:
    """Draw the badge of all checks of a project."""
    signed, render = _split(request.parts["signed"])
    return render(_of_tag(request, signed, EVERYTHING))


def _of_one_tag(request: Request) -> Reply:
    """Draw the badge of the checks of a project that have a tag."""
    tag, render = _split(request.parts["file"])
    return render(_of_tag(request, request.parts["signed"], tag))


def _of_tag(request: Request, signed: str, tag: str) -> Badge:
    signature, states = signed[:SIGNATURE], signed[SIGNATURE:]
    if states not in ("", TWO_STATES):
        raise Missing("badge")
    return badges.of_tag(request.services, request.parts["key"], signature, tag, late=not states)


def _split(file: str) -> tuple[str, Callable[[Badge], Reply]]:
    """The name before the last dot, and what draws the format after it. Raises Missing for an unknown one."""
    name, _, format_ = file.rpartition(".")
    if format_ not in _FORMATS:
        raise Missing("badge")
    return name, _FORMATS[format_]


def _svg(badge: Badge) -> Reply:
    return Reply(body=drawing.svg(badge), content_type="image/svg+xml")


def _json(badge: Badge) -> Reply:
    return Reply(body={"status": badge.status, "total": badge.total, "grace": badge.grace, "down": badge.down})


def _shields(badge: Badge) -> Reply:
    body = {"schemaVersion": 1, "label": badge.label, "message": badge.status, "color": SHIELDS[badge.status]}
    return Reply(body=body)


_FORMATS: dict[str, Callable[[Badge], Reply]] = {"svg": _svg, "json": _json, "shields": _shields}
_VOICE = Voice()
RESOURCES = [
    resource("/b/{states}/{file}", _VOICE, GET=public(_of_check, "Badge"), HEAD=public(_of_check, "")),
    resource("/badge/{key}/{signed}", _VOICE, GET=public(_of_everything, "Badge"), HEAD=public(_of_everything, "")),
    resource("/badge/{key}/{signed}/{file}", _VOICE, GET=public(_of_one_tag, "Badge"), HEAD=public(_of_one_tag, "")),
]
