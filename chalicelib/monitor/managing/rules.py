"""Alerts on metrics: rules with their mutes, the channels they are told through, and what the series made of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib import log
from chalicelib.core import audience
from chalicelib.core.check import Channel, Check, Project
from chalicelib.core.errors import Conflict, Invalid, Missing, TocsinError
from chalicelib.core.kinds import rule
from chalicelib.core.silence import Silence, silenced_until
from chalicelib.core.specs import FIRST, RuleSpec, rule_of
from chalicelib.core.watching import SeriesTurn
from chalicelib.core.windows import next_occurrence
from chalicelib.languages import graphite
from chalicelib.languages.graphite import GraphiteError
from chalicelib.monitor.intake import points
from chalicelib.monitor.looking.reading import reader_of, split_view
from chalicelib.monitor.managing import channels, checks, silences
from chalicelib.monitor.managing import mutes as schedules
from chalicelib.monitor.services import Services
from chalicelib.store import definitions, directory, history, satellites, subscriptions
from chalicelib.store import mutes as store_mutes
from chalicelib.store.faults import StoreFault
from chalicelib.store.mutes import MuteWindow

PERIOD = 60
MUTE = "mute"
WORKERS = 16


def create(services: Services, project: Project, values: dict[str, Any]) -> Check:
    """A new alert. `mutes` among the values are the codes of scheduled mutes. Raises Invalid, Conflict (the name is
    taken), LimitReached."""
    mutes = values.pop("mutes", [])
    now = services.clock()
    laid = tuple(_silence(schedule, now) for schedule in _schedules(project.code, mutes))
    _require_few(project.code, values["spec"], None, now)
    made: list[Channel] = []
    if values.get("channels") is None:
        values["channels"] = _told(services, project, made)
    try:
        check = checks.create(services, project, {"kind": rule.name, "period": PERIOD, "silences": laid, **values})
    except TocsinError:
        for channel in made:
            channels.delete(services, channel)
        raise
    _watch(services, check)
    return check


def change(services: Services, alert: Check, values: dict[str, Any]) -> Check:
    """The alert with a changed definition; its state stays until new data speaks. Raises Invalid, Conflict, Missing."""
    mutes = values.pop("mutes", None)
    wanted = None if mutes is None else _schedules(alert.project, mutes)
    if "spec" in values:
        _require_few(alert.project, values["spec"], rule_of(alert), services.clock())
        values["spec"] = _dated(values["spec"], rule_of(alert), services.clock())
    if "channels" in values and values["channels"] is None:
        values["channels"] = _told(services, directory.project(alert.project), [])
    if values:
        alert = checks.change(services, alert, values)
        _watch(services, alert)
    return alert if wanted is None else _attach(services, alert, wanted)


def _dated(spec: RuleSpec, before: RuleSpec, now: datetime) -> RuleSpec:
    """What a rule judges from now on, with the moment when that was changed: what came before it changes nothing."""
    same = replace(spec, changed=before.changed)
    return same if same == before else replace(spec, changed=int(now.timestamp() * 1000))


def delete(services: Services, alert: Check) -> None:
    checks.delete(services, alert)
    try:
        subscriptions.remove(alert.project, alert.code)
    except StoreFault as fault:
        log.warning("watch of a deleted alert goes with its history", reason=str(fault), code=alert.code)


def _watch(services: Services, alert: Check) -> None:
    """Tells those who ingest what the alert reads. Without it the clock judges it all the same."""
    targets = [part.target for part in rule_of(alert).parts]
    try:
        subscriptions.put(alert.project, alert.code, points.watched(targets))
    except StoreFault as fault:
        log.warning("watch not written, the minute judges the alert", reason=str(fault), code=alert.code)
    points.learn(services, alert.project, alert.code)


def _require_few(project: str, spec: RuleSpec, before: RuleSpec | None, now: datetime) -> None:
    """Refuses patterns that match too many series already; those that the alert has `before` stay what they are. One
    that comes to match too many later makes the alert's query fail. Raises Invalid."""
    reader, known = reader_of(project, now), {part.target for part in before.parts} if before else set()
    for part in spec.parts:
        if part.target in known:
            continue
        try:
            for pattern in graphite.patterns(part.target):
                reader.names(split_view(pattern)[0])
        except GraphiteError as error:
            field = "metric" if part.letter == FIRST else f"additional_criteria.{part.letter}.metric"
            raise Invalid(field, str(error)) from None


def _told(services: Services, project: Project, made: list[Channel]) -> tuple[str, ...]:
    """Who hears of an alert of which nobody said it. The channel of the installation's owner is made where his address
    is known and there is none yet, and is then put into `made`."""
    known = definitions.channels(project.code)
    address = services.settings.mail_to
    if address and not any(channel.name == audience.OWNER_CHANNEL for channel in known):
        made.append(channels.create(services, project, "email", audience.OWNER_CHANNEL, {"address": address}))
    return audience.of_new([*known, *made], audience.Wish.OWNER)


def _schedules(project: str, codes: Iterable[str]) -> list[MuteWindow]:
    known = {schedule.code: schedule for schedule in store_mutes.of_project(project)}
    for code in codes:
        if code not in known:
            raise Invalid("scheduled_mutes", f"holds {str(code)[:60]!a}, which is no scheduled mute")
    return [known[code] for code in dict.fromkeys(codes)]


