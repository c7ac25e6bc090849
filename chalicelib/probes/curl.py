"""HTTP through libcurl's multi interface: many probes in one thread, timed by curl's own clock.

The guard is the hook by which curl asks for a socket (`transfer`): curl gives it the resolved address that it is about
to connect to, and the guard opens a socket for allowed addresses alone. Names are looked up in threads, and curl gets
their addresses with the request. Redirects are not left to curl: each is a request of its
own, so that the same rules hold in both engines and every step is timed.
"""

from __future__ import annotations

import contextlib
import os
import re
import select
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import cast

import pycurl

from chalicelib import log
from chalicelib.net import lookups
from chalicelib.net.dialling import NOT_ALLOWED
from chalicelib.net.lookups import Endpoint, Resolver, ask
from chalicelib.net.urls import MOVED
from chalicelib.probes import failures
from chalicelib.probes.base import SILENT, Done, Failed, Outcome, Task
from chalicelib.probes.http import Definition, Exam
from chalicelib.probes.transfer import Transfer, options

# What curl takes for an address in figures: up to four numbers, decimal, octal or hexadecimal.
_FIGURES = re.compile(r"(0x[0-9a-f]*|\d+)(\.(0x[0-9a-f]*|\d+)){0,3}")

# Probes that begin together, one if it is encrypted. An answer to what they set off is seen only after the last of them
# has been set off, and while a handshake is computed nothing is seen at all: so many waits would count as connecting.
_TURN = 8

# Seconds after which the engine looks around even if nothing has happened: for a free place, for nothing at all.
_NEXT_PLACE, _IDLE = 0.05, 1.0

_Looked = tuple[object, list[Endpoint] | OSError, float]


