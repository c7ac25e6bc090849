"""Pings that AWS could not take at once: how they are put into the queue `chores`, and read from it."""

from __future__ import annotations

import base64
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from chalicelib import log
from chalicelib.core.check import PingKind, Signal
from chalicelib.store import queues

Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Address:
    """Whom a ping is for: a check's code, or a slug with the hash of its project's ping key."""

    code: str = ""
    key_hash: str = ""
    slug: str = ""


def keep(address: Address, signal: Signal, create: bool, fault: Exception) -> None:
    """Puts a ping into the queue with the time at which it came. Raises StoreFault when the queue cannot take it."""
    log.error("ping kept in the queue", code=address.code, slug=address.slug, reason=str(fault))
    queues.send("chores", {"do": "ping", "address": asdict(address), "create": create, "signal": _packed(signal)})
    log.count(PingsKept=1)


def read(message: Message) -> tuple[Address, Signal, bool]:
    """Whom a kept ping is for, the ping, and whether it makes its check."""
    return Address(**message["address"]), _unpacked(message["signal"]), message["create"]


def keep_record(code: str, n: int, signal: Signal, fault: Exception) -> None:
    """Puts the record of a ping that has been counted into the queue. Raises StoreFault."""
    log.warning("ping counted, its record is kept for later", code=code, n=n, reason=str(fault))
    queues.send("chores", {"do": "record", "code": code, "n": n, "signal": _packed(signal)})


def read_record(message: Message) -> tuple[str, int, Signal]:
    """The check, the number and the signal of a ping that has been counted."""
    return message["code"], message["n"], _unpacked(message["signal"])


def _packed(signal: Signal) -> Message:
    body = base64.b64encode(signal.body).decode()
    return {**asdict(signal), "at": signal.at.isoformat(), "body": body}


def _unpacked(packed: Message) -> Signal:
    kind: PingKind = packed["kind"]
    at, body = datetime.fromisoformat(packed["at"]), base64.b64decode(packed["body"])
    return Signal(**{**packed, "kind": kind, "at": at, "body": body})
