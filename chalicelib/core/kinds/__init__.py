"""What can have a status: one module for each kind of check, the only place that knows how it differs from the others.

To add a kind: a module that is a `base.Kind`, and its name in `_ALL`.
"""

from __future__ import annotations

from chalicelib.core.check import Check
from chalicelib.core.kinds import evaluation, heartbeat, panel, probe, rule
from chalicelib.core.kinds.base import Kind, Listed, Wheel

__all__ = ["KINDS", "Kind", "Listed", "Wheel", "alone_as", "label", "of", "wheel_of"]

UNNAMED = "Unnamed check"

_ALL: tuple[Kind, ...] = (heartbeat, probe, rule, evaluation, panel)

KINDS: dict[str, Kind] = {kind.name: kind for kind in _ALL}


def of(check: Check) -> Kind:
    """The kind of a check. Raises KeyError if it is of a later version of this program."""
    return KINDS[check.kind]


def label(check: Check) -> str:
    """What a person calls it: its name or nickname; of an unnamed check what it looks at. No part of its code: whoever
    knows that can ping."""
    return check.name or check.nickname or of(check).place(check) or UNNAMED


def alone_as(check: Check) -> str:
    """The name that no other check of its kind may have in the project; empty where names may repeat, as those of
    instances may."""
    return check.name if of(check).unique_names and not check.parent else ""


def wheel_of(letter: str) -> Wheel | None:
    """How the kind whose slots on the wheel begin with this letter is queued; None if there is no such kind."""
    wheels = (kind.wheel for kind in KINDS.values() if kind.wheel)
    return next((wheel for wheel in wheels if wheel.letter == letter), None)
