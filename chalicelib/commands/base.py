"""What a check command gets of the world, and how it says what went wrong."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NoReturn

from chalicelib.core.credentials import Credential
from chalicelib.core.entities import Entity
from chalicelib.core.errors import Invalid, TocsinError
from chalicelib.net.lookups import Resolver
from chalicelib.probes import failures
from chalicelib.probes.base import Failed
from chalicelib.probes.connection import Session

# Seconds that a command waits for a host unless it says otherwise.
TIMEOUT = 10.0


class CommandError(TocsinError):
    """What a command could not do, in words for whoever wrote it. They hold no secret."""


class HttpError(CommandError):
    """A request over HTTP failed, or its answer was an error or not what it should be."""


def _nowhere(*_: object) -> NoReturn:
    raise CommandError("there is nothing to read here")


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """How commands come to what is kept. Moments are seconds since 1970.

    `history` gets check, entity, from and to; it answers the (moment, value) of the results between, in order.
    `results` gets check, entity and a count; it answers the newest so many of the entity, newest first, or the newest
    of every entity where that is None, each with entity, ts, td and value.
    `metrics` gets a target of Graphite's, from and to; it answers the (moment, value) of each series by its name.
    `swap` gets a key, a value and its moment; it answers those that were kept under the key before, and keeps these.
    `coverage` gets filters and answers the entities that they match, with the alerts of each.
    """

    entities: Callable[[], Iterable[Entity]] = _nowhere
    coverage: Callable[[Sequence[Mapping[str, Any]]], list[Any]] = _nowhere
    history: Callable[[str, str, float, float], Iterable[tuple[float, Any]]] = _nowhere
    metrics: Callable[[str, float, float], Mapping[str, Sequence[tuple[float, float | None]]]] = _nowhere
    results: Callable[[str, str | None, int], Sequence[Mapping[str, Any]]] = _nowhere
    swap: Callable[[str, float, float], tuple[float, float] | None] = _nowhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One run of a check's command on an entity.

    `check` is the id of the check, `interval` its seconds between two runs. The run is over when `clock` shows `ends`.
    `networks` are those that the owner opens beside the public ones; `resolve` and `authorities` are as in a Session.
    `region` is where AWS is asked unless a command says otherwise; `aws` the address at which all of AWS is, where it
    is another than Amazon's.
    """

    entity: Entity
    check: str
    interval: int
    ends: float
    networks: tuple[str, ...] = ()
    credentials: tuple[Credential, ...] = ()
    readers: Readers = field(default_factory=Readers)
    resolve: Resolver | None = None
    authorities: str | None = None
    region: str = ""
    aws: str = ""
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def session(self, seconds: object = TIMEOUT) -> Session:
        """The way out to a host, for so many seconds at most. Raises CommandError when the run's time is over."""
        left = self.ends - self.clock()
        if left <= 0:
            raise CommandError("the time of the check is over")
        return Session(
            min(duration(seconds), left),
            self.networks,
            clock=self.clock,
            now=self.now,
            resolve=self.resolve,
            authorities=self.authorities,
        )

    def credential(self, kind: str, host: str, name: str = "") -> Credential | None:
        """What may be used to log in at a host: of several that which is for the fewest others."""
        of_kind = [one for one in self.credentials if one.kind == kind and name in ("", one.name) and one.fit(host)]
        return max(of_kind, key=lambda one: one.fit(host), default=None)

    def own(self, name: str, given: object, command: str) -> Any:
        """An argument, or what the entity has under its name. Raises CommandError for neither."""
        found = given if given is not None else self.entity.get(name)
        if found in (None, ""):
            raise CommandError(f"{command}() needs {name}: the entity has none")
        return found

    def moment(self) -> float:
        """Now, in seconds since 1970."""
        return self.now().timestamp()


def duration(seconds: object) -> float:
    """A time limit that a command was given. Raises CommandError."""
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not 0 < seconds < 86_400:
        raise CommandError("a timeout must be a number of seconds above 0")
    return float(seconds)


def whole(value: object, name: str, low: int, high: int) -> int:
    """A whole number that a command was given. Raises CommandError."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise CommandError(f"{name} must be a whole number from {low} to {high}")
    return value


def number(value: object, name: str) -> float:
    """A number that a command was given. Raises CommandError."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise CommandError(f"{name} must be a number")
    return value


def text(value: object, name: str, limit: int = 10_000) -> str:
    """A text that a command was given. Raises CommandError."""
    if not isinstance(value, str) or len(value) > limit:
        raise CommandError(f"{name} must be a text of at most {limit} characters")
    return value


@contextmanager
def asking(what: str, session: Session, error: type[CommandError] = CommandError) -> Iterator[None]:
    """Whatever goes wrong with a host becomes an error of the command, in the words of the probes."""
    try:
        yield
    except Failed as failed:
        raise error(f"{what}: {failed.text}") from None
    except Invalid as invalid:
        raise error(f"{what}: {invalid}") from None
    except OSError as failure:
        raise error(f"{what}: {failures.words(failure, _roughly(session.seconds))}") from None


def _roughly(seconds: float) -> float:
    """What was left of a run is another fraction of a second each time; what is told stays the same."""
    return round(seconds, 0 if seconds >= 1 else 1)
