"""A heartbeat with a channel, and ways to break AWS at any call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count, groupby
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.core.check import Channel, Check, Flip, PingKind, Signal
from chalicelib.monitor.intake import pings
from chalicelib.monitor.managing import channels
from chalicelib.monitor.managing import checks as manage
from chalicelib.monitor.managing.projects import Keyring
from chalicelib.monitor.services import Services
from chalicelib.store import checks, history
from tests import intercepted
from tests.conftest import NOW, Clock
from tests.sent import Sent


@dataclass
class Heartbeat:
    """A check with a period and a grace of a minute each, and the e-mail channel it tells."""

    services: Services
    project: str
    code: str
    channel: Channel

    def ping(self, kind: PingKind = "success", **more: Any) -> str:
        signal = Signal(kind, self.services.clock(), **more)
        return pings.receive(self.services, pings.Address(code=self.code), signal)

    @property
    def now(self) -> Check:
        return checks.get(self.project, self.code)

    @property
    def flips(self) -> list[tuple[str, str]]:
        """(old, new) of every flip, oldest first."""
        return [(flip.old, flip.new) for flip in self.flip_records]

    @property
    def flip_records(self) -> list[Flip]:
        now = self.services.clock()
        found = history.flips(self.project, self.code, NOW.replace(year=2020), NOW.replace(year=2040), now)
        return found[::-1]


@pytest.fixture
def heartbeat(services: Services, keyring: Keyring) -> Heartbeat:
    project = keyring.project
    channel = channels.create(services, project, "email", "Ops", {"address": "ops@example.org"}, 0)
    values = {"name": "Backups", "timeout": 60, "grace": 60, "channels": (channel.code,)}
    check = manage.create(services, project, values)
    return Heartbeat(services, project.code, check.code, channel)


class Killed(BaseException):
    """The process ended here: nothing that comes after ran, no handler saw it."""


def in_turn(sent: Sent) -> list[str]:
    """The subjects of the mails as a reader meets them, one for those that came twice in a row."""
    return [subject for subject, _ in groupby(sent.subjects)]


def unavailable() -> ClientError:
    return ClientError({"Error": {"Code": "InternalServerError", "Message": "out of order"}}, "AnyOperation")


def strikes(calls: int) -> list[Any]:
    """(call, after) for faults at each call, before its effect and after it. Every fifth is quick enough for all days:
    before the first call, after the third, before the sixth."""
    every = [(call, after) for call in range(1, calls + 1) for after in (False, True)]
    return [pytest.param(*one, marks=pytest.mark.long if place % 5 else ()) for place, one in enumerate(every)]


def deaths(calls: int) -> list[Any]:
    """The calls at each of which a process ends; every third is quick enough for all days."""
    return [pytest.param(call, marks=pytest.mark.long if call % 3 else ()) for call in range(1, calls + 1)]


@contextmanager
def trouble(at_call: int, error: Callable[[], BaseException], *, after: bool) -> Iterator[list[str]]:
    """Raises `error` at the `at_call`-th call to AWS, before it is made or after it was. Lists the calls made, without
    the question for a queue's address, which a process asks once."""
    calls: list[str] = []

    def counted(make: intercepted.Make, operation: str, arguments: dict[str, Any]) -> Any:
        if operation == "GetQueueUrl":
            return make(operation, arguments)
        calls.append(operation)
        strikes = len(calls) == at_call
        if strikes and not after:
            raise error()
        answer = make(operation, arguments)
        if strikes:
            raise error()
        return answer

    with intercepted.calls(counted):
        yield calls


@contextmanager
def interrupted(at_call: int, meanwhile: Callable[[], object]) -> Iterator[None]:
    """Something happens before the `at_call`-th call to AWS."""
    made = count(1)

    def counted(make: intercepted.Make, operation: str, arguments: dict[str, Any]) -> Any:
        if next(made) == at_call:
            meanwhile()
        return make(operation, arguments)

    with intercepted.calls(counted):
        yield


@pytest.fixture
def overdue(heartbeat: Heartbeat, clock: Clock) -> Heartbeat:
    """The heartbeat was pinged once, and its deadline is now."""
    heartbeat.ping()
    clock.move(minutes=2)
    return heartbeat
