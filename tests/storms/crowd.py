"""An account in which functions run at the same time, as they do when they are deployed.

Every call to AWS takes its time, and whoever waits for one lets the others run: the functions that are called with the
messages of a queue, ten at once, and the threads of each. One of them runs at any moment, and the order is that of the
simulated moments, so that the same seed takes the same course.
"""

from __future__ import annotations

import heapq
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError
from botocore.retries.standard import ThrottledRetryableChecker

from chalicelib import functions
from tests.simulated import (
    AT_FIRST,
    AT_MOST,
    CALLED_AGAIN,
    EXECUTIONS,
    MORE,
    QUEUE_CALL,
    SEND_CALL,
    START,
    STORE_CALL,
)
from tests.storms.senders import Sender
from tests.walk.faults import Plan
from tests.walk.memory import Memory
from tests.walk.queues import Queue
from tests.walk.world import Invocation, Process, Strand, World

TAKES = {"dynamodb": STORE_CALL, "sqs": QUEUE_CALL, "sesv2": SEND_CALL, "sns": SEND_CALL}
# How often a queue is looked into for who waits for a message, in seconds.
POLLS = 0.2
# What the clients of AWS send again by themselves.
_AGAIN = frozenset(ThrottledRetryableChecker._THROTTLED_ERROR_CODES)


class Job(Future[Any]):
    """Work given to a pool of threads: it runs in a strand of its own, and who asks for its result waits there."""

    def __init__(self, crowd: Crowd, work: Callable[[], Any]) -> None:
        super().__init__()
        self._crowd, self._work = crowd, work
        self.waiting: list[Strand] = []
        self.over: Callable[[], None] = lambda: None

    def do(self) -> None:
        try:
            self.set_result(self._work())
        except BaseException as error:  # noqa: BLE001
            # As a pool does: whoever asks for the result meets it.
            self.set_exception(error)
        self.over()
        for strand in self.waiting:
            self._crowd.wait(self._crowd.now, strand)

    def ended(self) -> None:
        """Waits until the work is done."""
        if not self.done():
            self._crowd.park(self)

    def result(self, timeout: float | None = None) -> Any:
        self.ended()
        return super().result(timeout)


class Pool:
    """What stands for a pool of threads: so many jobs run at once, the others wait for one of these to end."""

    def __init__(self, size: int) -> None:
        self.free, self.waiting, self.jobs = size, deque[Callable[[], None]](), list[Job]()

    def add(self, job: Job, begin: Callable[[], None]) -> None:
        self.jobs.append(job)
        job.over = self._next
        self.waiting.append(begin)
        self._begin()

    def _next(self) -> None:
        self.free += 1
        self._begin()

    def _begin(self) -> None:
        if self.free and self.waiting:
            self.free -= 1
            self.waiting.popleft()()


@dataclass
class Used:
    """What functions used: how many ran at the same time, and of each its seconds and its longest run."""

    most: int = 0
    seconds: Counter[str] = field(default_factory=Counter)
    longest: Counter[str] = field(default_factory=Counter)

    def begin(self, running: int) -> None:
        """Counts from now on."""
        self.most = running
        self.seconds.clear()
        self.longest.clear()

    def add(self, name: str, seconds: float) -> None:
        self.seconds[name] += seconds  # type: ignore[assignment]
        self.longest[name] = max(self.longest[name], seconds)  # type: ignore[assignment]


