"""When the deadlines were last looked at: one item of the directory."""

from __future__ import annotations

from datetime import datetime

from chalicelib.store.faults import translated
from chalicelib.store.models import DirectoryItem

_KEY = "sweep"


def last() -> datetime | None:
    """When the last sweep that came to its end had begun (a strong read); None before the first."""
    with translated():
        try:
            return DirectoryItem.get(_KEY, consistent_read=True).until
        except DirectoryItem.DoesNotExist:
            return None


def note(began: datetime) -> None:
    """A sweep that had begun at this moment has come to its end."""
    with translated():
        DirectoryItem(_KEY).update([DirectoryItem.until.set(began), DirectoryItem.project.set(_KEY)])
