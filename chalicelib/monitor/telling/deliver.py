"""The deliverer: looks at checks of which somebody may have to be told, and tells. In order, at least once, never lost.

For one check:
1. Read its outbox item, itself and its project with one call, its channels, its cursors and newest flips with one each.
2. Ask what holds its news back, and for each channel what to tell (`core.telling`).
3. Read what the messages show beside that, and take a lease on every conversation that has something to tell, with one
   transaction, which holds only if nothing has come to the check since. Who cannot have it looks again.
4. Tell all channels at the same time. Each outcome is written as soon as it is known: the cursor, the line of the log,
   the debt. What cannot be written is written again until it can.
5. When every conversation is settled or waits, remove the outbox item or move it to the first moment at which there may
   be more to tell; if something has come meanwhile, look again.

Dying between any two steps leaves the item where it was: the sweep hands it on again, and the cursors tell what is
done.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from chalicelib import log
from chalicelib.core import audience, telling
from chalicelib.core import cursor as moves
from chalicelib.core.check import TICK, Channel, Check, Flip, Project
from chalicelib.core.conversation import Decision, Holds, Settled, Talk, Tell, Wait
from chalicelib.core.cursor import Cursor
from chalicelib.monitor import transitions
from chalicelib.monitor.failures import kept, raised_together
from chalicelib.monitor.services import ALPHANUMERIC, Services
from chalicelib.monitor.telling import closing, compose, holding, mending, outcomes, pacing, parting, sending
from chalicelib.monitor.telling.outcomes import Outcome
from chalicelib.monitor.telling.sending import Leased
from chalicelib.store import cursors, definitions, gathering, outbox, tellings
from chalicelib.store.faults import Contended, Refused
from chalicelib.store.gathering import Gathered
from chalicelib.store.outbox import Entry, Nudge
from chalicelib.store.partings import Parting
from chalicelib.store.tellings import Plan

WORKERS = 16
# So often one deliverer looks at one check before it hands it on.
LOOKS = 20
# A transaction has room for so many leases, and for so many cursors that move without a word.
LEASES, SILENT = 80, 24
# News that should have been told so long ago is none any more.
STALE = timedelta(days=1)


def deliver_nudges(services: Services, messages: Iterable[dict[str, str]]) -> None:
    """Looks at what messages of the `news` queue name."""
    deliver_all(services, [Nudge(message["shard"], message["subject"], message["project"]) for message in messages])


def deliver_all(services: Services, nudges: list[Nudge]) -> None:
    """Looks at many items, some at the same time; one that fails does not keep the others. Raises what failed
    afterwards."""
    with raised_together("items of the outbox") as failures:
        for start in range(0, len(nudges), gathering.AT_MOST):
            with kept(failures):
                some = _begun(services, nudges[start : start + gathering.AT_MOST])
                for future in some:
                    with kept(failures):
                        future.result()


def _begun(services: Services, nudges: list[Nudge]) -> list[Future[None]]:
    """Looks at as many items as are read with one call, and waits for all."""
    found = gathering.gather(nudges)
    known = {project: definitions.channels(project) for project in {one.entry.project for one in found}}
    with ThreadPoolExecutor(WORKERS) as pool:
        return [pool.submit(deliver, services, one, known[one.entry.project]) for one in found]


def deliver(services: Services, gathered: Gathered, channels: list[Channel]) -> None:
    """Looks at one item until there is nothing more to do at present, see the module's description."""
    entry = gathered.entry
    outcomes.await_moment(services, entry.due)
    if outbox.is_check(entry.subject):
        _look_until_done(services, gathered, channels)
    elif entry.data:
        closing.deliver(services, gathered, channels)
    else:
        mending.wake(services, gathered, channels)


def _look_until_done(services: Services, gathered: Gathered, channels: list[Channel]) -> None:
    nudge = gathered.entry.nudge
    for _ in range(LOOKS):
        if not _look(services, gathered, channels):
            return
        found = gathering.gather([nudge])
        if not found:
            return
        gathered, channels = found[0], definitions.channels(nudge.project)
    transitions.nudge([nudge])


