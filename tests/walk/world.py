"""The world of a walk: its clock, the AWS in memory, the processes that Lambda keeps, and when what runs.

One thing runs at a time. What sleeps (or is made to stand still) waits in a thread of its own for its moment, and the
rest goes on meanwhile; what runs is always decided by the walk's random numbers and never by the machine.
"""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from tests.walk import faults
from tests.walk.dynamo import Dynamo, refusal
from tests.walk.faults import READS, Killed, Plan
from tests.walk.memory import Memory
from tests.walk.outside import Outside
from tests.walk.queues import Queue, Queues

# So many invocations are more than any walk needs: something feeds itself.
ENOUGH = 3_000
START = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC).timestamp()
# A sleep of less is passed over by moving the clock.
NAP = 0.9


class Storm(Exception):
    """There is no end to what runs."""


@dataclass
class Section:
    """A stretch of time in which the `at`-th call to AWS, whoever makes it, meets a fault."""

    kind: str
    at: int
    count: int = 0


@dataclass
class Process:
    """One process of Lambda: what it remembers and by how much its clock is wrong."""

    skew: float = 0.0
    memory: dict[int, Any] | None = None
    busy: bool = False


@dataclass
class Invocation:
    """One run of a function, from the moment `began`. `struck` is the fault that it met, `dead` that its process
    ended."""

    name: str
    process: Process
    plan: Plan
    number: int
    began: float = 0.0
    calls: int = 0
    struck: str = ""
    dead: bool = False
    failure: BaseException | None = None
    answer: Any = None


@dataclass(order=True)
class Waiting:
    """Somebody asleep, and how to wake them."""

    at: float
    number: int
    strand: Strand = field(compare=False)


class Strand(threading.Thread):
    """A thread that takes turns with the walk's own: it runs while `run_on` waits."""

    def __init__(self, world: World) -> None:
        super().__init__(daemon=True)
        self._world = world
        self._turn, self._back = threading.Semaphore(0), threading.Semaphore(0)
        self.job: Callable[[], None] = lambda: None
        self.invocation: Invocation | None = None
        self.done = False
        self.start()

    def run(self) -> None:
        while True:
            self._turn.acquire()
            self.job()
            self.done = True
            self._back.release()

    def run_on(self) -> None:
        """Lets the strand run until it sleeps or is done."""
        self._turn.release()
        self._back.acquire()

    def sleep_until(self, at: float) -> None:
        """Called by the strand itself."""
        self._world.wait(at, self)
        self.park()

    def park(self) -> None:
        """Called by the strand itself: it goes on when somebody has it run on."""
        self._back.release()
        self._turn.acquire()


