"""The receipts of text messages, by which SNS names them when they failed, and up to when its log has been read.

A text message takes no postmark with it, so it is kept here for as long as carriers try (three days) and some more.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from chalicelib.core import postmark
from chalicelib.core.postmark import Postmark
from chalicelib.store.faults import translated
from chalicelib.store.history_models import HistoryItem
from chalicelib.store.models import DirectoryItem

KEEP = timedelta(days=7)

_KEY = "M#"
_READ = "text messages"


def keep(receipt: str, mark: Postmark) -> None:
    """Keeps the postmark of the message with this receipt."""
    expires = int((mark.sent + KEEP).timestamp())
    with translated():
        HistoryItem(_owner(receipt), _KEY, expires=expires, data=mark.tags()).save()


def find(receipt: str, now: datetime) -> Postmark | None:
    """The postmark of the message with this receipt; None where it was no message of this installation."""
    with translated():
        try:
            item = HistoryItem.get(_owner(receipt), _KEY, consistent_read=True)
        except HistoryItem.DoesNotExist:
            return None
    return postmark.from_tags(item.data) if item.expires > now.timestamp() else None


def read_until() -> datetime | None:
    """Up to when the log of failures has been read."""
    with translated():
        try:
            return DirectoryItem.get(_READ, consistent_read=True).until
        except DirectoryItem.DoesNotExist:
            return None


def note_read(until: datetime) -> None:
    with translated():
        DirectoryItem(_READ).update([DirectoryItem.until.set(until), DirectoryItem.project.set(_READ)])


def _owner(receipt: str) -> str:
    return f"sent#{receipt}"
