"""Managing channels: create, change, try, delete, and the log of what was sent through each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, TypedDict, Unpack

from chalicelib import channels as kinds
from chalicelib import log
from chalicelib.channels import sns
from chalicelib.core.check import Channel, Check, Notification, Project
from chalicelib.core.errors import Busy, Invalid, Missing, Undelivered
from chalicelib.core.news import News
from chalicelib.core.postmark import Postmark
from chalicelib.monitor import transitions
from chalicelib.monitor.managing import asking
from chalicelib.monitor.managing import checks as manage
from chalicelib.monitor.messages import ClearChannel, Regroup
from chalicelib.monitor.services import Services
from chalicelib.monitor.telling import compose, reaching
from chalicelib.store import checks, definitions, directory, notifications, numbers, outbox
from chalicelib.store.faults import StoreFault

NAME_MAX = 100
REMIND_MIN, REMIND_MAX = 300, 7 * 86_400
LOG_LIMIT = 100
# So many checks lose a deleted channel at once; the rest follow as a chore.
AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Deleted:
    """A channel as it was, the checks that were told through it, and those of them that tell nobody now."""

    channel: Channel
    told: tuple[Check, ...]
    unheard: tuple[Check, ...]


class More(TypedDict, total=False):
    """What else a channel may have, see core.check.Channel."""

    resolves: bool
    default: bool
    hidden: bool
    whole: bool
    extra: dict[str, Any]


def of_project(project: str) -> list[Channel]:
    """The project's channels, oldest first, without the hidden ones."""
    return [channel for channel in definitions.channels(project) if not channel.hidden]


def find(project: str, code: str) -> Channel:
    """The project's channel. Raises Missing, also for a hidden one, which belongs to its check."""
    channel = definitions.channel(project, code)
    if channel.hidden:
        raise Missing("channel")
    return channel


def create(
    services: Services,
    project: Project,
    kind: str,
    name: str,
    settings: dict[str, Any],
    remind: int = 0,
    *,
    code: str = "",
    **more: Unpack[More],
) -> Channel:
    """A new channel, of this code where one is given; its recipients are asked whether they want its news, where that
    is confirmed. Raises Invalid naming the field: kind, name, remind or settings.<key>, Missing if its project is being
    deleted or it is there already, TooOften, Busy."""
    cleaned, code = _clean(services, kind, settings), code or services.new_code()
    channel = Channel(project.code, code, kind, name, services.clock(), cleaned, remind, **more)
    _check(channel)
    if numbers.is_without(channel):
        channel = replace(channel, number=numbers.take(project.code, numbers.CHANNEL))
    _look_at_names(channel)
    channel = asking.marked(services, channel)
    new = asking.waiting(services, channel)
    asking.count(services, project.code, len(new))
    transitions.retrying(services, lambda: definitions.save_channel(channel))
    return asking.asked(services, project, channel, new)


def change(services: Services, channel: Channel, values: dict[str, Any]) -> Channel:
    """The channel with a new name, settings, reminder interval or anything else of its own; its kind is for life.
    Recipients that are new to it are asked, see `create`. Raises Invalid, Missing, TooOften, Busy."""
    if "settings" in values:
        values = {**values, "settings": _clean(services, channel.kind, values["settings"])}
    changed = replace(channel, **values)
    _check(changed)
    if changed.name != channel.name:
        _look_at_names(channel)
    if "settings" not in values or not kinds.recipients(changed):
        return _mended(definitions.update_channel(changed, services.clock()))
    kept, new = transitions.retrying(services, lambda: _readdressed(services, channel, values))
    _mended(kept)
    return asking.asked(services, directory.project(kept.project), kept, new) if new else kept


def _look_at_names(channel: Channel) -> None:
    """Has the alerts that name channels looked at, when one will be called otherwise than before. Raises StoreFault."""
    if not channel.hidden:
        manage.finish_later(Regroup(channel.project))


def _readdressed(services: Services, channel: Channel, values: dict[str, Any]) -> tuple[Channel, list[str]]:
    """The channel with other settings, and whom of those whom it reaches now is to be asked. Its readers may change its
    marks at the same time: then it raises Refused."""
    seen = definitions.channel(channel.project, channel.code)
    changed = asking.marked(services, replace(seen, **values), seen)
    new = asking.waiting(services, changed, changed.waiting - seen.waiting)
    asking.count(services, channel.project, len(new))
    return definitions.update_channel(changed, services.clock(), seen), new


