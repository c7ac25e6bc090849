"""What the queues carry, read once where it is taken out: looks (`probes`), judgements (`rules`), runs of
`commands`, and `chores`.

On the wire a message is a JSON object. A reader ignores fields that it does not know, and a writer leaves out fields
with their default value, so that two versions can stand at the two ends of one queue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

# (project, code) of checks.
Keys = tuple[tuple[str, str], ...]
Message = dict[str, Any]


def due(at: int, keys: Iterable[tuple[str, str]], *, fresh: bool = False) -> Message:
    """What the wheel sends to the queue of any kind: these checks are to be looked at, as of this moment (milliseconds
    since 1970). `fresh`: they were made or changed a moment ago."""
    return {"at": at, "checks": [list(key) for key in keys]} | ({"fresh": True} if fresh else {})


def _keys(message: Mapping[str, Any]) -> Keys:
    return tuple((project, code) for project, code in message["checks"])


@dataclass(frozen=True, slots=True)
class Look:
    """Probes are to look. `at` is the moment that is served (milliseconds since 1970), from which the ids of results
    follow. `here` asks one place alone, which asks no other. `attempt` counts the looks that a failure has had since
    the first, None for a look by the clock. `fresh` asks for a reading of the checks that sees every write. `followed`:
    the look that confirms a failure of this one has been asked for already."""

    at: int
    keys: Keys
    here: bool = False
    attempt: int | None = None
    fresh: bool = False
    followed: bool = False

    @property
    def next_attempt(self) -> int:
        """What `attempt` is of the look that confirms this one."""
        return (self.attempt or 0) + 1

    def to_message(self) -> Message:
        more: Message = {name: True for name in ("here", "followed") if getattr(self, name)}
        asked = due(self.at, self.keys, fresh=self.fresh)
        return asked | more | ({} if self.attempt is None else {"try": self.attempt})

    @classmethod
    def from_message(cls, message: Mapping[str, Any]) -> Look:
        here, fresh, followed = (bool(message.get(name)) for name in ("here", "fresh", "followed"))
        return cls(message["at"], _keys(message), here, message.get("try"), fresh, followed)


@dataclass(frozen=True, slots=True)
class Judge:
    """Rules are to be judged. `fresh` asks for a reading that sees every write; with `points` it is because some came
    at the moment `at` (milliseconds since 1970); `final`: they are judged when their
    bucket is over, so its points need not ask for that."""

    at: int
    keys: Keys
    fresh: bool = False
    points: bool = False
    final: bool = False

    def to_message(self) -> Message:
        asked = {"fresh": self.fresh, "points": self.points, "final": self.final}
        return due(self.at, self.keys) | {name: True for name, value in asked.items() if value}

    @classmethod
    def from_message(cls, message: Mapping[str, Any]) -> Judge:
        asked = (bool(message.get(name)) for name in ("fresh", "points", "final"))
        return cls(message.get("at", 0), _keys(message), *asked)


@dataclass(frozen=True, slots=True)
class RunCommands:
    """Commands are to be run, as of the moment `at` (milliseconds since 1970), for the entities whose ids lie from
    `low` on and before `high`; both are empty for all."""

    at: int
    keys: Keys
    low: str = ""
    high: str = ""

    def to_message(self) -> Message:
        more: Message = {name: value for name in ("low", "high") if (value := getattr(self, name))}
        return due(self.at, self.keys) | more

    @classmethod
    def from_message(cls, message: Mapping[str, Any]) -> RunCommands:
        return cls(message["at"], _keys(message), message.get("low", ""), message.get("high", ""))


@dataclass(frozen=True, slots=True)
class RunTrial:
    """A trial run that was asked for is to be done. It comes in the queue of the commands."""

    project: str
    trial: str

    def to_message(self) -> Message:
        return {"project": self.project, "trial": self.trial}

    @staticmethod
    def is_message(message: Mapping[str, Any]) -> bool:
        return "trial" in message

    @classmethod
    def from_message(cls, message: Mapping[str, Any]) -> RunTrial:
        return cls(message["project"], message["trial"])


@dataclass(frozen=True, slots=True)
class Purge:
    """The history of a check goes, unless that still stands; without a `project` also of anything else."""

    owner: str
    project: str = ""


@dataclass(frozen=True, slots=True)
class ClearChannel:
    """A channel that has been deleted by now is taken off the checks that still name it, and its log goes."""

    project: str
    channel: str


@dataclass(frozen=True, slots=True)
class FreeDependants:
    """A device that may have been deleted by now is no longer the master of those that still name it."""

    project: str
    master: str


@dataclass(frozen=True, slots=True)
class SumDay:
    """The results of a probe's day that is over are summed."""

    code: str
    day: date


