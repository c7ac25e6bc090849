"""Commands: what is measured, how often, and of which entities (ZMON's check definitions). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.core.wheel import Member

ACTIVE, INACTIVE = "ACTIVE", "INACTIVE"
# The letter of those who run commands on the wheel, and how the codes of commands begin there.
LETTER = "c"
MEMBER = "m#"

# What a filter asks of an entity: keys and the values that they must have.
Filter = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Command:
    """`number` is its id, `text` the program, `interval` whole seconds, `filters` the entities that it is run for.
    `runs` says that it is ACTIVE."""

    project: str
    number: int
    name: str
    text: str
    interval: int
    filters: tuple[Filter, ...]
    runs: bool = True

    @property
    def member(self) -> Member | None:
        """Its place on the wheel; None while it does not run."""
        return Member(LETTER, member_code(self.number), self.interval) if self.runs else None


@dataclass(frozen=True, slots=True)
class Value:
    """What a command found for an entity: `at` is the moment that was served, `took` the seconds that it took, `value`
    any JSON; with `failed` the text of the error."""

    at: datetime
    took: float
    value: Any
    failed: bool = False


def member_code(number: int) -> str:
    """The code of a command on the wheel."""
    return f"{MEMBER}{number}"


def number_of(code: str) -> int:
    """The number of the command that has this code on the wheel. Raises ValueError for any other code."""
    if not code.startswith(MEMBER):
        raise ValueError(f"{code} is no command")
    return int(code.removeprefix(MEMBER))


def command_of(project: str, number: int, document: Mapping[str, Any]) -> Command:
    """The command that a check definition describes (ZMON, Check Definitions)."""
    return Command(
        project,
        number,
        name=document["name"],
        text=document["command"],
        interval=document["interval"],
        filters=tuple(document["entities"]),
        runs=document["status"] == ACTIVE,
    )
