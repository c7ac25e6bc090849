"""Requests with unknown keys, counted by source and minute, so that all processes know of them."""

from __future__ import annotations

from pynamodb.expressions.update import Action

from chalicelib.core.sources import WINDOW
from chalicelib.store.connection import SCHEMA
from chalicelib.store.faults import Refused, translated
from chalicelib.store.history_models import AttemptsItem


def count(source: str, window: int, limit: int) -> bool:
    """Counts one: whether there were fewer than `limit` before it. One write, also when there were not."""
    item = AttemptsItem(f"source#{source}", f"A#{window}")
    kept_until = AttemptsItem.expires.set((window + 2) * WINDOW)
    actions: list[Action] = [AttemptsItem.n.add(1), AttemptsItem.v.set(SCHEMA), kept_until]
    free = AttemptsItem.n.does_not_exist() | (AttemptsItem.n < limit)
    try:
        with translated():
            item.update(actions, condition=free)
    except Refused:
        return False
    return True
