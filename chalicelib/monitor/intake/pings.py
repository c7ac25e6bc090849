"""Receiving pings. A ping answers before anyone is told, and none is lost or counted twice.

Fast path, for a sign of life of a check that is up and known to this process: one conditional update and one record, no
read. Everything else is decided through the waist, on one strong read. When DynamoDB cannot serve, the ping waits in a
queue with its own time, and counts as of then.

What makes a ping count once: a check remembers the requests that it counted last, so that one whose answer was lost is
known again and its number with it; and a ping that waited in the queue is taken in by one transaction that marks it.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, replace
from typing import Literal

from chalicelib import log
from chalicelib.core import arrivals, late, status
from chalicelib.core.check import Check, Ping, PingKind, Signal
from chalicelib.core.errors import Busy, Conflict, LimitReached, Missing, UnknownKey
from chalicelib.core.keywords import interpret
from chalicelib.core.kinds import heartbeat
from chalicelib.monitor import transitions
from chalicelib.monitor.intake import kept
from chalicelib.monitor.intake.kept import Address
from chalicelib.monitor.managing import checks as manage
from chalicelib.monitor.services import ALPHANUMERIC, Services
from chalicelib.store import check_items, checks, directory, history, refreshes
from chalicelib.store.faults import Contended, Refused, StoreFault

__all__ = ["Address", "Outcome", "receive", "receive_kept", "record_kept", "require"]

Outcome = Literal["recorded", "created", "kept"]
REQUEST_BYTES = 6
# So many pings and flips are looked back on when one comes late.
LOOK_BACK = 100
# Seconds between the tries of a ping that waited in the queue, before it waits there again.
PAUSES = (0.5, 2.0)


@dataclass(frozen=True, slots=True)
class _Found:
    """A check as it was seen: `certain` is what was read at this moment, `created` what was made for the ping."""

    check: Check
    certain: bool = True
    created: bool = False


def receive(services: Services, address: Address, signal: Signal, *, create: bool = False) -> Outcome:
    """Takes in one ping. Answers what became of it: "recorded", "created" (its check too), or "kept" for later.

    Raises Missing (unknown check, slug or key), Conflict (a slug of several checks), Busy, or StoreFault when
    neither DynamoDB nor the queue could take it.
    """
    signal = replace(signal, request=_mark(signal.request or services.random_text(16, ALPHANUMERIC)))
    try:
        found = _find(services, address, create=create)
        _record(services, found, signal)
    except (StoreFault, Busy) as fault:
        kept.keep(address, signal, create, fault)
        return "kept"
    log.count(Pings=1)
    return "created" if found.created else "recorded"


def _mark(request: str) -> str:
    """The few characters by which a check remembers a request."""
    digest = hashlib.blake2b(request.encode("utf-8", "replace"), digest_size=REQUEST_BYTES).digest()
    return base64.urlsafe_b64encode(digest).decode()


def require(services: Services, address: Address) -> None:
    """Raises Missing or Conflict when a ping to `address` could not be taken in; touches nothing."""
    _find(services, address, create=False)


# Finding the check


def _find(services: Services, address: Address, *, create: bool) -> _Found:
    """The check, as this process remembers it or else as it is at this moment; made for the ping where it asks so."""
    if address.slug:
        return _by_slug(services, address, create=create)
    remembered = services.memory.checks.get(address.code)
    if remembered:
        return _Found(remembered, certain=False)
    project = directory.project_of(address.code)
    if project is None:
        raise Missing("check")
    return _Found(manage.of_kind(checks.get(project, address.code), heartbeat.name))


def _by_slug(services: Services, address: Address, *, create: bool) -> _Found:
    """Asks each time where a slug leads: a key that was replaced ends at once, and so does a slug of two checks."""
    project, codes = _slug(services, address)
    if len(codes) > 1:
        raise Conflict("ambiguous slug")
    if codes:
        remembered = services.memory.checks.get(codes[0])
        return _Found(remembered, certain=False) if remembered else _Found(checks.get(project, codes[0]))
    if not create:
        raise Missing("check")
    return _create(services, project, address)


def _slug(services: Services, address: Address) -> tuple[str, list[str]]:
    """The project of the ping key and its checks with the slug: one read where this process knows the key."""
    project = services.memory.projects.get(address.key_hash)
    if project is None:
        key = directory.key(address.key_hash, strongly=True)
        codes = directory.by_slug(key.project, address.slug) if key else []
    else:
        key, codes = directory.key_and_slug(address.key_hash, project, address.slug)
    if key is None:
        raise UnknownKey("ping key")
    if key.access != "ping":
        raise Missing("ping key")
    services.memory.projects.put(address.key_hash, key.project)
    return key.project, codes


def _create(services: Services, project: str, address: Address) -> _Found:
    """Makes the check that a ping names, alone under its slug however many pings come first at the same time."""
    try:
        return _Found(manage.create_by_ping(services, project, address.slug), created=True)
    except LimitReached:
        raise Missing("check") from None
    except Refused:
        return _by_slug(services, address, create=False)


# Recording the ping


def _record(services: Services, found: _Found, signal: Signal, *, waited: bool = False) -> None:
    """Decides and keeps, on what was seen first and, when that has changed, on what it has become. Raises Busy."""
    for attempt in range(transitions.ATTEMPTS):
        try:
            _attempt(services, found, signal, waited=waited)
            return
        except Refused as refused:
            services.memory.checks.drop(found.check.code)
            found = _Found(check_items.from_raw(refused.item) if refused.item else _read(found.check))
        except Contended:
            transitions.pause(services, attempt)
    raise Busy("too many pings at once")


def _read(check: Check) -> Check:
    return checks.get(check.project, check.code)


def _attempt(services: Services, found: _Found, signal: Signal, *, waited: bool) -> None:
    """Takes the fast path if it is open, else decides on what is certain: what this process remembers may be a whole
    outage behind. A signal that has `waited` in the queue never takes the fast path, which leaves no mark of it."""
    seen = found.check
    if waited and history.was_kept(seen.code, signal.request):
        return
    if arrivals.repeated(seen, signal):
        _log_again(seen, signal, waited=waited)
        return
    if not waited:
        change = status.decide(seen, _interpreted(seen, signal))
        if change and _is_refresh(change):
            _refresh(services, change, signal)
            return
    if found.certain:
        _write(services, seen, signal, waited=waited)
    else:
        _attempt(services, _Found(_read(seen)), signal, waited=waited)


def _interpreted(check: Check, signal: Signal) -> Signal:
    kind = interpret(check.methods, check.filters, signal)
    return signal if kind == signal.kind else replace(signal, kind=kind)


def _is_refresh(change: status.Change) -> bool:
    """A sign of life that leaves the check up, with no run under way: all that changes is when it was seen last."""
    before, after = change.before, change.after
    refreshed = after.last_ping is not None and after.last_ping != before.last_ping
    untouched = before.last_start is None and not after.runs_ended and after.runs_from == before.runs_from
    return before.status == "up" and refreshed and untouched and not change.flips


def _refresh(services: Services, change: status.Change, signal: Signal) -> None:
    check = refreshes.keep(change)
    services.memory.checks.put(check.code, check)
    _log_ping(check.code, _ping(_kind(change.before, signal), check.n_pings, signal), signal)


def _write(services: Services, seen: Check, signal: Signal, *, waited: bool) -> None:
    """Keeps a full decision on what is certain."""
    change = transitions.decide(seen, _event(services, seen, signal, waited=waited))
    assert change is not None, "a signal always counts"
    ping = _ping(_kind(seen, signal), change.after.n_pings, signal)
    if waited:
        checks.write(change, ping=ping, body=signal.body, kept=signal.request)
    elif change.flips:
        checks.write(change, ping=ping, body=signal.body)
    else:
        checks.write(change)
        _log_ping(seen.code, ping, signal)
    services.memory.checks.put(seen.code, change.after)
    transitions.tell([change])


def _event(services: Services, seen: Check, signal: Signal, *, waited: bool) -> status.Event:
    """The signal, with what came after it where it is late."""
    signal = _interpreted(seen, signal)
    now = services.clock() if waited else signal.at
    if not late.concerns(seen, signal):
        return late.Late(signal, now)
    before, flips = history.flips_around(seen.project, seen.code, signal.at, LOOK_BACK)
    pings = history.pings(seen.code, LOOK_BACK, now, strongly=True)[::-1]
    known = len(flips) < LOOK_BACK and (len(pings) < LOOK_BACK or pings[0].at <= signal.at)
    return late.Late(signal, now, tuple(flips), before, tuple(pings), known)


def _kind(check: Check, signal: Signal) -> PingKind:
    return status.effective_kind(check, _interpreted(check, signal))


def _ping(kind: PingKind, n: int, signal: Signal) -> Ping:
    return Ping(
        n=n,
        kind=kind,
        at=signal.at,
        rid=signal.rid,
        exitstatus=signal.exitstatus,
        scheme=signal.scheme,
        remote_addr=signal.remote_addr,
        method=signal.method,
        ua=signal.ua,
        has_body=bool(signal.body),
    )


def _log_ping(code: str, ping: Ping, signal: Signal) -> None:
    """The sign of life itself is kept already; its line in the log may come later."""
    try:
        history.record(code, ping, signal.body)
    except StoreFault as fault:
        kept.keep_record(code, ping.n, replace(signal, kind=ping.kind), fault)


def _log_again(seen: Check, signal: Signal, *, waited: bool) -> None:
    """The signal has been counted before, by an attempt that may have ended before its line was in the log."""
    ping = _ping(_kind(seen, signal), arrivals.number(seen, signal), signal)
    if not waited:
        _log_ping(seen.code, ping, signal)
        return
    try:
        history.record_kept(seen.code, ping, signal.body, signal.request)
    except StoreFault as fault:
        # Until the next try the check may count so many others that it no longer knows this one, nor its number.
        kept.keep_record(seen.code, ping.n, replace(signal, kind=ping.kind), fault)


# Pings that waited in the queue


def receive_kept(services: Services, message: kept.Message) -> None:
    """Takes in a ping that waited in the queue, as of when it came. A check that is gone by now needs it no more.

    It may have been counted, and only the answer was lost: then the check knows it until a few others have come. So
    what fails is tried again here first, and not only when the queue hands it out anew. Raises StoreFault, Busy.
    """
    address, signal, create = kept.read(message)
    for pause in (*PAUSES, None):
        try:
            _record(services, _find(services, address, create=create), signal, waited=True)
            return
        except (Missing, Conflict) as reason:
            log.warning("kept ping has no check", code=address.code, slug=address.slug, reason=str(reason))
            return
        except StoreFault:
            if pause is None:
                raise
            services.sleep(pause)


def record_kept(message: kept.Message) -> None:
    """Writes the record of a ping that was counted when it came."""
    code, n, signal = kept.read_record(message)
    history.record(code, _ping(signal.kind, n, signal), signal.body)
