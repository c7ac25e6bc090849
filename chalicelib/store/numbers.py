"""Numbers that stay: the integer ids by which some dialects know things. Counted for each project and noun from 1."""

from __future__ import annotations

from chalicelib.store.faults import translated
from chalicelib.store.models import DirectoryItem


def take(project: str, noun: str) -> int:
    """A number that nobody else has been or will be given for this noun. Those of what came to nothing are left out."""
    item = DirectoryItem(key_of(project, noun))
    with translated():
        item.update([DirectoryItem.made.add(1), DirectoryItem.project.set(project)])
    return int(item.made or 0)


def key_of(project: str, noun: str) -> str:
    """Where the directory counts the numbers of a noun."""
    return f"number#{project}#{noun}"