@dataclass(frozen=True, slots=True)
class Part:
    """One channel's conversation about the check that is looked at: its cursor as it was read, and what to do."""

    channel: Channel
    seen: Cursor
    talk: Talk
    decision: Decision


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a check has found."""

    entry: Entry
    check: Check
    project: Project | None
    master: Check | None
    holds: Holds
    flips: list[Flip]
    parts: list[Part]
    strangers: Parting
    # There are more strangers than a transaction has room for.
    crowded: bool


def _look(services: Services, gathered: Gathered, channels: list[Channel]) -> bool:
    """One look at a check, as far as step 5. Answers whether it must be looked at again at once."""
    check = gathered.check
    if check is None:
        outbox.forget(gathered.entry)
        return False
    look = _read(services, gathered, check, channels)
    if look.crowded:
        # They may have kept the cursors of those who listen out of what was read.
        return _settle(services, look, [])
    parts, paced = _paced(services, [part for part in look.parts if isinstance(part.decision, Tell)])
    parts, later = parts[:LEASES], parts[LEASES:]
    resting = [part for part in look.parts if not isinstance(part.decision, Tell)] + paced + later
    if not parts:
        return _settle(services, look, resting)
    subject = compose.gather(check, look.project, services.clock())
    leased = _lease(services, look, parts)
    return leased is None or _tell(services, look, subject, leased, parts, resting)


def _read(services: Services, gathered: Gathered, check: Check, channels: list[Channel]) -> Look:
    now, entry = services.clock(), gathered.entry
    listening = audience.of_check(check, channels)
    seen, flips = cursors.conversation(check.project, check.code, len(listening) + len(check.channels), now)
    master = holding.master_of(check)
    holds = holding.holds(entry, check, master, now)
    stale = entry.due is not None and now - entry.due > STALE
    parts = []
    for channel in listening:
        cursor = seen.pop(channel.code, None) or _first(check, channel)
        talk = Talk(cursor, flips, check, sending.listener(channel, check), now, holds, stale)
        parts.append(Part(channel, cursor, talk, telling.decide(talk)))
    strangers = parting.of_strangers(seen.values(), channels)
    crowded = len(seen) > len(strangers.ended)
    return Look(entry, check, gathered.project, master, holds, flips, parts, strangers, crowded)


def _first(check: Check, channel: Channel) -> Cursor:
    """Where a conversation begins: with the check, but a channel that is told of everything has come on its own. An
    instance may come back under its code, and what is left of the one before is no news of it."""
    begins = [] if channel.code in check.channels else [channel.created]
    if check.parent:
        begins.append(check.created - TICK)
    return Cursor(channel.code, max(begins, default=None))


def _paced(services: Services, parts: list[Part]) -> tuple[list[Part], list[Part]]:
    """Those whose sender takes messages at present, and those that wait for it."""
    going, waiting = [], []
    for part in parts:
        wait = pacing.paced(services, part.channel, part.seen)
        if wait:
            waiting.append(replace(part, decision=wait))
        else:
            going.append(part)
    return going, waiting


def _lease(services: Services, look: Look, parts: list[Part]) -> list[Leased] | None:
    """The messages of `parts`, taken for this deliverer alone; None if something has changed since they were read."""
    now, leased = services.clock(), []
    for part in parts:
        assert isinstance(part.decision, Tell)
        message = part.decision.attempt(now, now + sending.LEASE)
        by = services.random_text(16, ALPHANUMERIC)
        cursor = moves.leased(part.decision.cursor, message, by)
        leased.append(Leased(part.channel, part.seen, cursor, part.decision))
    moved = [(one.seen, one.cursor) for one in leased]
    try:
        outcomes.firmly(services, partial(tellings.lease, look.entry, look.check.code, moved), tries=4)
    except (Refused, Contended):
        return None
    return leased


def _tell(
    services: Services,
    look: Look,
    subject: compose.Subject,
    leased: list[Leased],
    parts: list[Part],
    resting: list[Part],
) -> bool:
    """Tells what is leased and writes what became of it. Answers whether there is more to look at."""
    if len(leased) == 1:
        outcome = _send(services, subject, leased[0])
        plan, more = _plan(services, look, [*resting, _after(services, parts[0], outcome)])
        return not outcomes.write(services, look.check, outcome, plan) or more
    send = partial(_send_and_write, services, look.check, subject)
    with ThreadPoolExecutor(min(len(leased), WORKERS)) as pool:
        told = list(pool.map(send, leased, parts))
    return _settle(services, look, [*resting, *told])


def _send(services: Services, subject: compose.Subject, leased: Leased) -> Outcome:
    news = compose.compose(services, subject, leased.channel, leased.tell)
    return sending.send(services, leased, news, subject.secret)


def _send_and_write(services: Services, check: Check, subject: compose.Subject, leased: Leased, part: Part) -> Part:
    outcome = _send(services, subject, leased)
    outcomes.write(services, check, outcome, None)
    return _after(services, part, outcome)


def _settle(services: Services, look: Look, parts: list[Part]) -> bool:
    """Moves or removes the outbox item. Answers whether there is more to look at."""
    plan, more = _plan(services, look, parts)
    return (plan is not None and not outcomes.settle(services, look.check, plan)) or more


def _after(services: Services, part: Part, outcome: Outcome) -> Part:
    """The conversation after a message: it rests, or there is more to tell."""
    talk = replace(part.talk, cursor=outcome.cursor, now=services.clock())
    return Part(part.channel, outcome.cursor, talk, telling.decide(talk))


def _plan(services: Services, look: Look, parts: list[Part]) -> tuple[Plan | None, bool]:
    """What becomes of the outbox item and of the cursors that moved without a word, and whether there is more to do.
    None where nothing does: while somebody else is telling, who does it then, or while there is more to tell."""
    waits = [part.decision for part in parts if isinstance(part.decision, Wait)]
    more = any(isinstance(part.decision, Tell) for part in parts)
    if more or any(wait.leased for wait in waits):
        return None, more
    by = services.random_text(16, ALPHANUMERIC)
    silent = [(part.seen, replace(part.decision.cursor, by=by)) for part in parts if _moved(part)]
    if len(silent) > SILENT or look.crowded:
        some = tuple(silent[:SILENT])
        return Plan(look.entry, waits=True, until=look.entry.due, silent=some, strangers=look.strangers), True
    master = look.master if any(wait.mastered for wait in waits) else None
    _tell_dropped(look, parts)
    plan = Plan(
        look.entry,
        waits=bool(waits),
        until=min((wait.until for wait in waits if wait.until), default=None),
        silent=tuple(silent),
        held=look.check.since if master else None,
        master=master if master and master.status == "down" and len(master.holds) < holding.DEPENDANTS else None,
        strangers=look.strangers,
    )
    return replace(plan, lead=int(_is_at_its_place(services, parts, plan.until))), False


def _is_at_its_place(services: Services, parts: list[Part], until: datetime | None) -> bool:
    """Whether a message goes out then that must not be late for its place in the line."""
    for part in parts:
        if isinstance(part.decision, Wait) and part.decision.until == until:
            attempt = part.decision.cursor.attempt
            if attempt and attempt.place is not None and pacing.is_strict(services, part.channel):
                return True
    return False


def _moved(part: Part) -> bool:
    return part.decision.cursor != part.seen


def _tell_dropped(look: Look, parts: list[Part]) -> None:
    for part in parts:
        if isinstance(part.decision, Settled) and part.decision.dropped:
            log.error("news is more than a day old and was not sent", channel=part.channel.code, check=look.check.code)
            log.count(NewsDropped=1)


def hand_on(services: Services, shards: Iterable[str], now: datetime) -> None:
    """Hands on every item of these parts of the outbox that is due soon, so that it is looked at when it is due;
    without the queue, looks itself at what is due already. Raises afterwards what failed."""
    with raised_together("parts of the outbox") as failures:
        for shard in shards:
            with kept(failures):
                _hand_on(services, shard, now)


def _hand_on(services: Services, shard: str, now: datetime) -> None:
    waiting = outbox.due(shard, now + transitions.LOOK_AHEAD, at_most=outbox.AT_ONCE)
    seconds: dict[int, list[Nudge]] = {}
    for nudge, due in waiting:
        seconds.setdefault(outcomes.seconds_until(due, now), []).append(nudge)
    for delay, nudges in sorted(seconds.items()):
        if not transitions.nudge(nudges, delay=delay) and delay == 0:
            deliver_all(services, nudges)
