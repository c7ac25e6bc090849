"""Contact groups, who of them is on duty, and what is known of people (the calls of zmon-cli's `groups`, `members`)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from chalicelib.api.zmon import wire
from chalicelib.api.zmon.errors import VOICE
from chalicelib.gateway import Caller, Handler, Reply, Request, reads, resource, writes
from chalicelib.monitor.managing import people

ROOT = "/api/v1/groups"
_PHONE = re.compile(r"\+?[0-9][0-9 ()/.-]*")


def _list(_request: Request, caller: Caller) -> Reply:
    """List the groups with their members and those who are on duty."""
    return Reply(body=[{"name": one.name, "id": one.name, **one.data} for one in people.groups(caller.project)])


def _calling(change: Callable[..., bool], about: str, *names: str) -> Handler:
    """A handler that changes what the parts of the path name: 1, or 0 where it was so already."""

    def handle(request: Request, caller: Caller) -> Reply:
        named = [request.parts[name] for name in names]
        return wire.done(was=change(request.services, caller.project, *named, caller.author))

    handle.__doc__, handle.__name__, handle.__module__ = about, change.__name__, __name__
    return handle


def _begin_duty(request: Request, caller: Caller) -> Reply:
    """Put a person on duty, who becomes a member."""
    people.begin_duty(request.services, caller.project, request.parts["group"], request.parts["person"], caller.author)
    return wire.done(was=True)


def _add_phone(request: Request, caller: Caller) -> Reply:
    """Note a telephone number of a person. What is none is taken for the name, which zmon-cli sends here."""
    text = request.parts["phone"]
    note = people.add_phone if _PHONE.fullmatch(text) else people.rename
    return wire.done(was=note(request.services, caller.project, request.parts["person"], text, caller.author))


def _changes(change: Callable[..., bool], about: str, *names: str) -> Any:
    return writes(_calling(change, about, *names), "text/plain")


RESOURCES = [
    resource(ROOT, VOICE, GET=reads(_list, "Groups")),
    resource(f"{ROOT}/{{group}}/active", VOICE, DELETE=_changes(people.end_duty, "Take all off duty.", "group")),
    resource(f"{ROOT}/{{group}}/active/{{person}}", VOICE, PUT=writes(_begin_duty, "text/plain")),
    resource(
        f"{ROOT}/{{group}}/member/{{person}}",
        VOICE,
        PUT=_changes(people.join, "Add a member: 1, or 0 for one who is.", "group", "person"),
        DELETE=_changes(people.leave, "Remove a member: 1, or 0 for one who is none.", "group", "person"),
    ),
    resource(
        f"{ROOT}/{{person}}/phone/{{phone}}",
        VOICE,
        PUT=writes(_add_phone, "text/plain"),
        DELETE=_changes(people.remove_phone, "Forget a number: 1, or 0 for an unknown one.", "person", "phone"),
    ),
    resource(
        f"{ROOT}/{{person}}/name/{{name}}",
        VOICE,
        PUT=_changes(people.rename, "Name a person: 1, or 0 if it is the name already.", "person", "name"),
    ),
]
