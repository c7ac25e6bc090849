"""The channels of alert definitions: hidden ones, each for a notification of one alert, and those of the project that
its notifications name.

A hidden channel that an alert does not name any more goes when nobody is to hear a last word through it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from chalicelib.core import audience
from chalicelib.core.check import Channel, Check
from chalicelib.core.errors import Invalid, Missing
from chalicelib.monitor.managing import channels, notifying, papers
from chalicelib.monitor.managing.notifying import GROUP, ON_DUTY, Notification, People, Wanted
from chalicelib.monitor.messages import DropChannels, of_chore
from chalicelib.monitor.services import Services
from chalicelib.store import checks as stored
from chalicelib.store import definitions, directory, outbox, queues

# The seconds that last words have before a channel that nobody names is looked at, again and again, for a day at most.
REST = queues.MAX_DELAY
RESTS_MAX = 96
# Where a channel says whose it is.
OWNER = "alert"
_FAULTS: Mapping[audience.Fault, str] = {
    "empty": "a channel has no name: ",
    "unknown": "there is no channel ",
    "ambiguous": "several channels are called ",
}


def people_of(project: str) -> People:
    """Who is behind `group:x`, and of those who is on duty behind `active:x`: mailboxes, or telephone numbers."""

    def people(name: str, kind: str) -> list[str]:
        group = _data(project, "group", name.removeprefix(GROUP).removeprefix(ON_DUTY))
        members: list[str] = group.get("active" if name.startswith(ON_DUTY) else "members", [])
        if kind == "sms":
            return [phone for one in members for phone in _data(project, "person", one).get("phones", [])]
        return [one for one in members if "@" in one]

    return people


def _data(project: str, noun: Any, name: str) -> dict[str, Any]:
    found = papers.present(directory.project(project), noun, name)
    return found.data if found else {}


def require_known(project: str, texts: Sequence[str], before: Collection[str] = ()) -> None:
    """Raises Invalid where a notification names a channel that the project does not have. Those of `before` are kept:
    their channels may have been deleted since."""
    new = [(place, text) for place, text in enumerate(texts) if text not in before and notifying.named([text])]
    present = definitions.channels(project) if new else []
    for place, text in new:
        if faults := _faults(present, notifying.named([text])):
            raise Invalid(f"{notifying.FIELD}[{place}]", f"cannot be used: {'; '.join(faults)}")


def _faults(present: Iterable[Channel], names: Iterable[str]) -> list[str]:
    return [_FAULTS[fault] + name[:80] for name, fault in audience.resolve(present, names).wrong]


def agree(services: Services, check: Check, texts: Sequence[str], present: Sequence[Channel]) -> tuple[str, ...]:
    """Makes the channels for which the notifications of an alert stand what they say; their codes, and those of the
    channels that they name. `present` are those of the project. Raises TooOften, Busy, StoreFault."""
    mine = {one.code: one for one in present if _is_of(one, check.code)}
    meant = {one.code(check.code): one for one in notifying.all_wanted(texts, people_of(check.project))}
    for code, one in meant.items():
        _bring_about(services, check, code, one, mine.get(code))
    if mine.keys() - meant.keys():
        drop_later(check.project, check.code)
    return tuple(sorted({*meant, *audience.resolve(present, notifying.named(texts)).codes}))


def of_alert(project: str, check: str) -> list[Channel]:
    """The channels that belong to the alert with this check."""
    return [one for one in definitions.channels(project) if _is_of(one, check)]


def _is_of(channel: Channel, check: str) -> bool:
    return channel.hidden and channel.extra.get(OWNER) == check


def _bring_about(services: Services, check: Check, code: str, wanted: Wanted, present: Channel | None) -> None:
    if present is None:
        more: channels.More = {"hidden": True, "whole": wanted.whole, "extra": {OWNER: check.code}}
        project, name = directory.project(check.project), f"{wanted.kind} of an alert definition"
        # Somebody else may have been faster.
        with suppress(Missing):
            channels.create(services, project, wanted.kind, name, wanted.settings, wanted.remind, code=code, **more)
    elif (present.settings, present.remind) != (wanted.settings, wanted.remind):
        channels.change(services, present, {"settings": wanted.settings, "remind": wanted.remind})


def drop_later(project: str, check: str, tries: int = 0) -> None:
    """Has the channels that an alert has left looked at when their last words have been told. Raises StoreFault."""
    queues.send("chores", of_chore(DropChannels(project, check, tries)), delay=REST)


def drop(services: Services, chore: DropChannels) -> None:
    """Removes the channels of an alert that it does not name any more, but those through which somebody is still to
    hear a last word. Raises Busy, StoreFault."""
    named = _named(chore.project, chore.check)
    left = [one for one in of_alert(chore.project, chore.check) if one.code not in named]
    owed = set(outbox.words_of(chore.check)) if left and chore.tries < RESTS_MAX else set()
    waiting = [one for one in left if owed & {one.code, outbox.SEVERAL}]
    if waiting:
        drop_later(chore.project, chore.check, chore.tries + 1)
    for channel in left:
        if channel not in waiting:
            channels.delete(services, channel)


def _named(project: str, check: str) -> Sequence[str]:
    try:
        return stored.get(project, check).channels
    except Missing:
        return ()


def fates(project: str, check: str, texts: Iterable[str]) -> list[tuple[str, str]]:
    """What becomes of each notification of the alert with this check, which is empty for none: its kind of channel, and
    what is wrong with it; both may be empty."""
    present = {one.code: one for one in definitions.channels(project)}
    return [_fate(project, check, text, present) for text in texts]


def _fate(project: str, check: str, text: str, present: Mapping[str, Channel]) -> tuple[str, str]:
    try:
        call = notifying.read(text)
    except Invalid as error:
        return "", error.message
    if call.function.names:
        return _fate_of_named(call, present)
    meant = notifying.wanted(call, people_of(project))
    if isinstance(meant, str):
        return call.function.kind, meant
    mine = [present[code] for one in meant if check and (code := one.code(check)) in present]
    return call.function.kind, _troubles(mine)


def _fate_of_named(call: Notification, present: Mapping[str, Channel]) -> tuple[str, str]:
    names = notifying.named([call.text])
    told = [present[code] for code in audience.resolve(present.values(), names).codes]
    kinds = ", ".join(dict.fromkeys(one.kind for one in told))
    return kinds, "; ".join(filter(None, [*_faults(present.values(), names), _troubles(told)]))


def _troubles(told: Iterable[Channel]) -> str:
    return "; ".join(dict.fromkeys(one.trouble for one in told if one.trouble))