class Crowd(World):
    """`attempts` says how often the client of a service sends what is refused because of too much. `most` functions run
    at the same time. With `workers` it is no account but this machine, where each queue has so many."""

    def __init__(self, memory: Memory) -> None:
        super().__init__(memory, frozenset(), 0.0)
        self.senders: dict[str, Sender] = {}
        self.attempts: Callable[[str], int] = lambda _service: 1
        self.calls: Counter[str] = Counter()
        self.messages = 0
        self.executions = 0
        self.most: float = EXECUTIONS
        self.workers: int | None = None
        self.used = Used()
        # When the processor of a process is free.
        self._free: dict[int, float] = {}
        # What the clock called in vain: when it is called again, and how.
        self._later: list[tuple[float, int, Callable[[], None]]] = []
        # How many of each function are at work, and since when there has been one all the time.
        self._busy: Counter[str] = Counter()
        self._since: dict[str, float] = {}
        self.failures: list[Invocation] = []
        self.finished = self._ended
        self._loaded: Process | None = None

    # Time

    def sleep(self, seconds: float) -> None:
        if self._strand is not None:
            self._strand.sleep_until(self.now + max(seconds, 0.0))

    def park(self, job: Job) -> None:
        """Lets the others run until the job is done."""
        assert self._strand is not None, "only a function waits"
        job.waiting.append(self._strand)
        self._strand.park()

    def doze(self, waiting: list[Strand], seconds: float | None) -> None:
        """Has the strand that runs wait among these until it is woken, or for so many seconds."""
        strand = self._strand
        assert strand is not None, "only a function waits"
        waiting.append(strand)
        if seconds is None:
            strand.park()
        else:
            strand.sleep_until(self.now + seconds)
        if strand in waiting:
            waiting.remove(strand)

    def wake(self, waiting: list[Strand]) -> None:
        """Lets everyone who waits there go on."""
        woken = list(waiting)
        waiting.clear()
        self._waiting = [one for one in self._waiting if one.strand not in woken]
        heapq.heapify(self._waiting)
        for strand in woken:
            self.wait(self.now, strand)

    def work(self, seconds: float) -> None:
        """What takes the processor of the process that runs: one of its threads at a time."""
        if self.running is None:
            return
        process = id(self.running.process)
        self._free[process] = max(self.now, self._free.get(process, 0.0)) + seconds
        self.sleep(self._free[process] - self.now)

    @property
    def full(self) -> bool:
        return self.executions >= self.most

    def _next(self) -> tuple[float, Callable[[], None]]:
        listeners = self._listeners
        self._listeners = {name: one for name, one in listeners.items() if not self.full and self._reads(one[0])}
        try:
            found = super()._next()
        finally:
            self._listeners = listeners
        if self._later and self._later[0][0] < found[0]:
            return self._later[0][0], self._call_again
        return found

    def _call_again(self) -> None:
        heapq.heappop(self._later)[2]()

    def _reads(self, name: str) -> bool:
        """Whether another batch is read for a function, besides those that it is at."""
        busy = self._busy[name]
        most = functions.named(name).at_once or float("inf")
        if self.workers is not None:
            return busy < min(self.workers, most)
        if not busy:
            self._since[name] = self.now
        return busy < min(AT_FIRST + MORE * (self.now - self._since[name]), most)

    # Functions and threads

    def _hand_out(self, queue: Queue) -> None:
        name, call, at_most = self._listeners[queue.name]
        messages, received = self.queues.receive(queue, at_most), self.now

        def handle() -> None:
            try:
                answer = call(messages)
            except Exception:
                self.queues.give_back(queue, messages, received)
                raise
            told = answer.get("batchItemFailures", []) if isinstance(answer, dict) else []
            again = {one["itemIdentifier"] for one in told}
            failed = [message for message in messages if f"m{message.number}" in again]
            self.queues.give_back(queue, failed, received)
            self.failures += [invocation] * bool(failed)

        invocation = self._start(name, handle)

    def _start(self, name: str, call: Callable[[], Any]) -> Invocation:
        """Runs a function, after its process has been made where there is none that is free."""
        self.executions += 1
        self.used.most = max(self.used.most, self.executions)
        self._busy[name] += 1
        process = self._process(name)
        invocation = Invocation(name, process, Plan(), next(self._numbers), self.now)
        self._spawn(invocation, lambda: self._run(invocation, call), START if process.memory is None else 0.0)
        return invocation

    def _spawn(self, invocation: Invocation, job: Callable[[], None], delay: float = 0.0) -> None:
        strand = self._strands.pop() if self._strands else Strand(self)
        strand.invocation, strand.done, strand.job = invocation, False, job
        self.wait(self.now + delay, strand)

    def _in_strand(self, name: str, call: Callable[[], Any], plan: Plan) -> None:
        self._call(name, call, CALLED_AGAIN)

    def _call(self, name: str, call: Callable[[], Any], again: float) -> None:
        """Calls a function, or tries to later where as many are at work as may be."""
        if not self.full:
            self._start(name, call)
            return
        later = min(2 * again, AT_MOST)
        heapq.heappush(self._later, (self.now + again, next(self._numbers), lambda: self._call(name, call, later)))

    def submit(self, pool: Pool, work: Callable[[], Any]) -> Job:
        """Work for a thread of the function that runs; of the scene itself, which takes no time, it is done at once."""
        job, invocation = Job(self, work), self.running
        if invocation is None:
            job.do()
        else:
            pool.add(job, lambda: self._spawn(invocation, job.do))
        return job

    def _process(self, name: str) -> Process:
        self.invocations += 1
        known = self._processes.setdefault(name, [])
        found = next((process for process in known if not process.busy), None)
        if found is None:
            found = Process()
            known.append(found)
        found.busy = True
        return found

    def _enter(self, invocation: Invocation | None) -> None:
        self.running = invocation
        process = invocation.process if invocation else None
        if process is None or process is self._loaded:
            return
        if self._loaded:
            self._loaded.memory = self.memory.taken()
        self._loaded = process
        self.memory.put(process.memory)
        process.memory = process.memory or {}

    def _leave(self, invocation: Invocation) -> None:
        """A thread has ended; the process is free when its function has."""

    def _ended(self, invocation: Invocation) -> None:
        self.executions -= 1
        self._busy[invocation.name] -= 1
        self.used.add(invocation.name, self.now - invocation.began)
        invocation.process.busy = False
        if invocation.failure is not None:
            self.failures.append(invocation)

    # Calls to AWS

    def call(self, service: str, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        for attempt in range(1, self.attempts(service) + 1):
            self.sleep(TAKES[service])
            self.calls[service] += 1
            try:
                return self._served(service, operation, request)
            except ClientError as error:
                if error.response["Error"]["Code"] not in _AGAIN or attempt == self.attempts(service):
                    raise
                # Standard mode of the clients: a random part of so many seconds.
                self.sleep(self.random.random() * 2 ** (attempt - 1))
        raise AssertionError("a client tries once at least")

    def _served(self, service: str, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        if operation == "SendMessageBatch":
            self.messages += len(request["Entries"])
        if operation == "ReceiveMessage":
            return self._received(request)
        if service in self.senders:
            return self.senders[service].call(operation, request)
        return super()._served(service, operation, request)

    def _received(self, request: dict[str, Any]) -> dict[str, Any]:
        """What a function takes from a queue itself; it waits for the first message as long as it asked to."""
        until = self.now + request.get("WaitTimeSeconds", 0)
        answer = self.queues.call("ReceiveMessage", request)
        while not answer and self.now < until:
            self.sleep(min(POLLS, until - self.now))
            answer = self.queues.call("ReceiveMessage", request)
        return answer
