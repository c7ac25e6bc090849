"""Receiving pings. A ping answers before anyone is told, and none is lost.

Fast path, for a sign of life of a check that is up and known to this process: one conditional update and one record, no
read. Everything else is decided through the waist. When DynamoDB cannot serve, the ping waits in a queue with its own
time.
"""

from __future__ import annotations

import base64
from collections import OrderedDict
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal

from chalicelib import log
from chalicelib.core import status
from chalicelib.core.check import Check, Ping, PingKind, Signal
from chalicelib.core.errors import Busy, Conflict, LimitReached, Missing
from chalicelib.core.keywords import interpret
from chalicelib.core.kinds import heartbeat
from chalicelib.monitor import transitions
from chalicelib.monitor.managing import checks as manage
from chalicelib.monitor.services import Services
from chalicelib.store import checks, directory, history, queues
from chalicelib.store.faults import Contended, Refused, StoreFault

Outcome = Literal["recorded", "created", "kept"]
KNOWN_CHECKS = 10_000
# How long a process may rely on where a slug leads; definitions are guarded by the write itself.
SLUG_MEMORY = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Address:
    """Whom a ping is for: a check's code, or a slug with the hash of its project's ping key."""

    code: str = ""
    key_hash: str = ""
    slug: str = ""


class _Memory:
    """What this process has seen lately. Never trusted for a decision: the conditional write is."""

    checks: ClassVar[OrderedDict[str, Check]] = OrderedDict()
    slugs: ClassVar[OrderedDict[tuple[str, str], tuple[str, datetime]]] = OrderedDict()


def forget() -> None:
    """Empties this process's memory, as a fresh process would start."""
    _Memory.checks.clear()
    _Memory.slugs.clear()


def receive(services: Services, address: Address, signal: Signal, *, create: bool = False) -> Outcome:
    """Takes in one ping. Answers what became of it: "recorded", "created" (its check too), or "kept" for later.

    Raises Missing (unknown check, slug or key), Conflict (a slug of several checks), Busy, or StoreFault when
    neither DynamoDB nor the queue could take it.
    """
    try:
        created = _take_in(services, address, signal, create=create)
    except (StoreFault, Busy) as fault:
        _keep(address, signal, create, fault)
        return "kept"
    log.count(Pings=1)
    return "created" if created else "recorded"


def require(services: Services, address: Address) -> None:
    """Raises Missing or Conflict when a ping to `address` could not be taken in; touches nothing."""
    _find(services, address, create=False)


def _take_in(services: Services, address: Address, signal: Signal, *, create: bool) -> bool:
    """Records the ping; tells whether its check was made for it."""
    remembered = _remembered(address, signal.at)
    if remembered:
        try:
            _record(services, remembered, signal, address.slug)
            return False
        except Missing:
            _forget(address)
    check, created = _find(services, address, create=create)
    _record(services, check, signal, address.slug)
    if address.slug:
        _remember(_Memory.slugs, (address.key_hash, address.slug), (check.code, signal.at))
    return created


# Finding the check


def _remembered(address: Address, now: datetime) -> Check | None:
    """The check as this process saw it last."""
    if address.code:
        return _Memory.checks.get(address.code)
    code, seen = _Memory.slugs.get((address.key_hash, address.slug), ("", now - SLUG_MEMORY))
    return _Memory.checks.get(code) if now - seen < SLUG_MEMORY else None


def _forget(address: Address) -> None:
    _Memory.checks.pop(address.code, None)
    _Memory.slugs.pop((address.key_hash, address.slug), None)


def _find(services: Services, address: Address, *, create: bool) -> tuple[Check, bool]:
    """The check as it is at this moment, and whether it was made for this ping."""
    if address.code:
        return _by_code(address.code), False
    return _by_slug(services, address, create=create)


def _by_code(code: str) -> Check:
    project = directory.project_of(code)
    if project is None:
        raise Missing("check")
    return manage.of_kind(checks.get(project, code), heartbeat.name)


def _by_slug(services: Services, address: Address, *, create: bool) -> tuple[Check, bool]:
    key = directory.key(address.key_hash)
    if key is None or key.access != "ping":
        raise Missing("ping key")
    codes = directory.by_slug(key.project, address.slug)
    if len(codes) > 1:
        raise Conflict("ambiguous slug")
    if codes:
        return checks.get(key.project, codes[0]), False
    if not create:
        raise Missing("check")
    return _create(services, key.project, address)


def _create(services: Services, project: str, address: Address) -> tuple[Check, bool]:
    """Makes the check that a ping names, alone under its slug however many pings come first at the same time."""
    try:
        return manage.create_by_ping(services, project, address.slug), True
    except LimitReached:
        raise Missing("check") from None
    except Refused:
        return _by_slug(services, address, create=False)


# Recording the ping


