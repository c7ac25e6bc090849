"""Instances: the members of an alert that have a status of their own, such as the entities that it is about. Pure.

An instance is a check in its own right: it is decided on, has flips and is told like any other. Its code says what it
belongs to, `i#<code of its parent>#<entity>`; who hears of it, and when nobody does, is its parent's to say. It has no
address and no place in lists of checks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.core import kinds
from chalicelib.core.check import INSTANCE, Check, entity_of, parent_of
from chalicelib.core.silence import Silence, SilencedUntil, of_entity, silenced_until
from chalicelib.core.status import Change

# A range key ends at 1,024 bytes, and other keys than its own hold the code of an instance.
ENTITY_MAX = 800


def code_of(parent: str, entity: str) -> str:
    """The code of the instance of a check for an entity."""
    return f"{INSTANCE}{parent}#{entity}"


def codes_of(parent: str) -> tuple[str, str]:
    """Between these lie the codes of all instances of a check."""
    return f"{INSTANCE}{parent}#", f"{INSTANCE}{parent}$"


def new(parent: Check, entity: str, now: datetime) -> Check:
    """An instance of a check that has no status yet."""
    return Check(parent.project, code_of(parent.code, entity), now, parent.kind)


def as_decided(instance: Check, parent: Check) -> Check:
    """An instance as it is decided on: with the silences that stand at its check, so that its flips say when they came
    during one. They are no part of it, and a decision on it does not write them; nobody needs to copy them when an
    instance is born, nor to take them off it."""
    return replace(instance, silences=_silences(instance, parent))


def _silences(instance: Check, parent: Check) -> tuple[Silence, ...]:
    """Nobody is told of an instance whose check is paused: it ends when that is looked at the next time."""
    found = (*instance.silences, *of_entity(parent.silences, entity_of(instance.code)))
    if parent.status != "paused" or parent.since is None:
        return found
    return (*found, Silence(parent.code, parent.since, None, "pause"))


def silenced_as_whole(parent: Check, down: Iterable[str], at: datetime) -> SilencedUntil | None:
    """Until when nobody is told that a check is down as a whole: as long as each of its instances that are down, by
    their entities, is silenced by itself."""
    ends = [silenced_until(of_entity(parent.silences, name), at) for name in down]
    if not ends or None in ends:
        return None
    return SilencedUntil(min((one.until for one in ends if one and one.until), default=None))


def whole_as_decided(parent: Check, down: Sequence[str], at: datetime) -> Check:
    """A check as it is decided on as a whole, when these of its instances are down: a flip to down says that it came
    during a silence if all of them are silenced, one to up if any instance is."""
    silenced = silenced_as_whole(parent, down, at) if down else next(_of_some(parent, at), None)
    laid = Silence(parent.code, at, None, "instances")
    return replace(parent, silences=(*parent.silences, laid)) if silenced else parent


def _of_some(parent: Check, at: datetime) -> Iterator[SilencedUntil]:
    whole = (replace(one, entities=()) for one in parent.silences if one.entities)
    return (found for one in whole if (found := silenced_until([one], at)))


def freed(change: Change) -> bool:
    """Whether a change of a check may have ended what kept back news of its instances."""
    runs_again = change.before.status == "paused" != change.after.status
    return (change.unheld or runs_again) and kinds.of(change.after).instanced


def told_among(known: Mapping[str, Check], code: str) -> Check | None:
    """The check of this code, or the instance with what its check decides for it, among these by their codes; None if
    it, or the check of an instance, is not among them."""
    check, parent = known.get(code), parent_of(code)
    if not parent or check is None:
        return check
    return as_told(check, known[parent]) if parent in known else None


def as_told(instance: Check, parent: Check) -> Check:
    """An instance as it is told: with the definition of its parent, and both their silences. What it is decided on is
    the instance itself."""
    return replace(
        parent,
        code=instance.code,
        created=instance.created,
        name=instance.name or f"{parent.name} on {entity_of(instance.code)}",
        desc=instance.desc or parent.desc,
        silences=_silences(instance, parent),
        suspicion=instance.suspicion,
        last_result=instance.last_result,
        breaching=instance.breaching,
        met=instance.met,
        error=instance.error,
        value=instance.value,
        quiet=instance.quiet,
        holds=instance.holds,
        status=instance.status,
        since=instance.since,
        version=instance.version,
    )
