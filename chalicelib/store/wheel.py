"""The timing wheel: what is looked at in a fixed period stands in one slot for good, so scheduling writes nothing.

A slot is `<letter><period>#<phase>#<shard>`: the letter of the kind, the period in seconds, the minute of the period in
which it is served, and one of a few partitions. What a kind wants served together stands together, in that order; the
others are spread by their code.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from pynamodb.expressions.update import Action

from chalicelib.core import kinds
from chalicelib.core.check import Check
from chalicelib.store.faults import translated
from chalicelib.store.models import CheckItem, DirectoryItem

MINUTE = 60
# A sort key ends at 1,024 bytes.
_KEY_MAX = 900
_PERIODS = "wheel"


class _Shards:
    """Over how many partitions one minute of a period is spread; set by `store.connect`."""

    wheel = 4


def slot_of(check: Check) -> tuple[str, str] | None:
    """(slot, order in it) of a check that is to be looked at, None for one that is not."""
    kind = kinds.of(check)
    if kind.wheel is None or not check.period or check.status == "paused":
        return None
    spread = kind.spread(check)[:_KEY_MAX]
    number = zlib.crc32((spread or check.code).encode())
    phase = zlib.crc32(check.code.encode()) % max(check.period // MINUTE, 1)
    shard = number % _Shards.wheel
    return f"{kind.wheel.letter}{check.period}#{phase}#{shard}", f"{spread}#{check.code}"


def register(check: Check) -> None:
    """Notes that something is looked at in this check's period. Before the check is written, so that none is missed."""
    on_wheel = kinds.of(check).wheel
    if on_wheel is None or not check.period:
        return
    period: list[Action] = [
        DirectoryItem.codes.add({f"{on_wheel.letter}{check.period}"}),
        DirectoryItem.project.set(_PERIODS),
    ]
    with translated():
        DirectoryItem(_PERIODS).update(period)


def periods() -> list[tuple[str, int]]:
    """(letter, period in seconds) of every period that was ever in use."""
    with translated():
        try:
            found = DirectoryItem.get(_PERIODS).codes or ()
        except DirectoryItem.DoesNotExist:
            return []
    return sorted((text[0], int(text[1:])) for text in found)


def slots(letter: str, period: int, minute: int) -> list[str]:
    """The slots of a period that the minute with this number (minutes since 1970) serves."""
    phase = minute % max(period // MINUTE, 1)
    return [f"{letter}{period}#{phase}#{shard}" for shard in range(_Shards.wheel)]


def members(slot: str) -> Iterator[tuple[str, str]]:
    """(project, code) of what stands in a slot, in its order: nominations, as the index is eventually consistent."""
    with translated():
        for item in CheckItem.wheel_index.query(slot):
            yield item.project, item.code
