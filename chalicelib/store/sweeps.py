"""When the deadlines were last looked at, and when nobody looked: one item of the directory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pynamodb.expressions.update import Action

from chalicelib.core.away import ABSENCE, Away
from chalicelib.store.faults import Refused, translated
from chalicelib.store.models import DirectoryItem

_KEY = "sweep"


@dataclass(frozen=True, slots=True)
class Swept:
    """`last` is when the last sweep that came to its end had begun, `away` the last time in which none did, `told` the
    end of that one of which the owner was told last."""

    last: datetime | None = None
    away: Away | None = None
    told: datetime | None = None

    @property
    def owes(self) -> Away | None:
        """The absence of which the owner has not been told."""
        known = self.away is None or (self.told is not None and self.told > self.away.since)
        return None if known else self.away


def state() -> Swept:
    """As it is at this moment (a strong read)."""
    with translated():
        try:
            item = DirectoryItem.get(_KEY, consistent_read=True)
        except DirectoryItem.DoesNotExist:
            return Swept()
    known = item.attribute_values
    away = Away(known["away_since"], known["away_until"]) if "away_until" in known else None
    return Swept(known.get("until"), away, known.get("away_told"))


def absence(now: datetime) -> Away | None:
    """The last time in which nobody looked: it may last still. None if there was none."""
    found = state()
    if found.last and now - found.last > ABSENCE:
        return Away(found.last, now)
    return found.away


def note(began: datetime) -> None:
    """A sweep that had begun at this moment has come to its end."""
    with translated():
        DirectoryItem(_KEY).update([DirectoryItem.until.set(began), DirectoryItem.project.set(_KEY)])


def note_away(away: Away) -> None:
    """The monitor is back. Of two sweeps that find that out the later is believed: the first may not have come to its
    end."""
    actions: list[Action] = [DirectoryItem.away_since.set(away.since), DirectoryItem.away_until.set(away.until)]
    longer = (DirectoryItem.away_since == away.since) & (DirectoryItem.away_until < away.until)
    news = DirectoryItem.away_since.does_not_exist() | (DirectoryItem.away_since < away.since) | longer
    try:
        with translated():
            DirectoryItem(_KEY).update(actions, condition=news)
    except Refused:
        return


def note_told(away: Away) -> None:
    """The owner has been told of this absence."""
    with translated():
        DirectoryItem(_KEY).update([DirectoryItem.away_told.set(away.until)])