@dataclass(frozen=True, slots=True)
class RollUp:
    """An hour of series that is over is packed and summed; `hour` is the second at which it began (Unix time)."""

    project: str
    series: tuple[str, ...]
    hour: int


@dataclass(frozen=True, slots=True)
class PurgeSeries:
    """The points of a series go, in the edition that was deleted `at` that moment (seconds since 1970), when the
    project had seen so many `deletions`."""

    project: str
    series: str
    edition: str = ""
    at: int = 0
    deletions: int = 0


@dataclass(frozen=True, slots=True)
class Inherit:
    """The checks of an alert definition, and of those that inherit from it, are to be as the definitions say."""

    project: str
    number: int


@dataclass(frozen=True, slots=True)
class FollowBoard:
    """The checks of a dashboard's panels are to be as it says, and go with it."""

    project: str
    number: int


@dataclass(frozen=True, slots=True)
class SettleDowntime:
    """The alerts of a downtime come to have what it says, or lose it if it is gone."""

    project: str
    downtime: str


@dataclass(frozen=True, slots=True)
class Regroup:
    """A group of people, what is known of one of them, or what a channel is called has changed: alerts that name groups
    or channels are told to whoever is meant now."""

    project: str


@dataclass(frozen=True, slots=True)
class DropChannels:
    """The channels of an alert, known by the code of its check, that it does not name any more go, unless somebody is
    still to hear a last word through them. It has been tried so often before."""

    project: str
    check: str
    tries: int = 0


@dataclass(frozen=True, slots=True)
class GiveNumbers:
    """Checks or channels, as the noun says, that are without a number are given one."""

    project: str
    noun: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EmptyProject:
    """Everything in a project that was closed goes, and it with it."""

    project: str


Chore = (
    EmptyProject
    | Purge
    | ClearChannel
    | DropChannels
    | FollowBoard
    | FreeDependants
    | Inherit
    | Regroup
    | SumDay
    | RollUp
    | PurgeSeries
    | SettleDowntime
    | GiveNumbers
)

_NAMES: dict[type[Chore], str] = {
    EmptyProject: "empty_project",
    Purge: "purge",
    ClearChannel: "clear_channel",
    FreeDependants: "free_dependants",
    Inherit: "inherit",
    FollowBoard: "follow_board",
    Regroup: "regroup",
    DropChannels: "drop_channels",
    SumDay: "sum_day",
    RollUp: "roll_up",
    PurgeSeries: "purge_series",
    SettleDowntime: "settle_downtime",
    GiveNumbers: "give_numbers",
}
_CHORES = {name: kind for kind, name in _NAMES.items()}
# Types of fields that are something else in JSON, and how they are read.
_READ: dict[str, Callable[[Any], Any]] = {"date": date.fromisoformat, "tuple[str, ...]": tuple}


def of_chore(chore: Chore) -> Message:
    """A chore as the queue `chores` carries it."""
    found: Message = {"do": _NAMES[type(chore)]}
    for field in fields(chore):
        value = getattr(chore, field.name)
        found[field.name] = value.isoformat() if isinstance(value, date) else value
    return found


def chore_of(message: Mapping[str, Any]) -> Chore | None:
    """The chore in a message, None for one of another sort."""
    kind = _CHORES.get(message["do"])
    if kind is None:
        return None
    known = {field.name: field.type for field in fields(kind) if field.name in message}
    return kind(**{name: _READ.get(str(type_), _same)(message[name]) for name, type_ in known.items()})


def _same(value: Any) -> Any:
    return value