class World:
    """`functions` maps each function of the app to itself; what calls them is told by `schedule` and `listen`."""

    def __init__(self, memory: Memory, groups: frozenset[str], rate: float) -> None:
        self.now = START
        self.memory, self.groups, self.rate = memory, groups, rate
        self.random = Random(0)
        self.dynamo = Dynamo(lambda: self.now)
        self.queues = Queues(lambda: self.now)
        self.queues.fate = lambda queue: faults.fate(queue, self.random, self.groups, self.rate)
        self.outside = Outside(lambda: self.now, self.sleep)
        self.outside.invocation = lambda: self.running
        self.outside.comes_back = self.queues.put
        self.running: Invocation | None = None
        self.meanwhile: Callable[[], None] = lambda: None
        self.finished: Callable[[Invocation], None] = lambda _: None
        self.stopped_until = 0.0
        self.section: Section | None = None
        self.invocations = 0
        self.story: list[str] = []
        self._strand: Strand | None = None
        self._strands: list[Strand] = []
        self._waiting: list[Waiting] = []
        self._numbers = itertools.count(1)
        self._processes: dict[str, list[Process]] = {}
        self._schedules: list[list[Any]] = []
        self._listeners: dict[str, tuple[str, Callable[[list[Any]], Any], int]] = {}
        self._inside = False

    # Time

    def clock(self) -> datetime:
        """What the running process takes for the time."""
        skew = self.running.process.skew if self.running else 0.0
        return datetime.fromtimestamp(self.now + skew, UTC)

    def sleep(self, seconds: float) -> None:
        """The sleep of whatever runs now."""
        if self.running and self.running.dead:
            raise Killed
        if self._strand is None or seconds < NAP:
            self.now += max(seconds, 0.0)
            return
        self._strand.sleep_until(self.now + seconds)

    def wait(self, at: float, strand: Strand) -> None:
        heapq.heappush(self._waiting, Waiting(at, next(self._numbers), strand))

    def schedule(self, name: str, period: float, call: Callable[[float], Any], jitter: float) -> None:
        """Has `call` called every `period` seconds, so many behind the full period, with the moment it is for."""
        first = (self.now // period + 1) * period + jitter
        self._schedules.append([first, name, period, call])

    def is_each_minute(self, name: str) -> bool:
        return any(entry[1] == name and entry[2] <= 60 for entry in self._schedules)

    def listen(self, queue: str, name: str, call: Callable[[list[Any]], Any], at_most: int) -> None:
        """Has `call` called with the messages of a queue as they come."""
        self._listeners[queue] = (name, call, at_most)

    def advance(self, seconds: float) -> None:
        """Lets time pass and everything happen that falls into it."""
        end = self.now + seconds
        while True:
            at, happen = self._next()
            if at > end:
                break
            self.now = max(self.now, at)
            happen()
        self.now = max(self.now, end)

    def _next(self) -> tuple[float, Callable[[], None]]:
        """When something happens next, and what."""
        found: tuple[float, Callable[[], None]] = (float("inf"), lambda: None)
        for entry in self._schedules:
            if entry[0] < found[0]:
                found = (entry[0], lambda entry=entry: self._fire(entry))  # type: ignore[misc]
        if self._waiting and self._waiting[0].at < found[0]:
            found = (self._waiting[0].at, self._wake)
        for name in self._listeners:
            queue = self.queues.queues[name]
            at = queue.next_at
            if at is not None and at < found[0]:
                found = (at, lambda queue=queue: self._hand_out(queue))  # type: ignore[misc]
        return found

    def _fire(self, entry: list[Any]) -> None:
        at, name, period, call = entry
        entry[0] = at + period
        if at < self.stopped_until:
            return
        self._in_strand(name, lambda: call(at // period * period), self.plan())

    def _wake(self) -> None:
        self._resume(heapq.heappop(self._waiting).strand)

    def _hand_out(self, queue: Queue) -> None:
        """Gives a batch of messages to the function that listens. Some are lost on the way, doubled or late, where that
        is allowed: those of nudges, which may."""
        name, call, at_most = self._listeners[queue.name]
        messages = self.queues.receive(queue, self.random.randint(1, at_most))
        if at_most > 1:
            self.random.shuffle(messages)
        received = self.now

        def handle() -> None:
            plan = self.plan()
            outcome = self.invoke(name, lambda: call(messages), plan)
            failed = messages
            if outcome.failure is None:
                told = outcome.answer.get("batchItemFailures", []) if isinstance(outcome.answer, dict) else []
                again = {one["itemIdentifier"] for one in told}
                failed = [message for message in messages if f"m{message.number}" in again]
            self.queues.give_back(queue, failed, received)

        handle()

    # Processes and invocations

    def plan(self) -> Plan:
        """What goes wrong in the next invocation."""
        return faults.draw(self.random, self.groups, self.rate)

    def _process(self, name: str) -> Process:
        """A free process of a function: one of those it has, or a new one."""
        self.invocations += 1
        if self.invocations > ENOUGH:
            raise Storm
        known = self._processes.setdefault(name, [])
        free = [process for process in known if not process.busy]
        if free and (len(known) > 1 or self.random.random() < 0.7):
            return self.random.choice(free)
        skew = self.random.uniform(-1.0, 1.0) if "skew" in self.groups else 0.0
        process = Process(skew)
        known.append(process)
        return process

    def invoke(self, name: str, call: Callable[[], Any], plan: Plan) -> Invocation:
        """Runs a function here and now."""
        invocation = Invocation(name, self._process(name), plan, next(self._numbers), self.now)
        outer, outer_strand = self.running, self._strand
        self._strand = None
        self._enter(invocation)
        self._run(invocation, call)
        self._leave(invocation)
        self._strand = outer_strand
        self._enter(outer)
        return invocation

    def _in_strand(self, name: str, call: Callable[[], Any], plan: Plan) -> None:
        """Runs a function that may sleep; returns when it does or is done."""
        invocation = Invocation(name, self._process(name), plan, next(self._numbers), self.now)
        strand = self._strands.pop() if self._strands else Strand(self)
        strand.invocation, strand.done = invocation, False
        strand.job = lambda: self._run(invocation, call)
        self._resume(strand)

    def _resume(self, strand: Strand) -> None:
        outer, outer_strand = self.running, self._strand
        invocation = strand.invocation
        assert invocation is not None
        self._strand = strand
        self._enter(invocation)
        strand.run_on()
        if strand.done:
            self._leave(invocation)
            self._strands.append(strand)
        self._strand = outer_strand
        self._enter(outer)

    def _enter(self, invocation: Invocation | None) -> None:
        """Makes the memory of the process that runs the one that the app sees."""
        if self.running is not None:
            self.running.process.memory = self.memory.taken()
        self.running = invocation
        if invocation is not None:
            invocation.process.busy = True
            self.memory.put(invocation.process.memory)

    def _leave(self, invocation: Invocation) -> None:
        invocation.process.busy = False
        if invocation.dead:
            for known in self._processes.values():
                if invocation.process in known:
                    known.remove(invocation.process)

    def _run(self, invocation: Invocation, call: Callable[[], Any]) -> None:
        try:
            invocation.answer = call()
        except Killed as death:
            invocation.failure, invocation.dead = death, True
        except Exception as error:  # noqa: BLE001
            invocation.failure = error
        self.finished(invocation)

    # Calls to AWS

    def call(self, service: str, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        """Any call to AWS, with the faults that the running invocation is to meet."""
        invocation = self.running
        if invocation is None:
            return self._served(service, operation, request)
        if invocation.dead:
            raise Killed
        invocation.calls += 1
        plan = invocation.plan
        self.dynamo.page = plan.page
        self.dynamo.lag = lambda index: plan.lag[0 if index else 1]
        if invocation.calls == plan.meanwhile and not self._inside:
            self._something_else()
        now = self._section_strikes(service)
        if now:
            return self._struck(now, invocation, service, operation, request)
        if plan.kind and self._strikes(plan, invocation, service):
            return self._struck(plan.kind, invocation, service, operation, request)
        return self._served(service, operation, request)

    def _something_else(self) -> None:
        self._inside = True
        try:
            self.meanwhile()
        finally:
            self._inside = False
            plan = self.running.plan if self.running else Plan()
            self.dynamo.page, self.dynamo.lag = plan.page, lambda index: plan.lag[0 if index else 1]

    def _section_strikes(self, service: str) -> str:
        """The fault that this call meets because it is made now."""
        section = self.section
        if section is None:
            return ""
        section.count += 1
        if section.kind == "outage":
            return "outage" if service == "dynamodb" else ""
        return section.kind if section.count == section.at else ""

    def _strikes(self, plan: Plan, invocation: Invocation, service: str) -> bool:
        if plan.kind == "outage":
            return service == "dynamodb"
        if plan.kind == "short outage":
            return service == "dynamodb" and plan.at <= invocation.calls < plan.at + 4
        return invocation.calls == plan.at

    def _struck(
        self, kind: str, invocation: Invocation, service: str, operation: str, request: dict[str, Any]
    ) -> dict[str, Any]:
        error = faults.strike(kind, service, operation, request)
        if error is not None:
            invocation.struck = kind
            invocation.dead = isinstance(error, Killed)
            raise error
        if kind == "unprocessed":
            return self._in_part(invocation, service, operation, request)
        lost = faults.after(kind, service, operation)
        if kind == "repeated" and operation not in READS and operation != "TransactWriteItems" and service != "sns":
            invocation.struck = kind
            self._served(service, operation, request)
            if service == "sesv2":
                self.outside.unlearned()
        answer = self._served(service, operation, request)
        if lost is not None:
            invocation.struck = kind
            invocation.dead = isinstance(lost, Killed)
            if service in ("sesv2", "sns"):
                self.outside.unlearned()
            raise lost
        return answer

    def _in_part(self, invocation: Invocation, service: str, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        rest, told = faults.shortened(operation, request)
        answer = self._served(service, operation, rest) | told
        if told or operation == "BatchGetItem":
            invocation.struck = "unprocessed"
        return faults.unprocessed(operation, rest, answer)

    def _served(self, service: str, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        if service == "dynamodb":
            return self.dynamo.call(operation, request)
        if service == "sqs":
            return self.queues.call(operation, request)
        if service in ("sesv2", "sns"):
            return self.outside.call(service, operation, request)
        raise refusal(operation, "UnknownService", service)

    def passed(self) -> timedelta:
        return timedelta(seconds=self.now - START)
