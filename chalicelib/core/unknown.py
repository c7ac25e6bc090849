"""What is said of a field that nobody knows: the one that may be meant, and all that there are. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from chalicelib.core.errors import Invalid

SHOWN = 60


class Unknown(Invalid):
    """A field has no meaning. `known` are those that have one."""

    def __init__(self, before: str, name: str, known: Collection[str]) -> None:
        super().__init__(before + (name or '""'), unknown(name, known))
        self.name, self.known = name, known


def refuse(given: Iterable[object], known: Collection[str], *, before: str = "", beside: Collection[str] = ()) -> None:
    """Raises Unknown for the first name that is neither `known` nor among those that are let pass `beside` them. The
    fields stand behind `before` in the document."""
    for key in given:
        if key not in known and key not in beside:
            name = ascii(key)[1:-1][:SHOWN] if isinstance(key, str) else str(key)[:SHOWN]
            raise Unknown(before, name, known)


def unknown(name: str, known: Collection[str]) -> str:
    """That there is no such name, what it may be meant for, and which there are."""
    from difflib import get_close_matches  # only who is refused pays for it

    spelt = {one.lower(): one for one in known}
    near = get_close_matches(name.lower(), spelt, 1)
    return f"is unknown{f' (is {spelt[near[0]]} meant?)' if near else ''}; there are {', '.join(known)}"