class Curl:
    """The engine. Its handles are kept from one run to the next; there is one run at a time."""

    def __init__(
        self,
        networks: tuple[str, ...],
        authorities: str | None,
        resolve: Resolver | None,
        clock: Callable[[], float],
        now: Callable[[], datetime],
    ) -> None:
        self._networks = networks
        self._options = options(authorities)
        self._authorities = authorities
        self._resolve = resolve
        self._clock = clock
        self._now = now
        self._multi = pycurl.CurlMulti()
        self._idle: list[Transfer] = []
        self._active: dict[pycurl.Curl, Transfer] = {}
        self._looking: dict[object, Transfer] = {}
        self._looked: deque[_Looked] = deque()
        self._bell = _Bell()
        self._outcomes: dict[str, Outcome] = {}
        self._done: Done = lambda _key, _outcome: None

    def run(self, tasks: list[Task], endpoints: Callable[[], int], began: float, done: Done) -> dict[str, Outcome]:
        """Runs all, at most `endpoints()` at work at a time (but one in any case), beside those whose hosts are silent;
        `began` is when their waiting began. `done` must be quick: nothing else goes on meanwhile."""
        outcomes = self._outcomes = dict[str, Outcome]()
        self._done = done
        waiting = deque(tasks)
        try:
            while waiting or self._active:
                self._admit(waiting, max(endpoints(), 1), began)
                self._turn()
                if self._active and not (waiting and self._working() < endpoints()):
                    self._wait(_NEXT_PLACE if waiting else _IDLE)
        finally:
            self._abandon()
        return outcomes

    def _admit(self, waiting: deque[Task], endpoints: int, began: float) -> None:
        """Begins what there is a place for, or as much of it as may begin together."""
        effort = 0
        while waiting and self._working() < endpoints and effort < _TURN:
            task = waiting.popleft()
            effort += _TURN if _asked(task).encrypted else 1
            self._begin(task, began)

    def _working(self) -> int:
        """How many are not known to wait for a silent host."""
        young = self._clock() - SILENT
        return sum(transfer.began > young for transfer in self._active.values())

    def _begin(self, task: Task, began: float) -> None:
        transfer = self._idle.pop() if self._idle else Transfer(self._networks, self._options, self._authorities)
        now = self._clock()
        transfer.begin(task.key, now, 1e3 * (now - began))
        self._active[transfer.easy] = transfer
        try:
            transfer.admit(Exam(_asked(task), self._now), task.definition.timeout)
            self._send(transfer)
        except Exception:  # noqa: BLE001 - a fault in one probe must not take the others with it
            self._broken(transfer)

    def _send(self, transfer: Transfer) -> None:
        """Sends the exam's present request, or has its host looked up first."""
        target = transfer.exam.request.target
        if ":" in target.host or _FIGURES.fullmatch(target.host):
            self._dial(transfer, [])
            return
        ticket, transfer.asked = object(), self._clock()
        self._looking[ticket] = transfer

        def told(found: list[Endpoint] | OSError, seconds: float) -> None:
            self._looked.append((ticket, found, seconds))
            self._bell.ring()

        ask(target.host, target.port, transfer.ends - transfer.asked, told, self._resolve)

    def _dial(self, transfer: Transfer, addresses: list[str]) -> None:
        transfer.prepare(transfer.ends - self._clock(), addresses)
        self._multi.add_handle(transfer.easy)

    def _turn(self) -> None:
        """Does all that can be done now."""
        while self._looked:
            self._found(*self._looked.popleft())
        if self._looking:
            self._give_up()
        self._multi.perform()
        more = 1
        while more:
            more, good, bad = self._multi.info_read()
            for easy in good:
                self._end(self._active[easy], 0)
            for easy, code, _ in bad:
                self._end(self._active[easy], code)

    def _found(self, ticket: object, found: list[Endpoint] | OSError, seconds: float) -> None:
        transfer = self._looking.pop(ticket, None)
        if transfer is None:
            return  # too late: it has been given up, perhaps in an earlier run
        transfer.looked_up(seconds)
        if isinstance(found, OSError) or not found:
            self._failed(transfer, lookups.told(found) if isinstance(found, OSError) else lookups.NOT_FOUND)
            return
        # An address with a zone (fe80::1%eth0) is no place in the world at large, and curl would not understand it.
        addresses = list(dict.fromkeys(endpoint[4][0] for endpoint in found if "%" not in endpoint[4][0]))
        if addresses:
            self._dial(transfer, addresses)
        else:
            self._failed(transfer, NOT_ALLOWED)

    def _give_up(self) -> None:
        now = self._clock()
        late = [(ticket, transfer) for ticket, transfer in self._looking.items() if transfer.ends <= now]
        for ticket, transfer in late:
            del self._looking[ticket]
            transfer.looked_up(now - transfer.asked)
            self._failed(transfer, lookups.SILENT)

    def _end(self, transfer: Transfer, code: int) -> None:
        """A request has ended: with the verdict, or with the next request."""
        self._multi.remove_handle(transfer.easy)
        try:
            transfer.measure()
            told = transfer.told(code) if code else ""
            if told:
                self._failed(transfer, told)
                return
            answer = transfer.answer()
            if answer.status in MOVED and transfer.exam.moves(answer.status, transfer.location(), transfer.cookies()):
                self._send(transfer)
            else:
                self._finish(transfer, transfer.exam.outcome(answer, transfer.phases()))
        except Failed as failed:
            self._failed(transfer, failed.text)
        except Exception:  # noqa: BLE001 - a fault in one probe must not take the others with it
            self._broken(transfer)

    def _failed(self, transfer: Transfer, text: str) -> None:
        self._finish(transfer, Outcome(False, text, transfer.phases()))

    def _broken(self, transfer: Transfer) -> None:
        log.fault("a probe broke", type="http", key=transfer.key)
        self._failed(transfer, failures.INTERNAL)

    def _finish(self, transfer: Transfer, outcome: Outcome) -> None:
        self._outcomes[transfer.key] = outcome
        self._done(transfer.key, outcome)
        del self._active[transfer.easy]
        self._idle.append(transfer)

    def _wait(self, longest: float) -> None:
        """Until something happens, at most `longest` seconds."""
        due = self._multi.timeout()
        seconds = longest if due < 0 else min(longest, due / 1e3)
        if self._looking:
            first = min(transfer.ends for transfer in self._looking.values()) - self._clock()
            reading, writing, failing = self._multi.fdset()
            select.select([*reading, self._bell], writing, failing, max(0.0, min(seconds, first)))
            self._bell.silence()
        elif self._multi.select(seconds) < 0:
            # Nothing to watch, only curl's own timers.
            time.sleep(min(seconds, 0.001))

    def _abandon(self) -> None:
        """Lets go of what an exception left unfinished; usually there is nothing."""
        while self._active:
            easy, transfer = self._active.popitem()
            if transfer not in self._looking.values():
                self._multi.remove_handle(easy)
        self._looking.clear()


class _Bell:
    """Wakes the engine from another thread. It must outlive the engine, for a look-up may end later than its run."""

    def __init__(self) -> None:
        self._hear, self._pull = os.pipe()
        os.set_blocking(self._hear, False)
        os.set_blocking(self._pull, False)

    def fileno(self) -> int:
        return self._hear

    def ring(self) -> None:
        # When nothing more can be written, it rings already.
        with contextlib.suppress(BlockingIOError):
            os.write(self._pull, b"!")

    def silence(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._hear, 65_536)

    def __del__(self) -> None:
        os.close(self._hear)
        os.close(self._pull)


def _asked(task: Task) -> Definition:
    """What the task asks for: curl is given tasks of this type alone."""
    return cast(Definition, task.definition)
