"""How much each channel was told: counts that stand next to its debts, so that one query reads both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pynamodb.expressions.update import Action

from chalicelib.store.connection import SCHEMA
from chalicelib.store.faults import translated
from chalicelib.store.history_models import TallyItem
from chalicelib.store.notifications import KEEP

Count = Literal["delivered", "failed", "given_up"]

# Debts are `O#<check>`.
_KEY = "O"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many messages a channel has taken, how many attempts it has not, and how many messages were given up, counted
    since it was made, or since it was told nothing for 90 days. `waiting` are the checks of which it has not yet been
    told what it should have been."""

    delivered: int = 0
    failed: int = 0
    given_up: int = 0
    waiting: int = 0


def count(channel: str, counts: tuple[Count, ...], now: datetime) -> None:
    """Adds one to each of the counts. Nothing is read, and whoever counts at the same time is not in the way."""
    expires = int((now + KEEP).timestamp())
    actions: list[Action] = [TallyItem.v.set(SCHEMA), TallyItem.expires.set(expires)]
    actions += [getattr(TallyItem, name).add(1) for name in counts]
    with translated():
        TallyItem(channel, _KEY).update(actions)


def of_channel(channel: str, now: datetime) -> Tally:
    """Read as it was a moment ago, for half the price: for graphs."""
    tally, waiting, start = Tally(), 0, None
    while True:
        with translated():
            page = TallyItem._get_connection().query(
                channel, TallyItem.at_key.startswith(_KEY), exclusive_start_key=start, consistent_read=False
            )
        for item in page["Items"]:
            if item["at_key"]["S"] != _KEY:
                waiting += 1
            elif _number(item, "expires") > now.timestamp():
                tally = Tally(*(_number(item, name) for name in ("delivered", "failed", "given_up")))
        start = page.get("LastEvaluatedKey")
        if not start:
            return Tally(tally.delivered, tally.failed, tally.given_up, waiting)


def _number(item: Mapping[str, Any], name: str) -> int:
    return int(item.get(name, {}).get("N", 0))