def _silence(schedule: MuteWindow, now: datetime) -> Silence:
    """A scheduled mute as an alert carries it: a window for ever, or its next occurrence once."""
    window = schedules.window(schedule)
    identity = schedules.silence_id(schedule.code)
    if schedules.repeats(schedule):
        return Silence(identity, now, None, MUTE, window)
    begin, end = next_occurrence(window, schedule.created)
    return Silence(identity, max(begin, schedule.created), end, MUTE)


def _attach(services: Services, alert: Check, wanted: list[MuteWindow]) -> Check:
    """The alert with these scheduled mutes and no others."""
    ids = {schedules.silence_id(schedule.code) for schedule in wanted}
    if any(schedules.is_scheduled(silence) and silence.id not in ids for silence in alert.silences):
        alert = silences.lift(
            services, alert, lambda silence: schedules.is_scheduled(silence) and silence.id not in ids
        )
    has = {silence.id for silence in alert.silences}
    for schedule in wanted:
        if schedules.silence_id(schedule.code) not in has:
            alert = silences.put(services, alert, _silence(schedule, services.clock()))
    return alert


def attached(alert: Check) -> list[str]:
    """The codes of the scheduled mutes that an alert has."""
    return [schedules.code_of(silence) for silence in alert.silences if schedules.is_scheduled(silence)]


def reschedule(services: Services, project: Project, schedule: MuteWindow) -> None:
    """Gives every alert that has a scheduled mute the changed one."""
    identity = schedules.silence_id(schedule.code)
    having = [alert for alert in of_project(project) if any(one.id == identity for one in alert.silences)]
    _each(having, lambda alert: silences.put(services, alert, _silence(schedule, services.clock())))


def unschedule(services: Services, project: Project, schedule: MuteWindow) -> None:
    """Takes a scheduled mute off every alert."""
    identity = schedules.silence_id(schedule.code)
    having = [alert for alert in of_project(project) if any(one.id == identity for one in alert.silences)]
    _each(having, lambda alert: silences.lift(services, alert, lambda silence: silence.id == identity))


def of_project(project: Project) -> list[Check]:
    return checks.of_project(project, rule.name)


def mute(services: Services, alerts: list[Check], minutes: int, author: str = "") -> list[Check]:
    """Mutes alerts from now on; a mute that holds already is replaced."""
    now = services.clock()
    silence = Silence(MUTE, now, now + timedelta(minutes=minutes), MUTE, author=author)
    return _each(alerts, lambda alert: silences.put(services, alert, replace(silence)))


def unmute(services: Services, alerts: list[Check]) -> list[Check]:
    """Ends the mutes of alerts, and the pause of those that are paused; scheduled mutes stay."""
    return _each(alerts, lambda alert: _unmuted(services, alert))


def _unmuted(services: Services, alert: Check) -> Check:
    alert = silences.lift(services, alert, lambda silence: silence.id == MUTE)
    if alert.status != "paused":
        return alert
    try:
        return checks.resume(services, alert)
    except Conflict:
        # Somebody else was faster.
        return alert


def _each(alerts: list[Check], do: Callable[[Check], Check]) -> list[Check]:
    """What became of the alerts; one that is deleted meanwhile does not keep the others."""

    def attempt(alert: Check) -> Check | None:
        try:
            return do(alert)
        except Missing:
            return None

    if not alerts:
        return []
    with ThreadPoolExecutor(min(WORKERS, len(alerts))) as pool:
        return [done for done in pool.map(attempt, alerts) if done]


def is_muted(alert: Check, now: datetime) -> bool:
    """Whether nobody is told of an alert: while it is paused too."""
    return alert.status == "paused" or silenced_until(alert.silences, now) is not None


def muted_for(alert: Check, now: datetime) -> int | None:
    """Whole minutes, rounded up, that an alert is muted for, 0 without an end; None when it is not, and while it is
    paused, for which there is no time."""
    if alert.status == "paused":
        return None
    quiet = silenced_until(alert.silences, now)
    if quiet is None:
        return None
    if quiet.until is None:
        return 0
    return math.ceil((quiet.until - now).total_seconds() / 60)


def matching(alerts: list[Check], text: str, known: dict[str, Channel]) -> list[Check]:
    """The alerts with `text` in their name, a metric or the name of a channel."""
    return [alert for alert in alerts if any(text in word for word in _words(alert, known))]


def _words(alert: Check, known: dict[str, Channel]) -> list[str]:
    targets = [part.target for part in rule_of(alert).parts]
    told = [known[code].name for code in alert.channels if code in known]
    return [alert.name, *targets, *told]


def triggered(alerts: list[Check]) -> dict[str, list[str]]:
    """The series that breach of each alert, by its code, in alphabetical order."""
    found = {alert.code: list(alert.breaching.first) for alert in alerts}
    longer = satellites.of_rules(alert for alert in alerts if not alert.breaching.complete)
    return found | {code: sorted(series) for (_, code), series in longer.items()}


def events(services: Services, alert: Check, days: int) -> list[SeriesTurn]:
    """When its series began and ceased to breach, and its query to fail, newest first."""
    now = services.clock()
    start, end = now - timedelta(days=days), now + timedelta(minutes=1)
    found = history.turns(alert.code, start, end, now)
    moments = {one.at.replace(microsecond=0) for one in found}
    for flip in history.flips(alert.project, alert.code, start, end, now):
        told = flip.new == "down" or (flip.new == "up" and flip.old == "down")
        if told and flip.at.replace(microsecond=0) not in moments:
            metric = str(flip.details.get("metric", ""))
            found.append(SeriesTurn(metric, flip.new == "down", flip.details.get("value"), flip.at))
    return sorted(found, key=lambda one: one.at, reverse=True)