def _record(services: Services, seen: Check, signal: Signal, slug: str) -> None:
    """Decides and keeps, on what was seen first and, when that has changed, on what it has become."""
    for attempt in range(transitions.ATTEMPTS):
        change = _decide(seen, signal)
        try:
            keep = _refresh if _is_refresh(change) else _write_certain if attempt else _write
            keep(change, signal)
            return
        except Refused as refused:
            _Memory.checks.pop(seen.code, None)
            seen = checks.from_raw(refused.item) if refused.item else checks.get(seen.project, seen.code)
            if slug and seen.slug != slug:
                raise Missing("check") from None
        except Contended:
            transitions.pause(services, attempt)
    raise Busy("too many pings at once")


def _decide(seen: Check, signal: Signal) -> status.Change:
    change = status.decide(seen, _interpreted(seen, signal))
    assert change is not None, "a signal always counts"
    return change


def _interpreted(check: Check, signal: Signal) -> Signal:
    return replace(signal, kind=interpret(check.methods, check.filters, signal))


def _is_refresh(change: status.Change) -> bool:
    """A sign of life that leaves the check up, with no run under way: all that changes is when it was seen last."""
    before, after = change.before, change.after
    refreshed = after.last_ping is not None and after.last_ping != before.last_ping
    return before.status == "up" and before.last_start is None and not change.flips and refreshed


def _refresh(change: status.Change, signal: Signal) -> None:
    check = checks.refresh(change)
    _remember(_Memory.checks, check.code, check)
    _log_ping(check.code, _ping(_kind(change.before, signal), check.n_pings, signal), signal.body)


def _write(change: status.Change, signal: Signal) -> None:
    """Keeps a full decision, made anew on a strong read: what this process remembers may be a whole outage behind."""
    certain = _decide(checks.get(change.before.project, change.before.code), signal)
    keep = _refresh if _is_refresh(certain) else _write_certain
    keep(certain, signal)


def _write_certain(change: status.Change, signal: Signal) -> None:
    ping = _ping(_kind(change.before, signal), change.after.n_pings, signal)
    if change.flips:
        checks.write(change, ping=ping, body=signal.body)
    else:
        checks.write(change)
        _log_ping(change.after.code, ping, signal.body)
    _remember(_Memory.checks, change.after.code, change.after)
    transitions.tell([change])


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


def _log_ping(code: str, ping: Ping, body: bytes) -> None:
    """The sign of life itself is kept already; its line in the log may come later."""
    try:
        history.record(code, ping, body)
    except StoreFault as fault:
        log.warning("ping counted, its record is kept for later", code=code, n=ping.n, reason=str(fault))
        message = {"do": "record", "code": code, "n": ping.n, "signal": _packed(_signal_of(ping, body))}
        queues.send("chores", message)


def _remember(memory: OrderedDict[Any, Any], key: Any, value: Any) -> None:
    """Keeps the newest last. Threads may do this at the same time, so no step relies on the one before."""
    memory.pop(key, None)
    memory[key] = value
    while len(memory) > KNOWN_CHECKS:
        memory.pop(next(iter(memory), None), None)


# Pings that AWS could not take at once


def _keep(address: Address, signal: Signal, create: bool, fault: Exception) -> None:
    log.error("ping kept in the queue", code=address.code, slug=address.slug, reason=str(fault))
    message = {"do": "ping", "address": asdict(address), "create": create, "signal": _packed(signal)}
    queues.send("chores", message)
    log.count(PingsKept=1)


def receive_kept(services: Services, message: dict[str, Any]) -> None:
    """Takes in a ping that waited in the queue, as of when it came. A check that is gone by now needs it no more."""
    address = Address(**message["address"])
    signal = _unpacked(message["signal"])
    try:
        _take_in(services, address, signal, create=message["create"])
    except (Missing, Conflict) as reason:
        log.warning("kept ping has no check", code=address.code, slug=address.slug, reason=str(reason))


def record_kept(message: dict[str, Any]) -> None:
    """Writes the record of a ping that was counted when it came."""
    signal = _unpacked(message["signal"])
    history.record(message["code"], _ping(signal.kind, message["n"], signal), signal.body)


def _signal_of(ping: Ping, body: bytes) -> Signal:
    return Signal(
        ping.kind, ping.at, ping.rid, ping.exitstatus, ping.scheme, ping.remote_addr, ping.method, ping.ua, body
    )


def _packed(signal: Signal) -> dict[str, Any]:
    body = base64.b64encode(signal.body).decode()
    return {**asdict(signal), "at": signal.at.isoformat(), "body": body}


def _unpacked(packed: dict[str, Any]) -> Signal:
    kind: PingKind = packed["kind"]
    at, body = datetime.fromisoformat(packed["at"]), base64.b64decode(packed["body"])
    return Signal(**{**packed, "kind": kind, "at": at, "body": body})