def _clean(services: Services, kind: str, settings: dict[str, Any]) -> dict[str, Any]:
    """Settings in one form, if this installation may send there. Raises Invalid."""
    cleaned = kinds.kind_named(kind).clean(settings)
    if kind == sns.name and not services.settings.may_publish(cleaned["topic"]):
        prefix = services.settings.topic_prefix
        allowed = "not the owner's alarms" if prefix == "*" else f'one whose name begins with "{prefix}"'
        raise Invalid("settings.topic", f"is not a topic that this installation publishes to: {allowed}")
    return cleaned


def _mended(channel: Channel) -> Channel:
    """Has the channel told what it is owed."""
    transitions.nudge([outbox.of_channel(channel.project, channel.code)])
    return channel


def _check(channel: Channel) -> None:
    if len(channel.name) > NAME_MAX:
        raise Invalid("name", "is too long")
    if channel.remind and not REMIND_MIN <= channel.remind <= REMIND_MAX:
        raise Invalid("remind", f"must be 0 or from {REMIND_MIN} to {REMIND_MAX} seconds")


def try_out(services: Services, project: Project, channel: Channel) -> None:
    """Sends a test through the channel at once and shows the outcome on it. Who has not confirmed yet is asked again in
    its place. Raises Undelivered, and TooOften."""
    unconfirmed = asking.waiting(services, channel)
    asking.count(services, project.code, 1 + len(unconfirmed), "tests of channels")
    channel, unasked = asking.ask(services, project, channel, unconfirmed)
    mark = Postmark(project.code, channel.code, services.clock())
    news: News = replace(compose.test_news(services, project, channel), postmark=mark)
    try:
        # Who tests wants to know whether what came back before does so still.
        but, _marks = reaching.tell(services, replace(channel, bounced={}), news, project.secret)
    except Undelivered as error:
        definitions.show_error(channel, "; ".join(filter(None, [error.message, unasked])))
        raise
    channel = _mended(definitions.mend(channel, services.clock()))
    if but or unasked:
        definitions.show_error(channel, "; ".join(filter(None, [but, unasked])))


def try_unsaved(services: Services, project: Project, kind: str, name: str, settings: dict[str, Any]) -> None:
    """Sends a test at once through a channel that is not kept. Who has yet to confirm that he wants the project's news
    is not told. Raises Invalid, Undelivered, TooOften."""
    channel = Channel(project.code, services.new_code(), kind, name, services.clock(), _clean(services, kind, settings))
    _check(channel)
    asking.count(services, project.code, 1, "tests of channels")
    reaching.tell(
        services, asking.marked(services, channel), compose.test_news(services, project, channel), project.secret
    )


def delete(services: Services, channel: Channel) -> Deleted:
    """Removes the channel, takes it off every check, and drops its log; answers what that was. Raises StoreFault.

    A chore that was queued before does what is left to do: a deletion that fails half-way leaves the channel as it was,
    or nothing of it.
    """
    manage.finish_later(ClearChannel(channel.project, channel.code))
    found = _deleted(channel)
    definitions.delete_channel(channel)
    try:
        for check in [one for one in found.told if channel.code in one.channels][:AT_ONCE]:
            manage.unlink(services, check, channel.code)
    except (StoreFault, Busy) as fault:
        log.warning("a deleted channel is taken off its checks by the chore", reason=str(fault), channel=channel.code)
    return found


def _deleted(channel: Channel) -> Deleted:
    """What it will be to have deleted a channel."""
    every, known = checks.of_project(channel.project), definitions.channels(channel.project)
    told = tuple(check for check in every if channel.default or channel.code in check.channels)
    left = {one.code for one in known if one.code != channel.code}
    is_heard = any(one.default and one.code in left for one in known)
    unheard = () if is_heard else tuple(check for check in told if left.isdisjoint(check.channels))
    return Deleted(channel, told, unheard)


def _having(project: str, channel: str) -> list[Check]:
    return [check for check in checks.of_project(project) if channel in check.channels]


def clear(services: Services, project: str, channel: str) -> None:
    """Removes what a deleted channel has left. One that stands keeps it."""
    if any(one.code == channel for one in definitions.channels(project)):
        return
    for check in _having(project, channel):
        manage.unlink(services, check, channel)
    manage.purge(channel)


def sent_log(services: Services, channel: Channel) -> list[Notification]:
    """The channel's latest notifications, newest first."""
    return notifications.log(channel.code, LOG_LIMIT, services.clock())
