"""Commands: what a worker does with one that is to be run, of a message from the clock or because something changed.

1. Know the project's inventory, read the alerts on the command, and choose the entities: those of the command's filters
   that an active alert takes. Where there are many, ask for them part by part, from one id to another, and be done.
2. Run the command for each of them at the same time (`running`), and keep what it found, so that whoever comes later
   reads it.
3. Read the instances of each alert, judge what was found (`evaluating`), and keep what is another than it was
   (`settling`). An entity that is well costs no more than its result. Instances of entities that are gone, or that the
   alert does not take any more, end with a last word.
4. Let the alert as a whole follow: it is down while one of its entities is.

A message that comes twice or late does no harm: what is decided on an older result than the newest is decided again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import cache, partial
from itertools import pairwise
from typing import Any

from chalicelib import log
from chalicelib.core.check import Check, entity_of
from chalicelib.core.commands import Value, member_code, number_of
from chalicelib.core.credentials import Credential
from chalicelib.core.entities import Entity
from chalicelib.core.errors import Busy, Missing
from chalicelib.core.moments import from_micros
from chalicelib.monitor.failures import kept, raised_together
from chalicelib.monitor.looking import inventory, running, selecting, settling, trials, wholes
from chalicelib.monitor.looking.evaluating import Evaluator
from chalicelib.monitor.looking.once import once
from chalicelib.monitor.managing import checks as manage
from chalicelib.monitor.messages import RunCommands, RunTrial
from chalicelib.monitor.services import Services
from chalicelib.store import checks, credentials, documents, limits, queues, values

QUEUE = "commands"
# So many entities are one worker's: with as many threads as it has they wait for silent hosts one after the other.
PART = 100
# So many results are read at the same time.
WORKERS = 16
# Conditions look back at the last twenty results, however far they lie apart.
INTERVALS = 25

# What commands of a project may log in with.
Logins = Callable[[str], Sequence[Credential]]


def work(services: Services, message: Mapping[str, Any]) -> int:
    """Does one message; answers for how many entities it ran a command. Raises what must be tried again, when
    everything else is done."""
    if RunTrial.is_message(message):
        return trials.run(services, message)
    asked, count = RunCommands.from_message(message), 0
    # Each project's once, and no longer than for this message.
    logins = cache(credentials.of_project)
    lag = max(services.clock().timestamp() - asked.at / 1000, 0.0)
    with raised_together("commands") as failures:
        for project, code in asked.keys:
            with kept(failures):
                count += _Run(services, asked, project, number_of(code), logins).run()
    log.count(CommandsRun=count, CommandLagSeconds=lag)
    return count


def run_now(services: Services, project: str, code: str, *, delay: int = 0) -> None:
    """Has a command run in so many seconds, without waiting for its moment. Raises StoreFault."""
    at = int(services.clock().timestamp() * 1000) + delay * 1000
    queues.send(QUEUE, RunCommands(at, ((project, code),)).to_message(), delay=delay)


class _Run:
    """One command, run as of one moment for entities of one part."""

    def __init__(self, services: Services, asked: RunCommands, project: str, number: int, logins: Logins) -> None:
        self._services, self._asked, self._project, self._number = services, asked, project, number
        self._logins = logins
        self._at = from_micros(asked.at * 1000)
        self._known = inventory.of_project(services, project)
        self._readers = running.readers_of(services, project, self._known)
        if number in self._known.unreadable:
            raise inventory.Unreadable(f"command {number} cannot be read by this version")
        self._command = self._known.commands.get(number)
        self._alerts = selecting.readable(selecting.alerts(project, self._known.alerts.get(number, ())))
        self._taken = selecting.taken(self._command, self._alerts, self._known.entities)

    def run(self) -> int:
        chosen = {str(one["id"]): one for taken in self._taken.values() for one in taken}
        if not self._is_part and len(chosen) > PART:
            self._ask_for_parts(sorted(chosen))
            return 0
        mine = [entity for name, entity in chosen.items() if self._is_mine(name)]
        found = self._find(mine)
        with raised_together("alerts") as failures:
            for alert in self._alerts:
                # One that has been deleted meanwhile has nothing to say.
                with kept(failures), suppress(Missing):
                    self._evaluate(alert, found)
        return len(mine)

    @property
    def _is_part(self) -> bool:
        return bool(self._asked.low or self._asked.high)

    def _is_mine(self, entity: str) -> bool:
        return self._asked.low <= entity and (not self._asked.high or entity < self._asked.high)

    def _ask_for_parts(self, names: list[str]) -> None:
        """Between two bounds lies every id that there may be, so nobody has to know what the others know."""
        bounds = ["", *names[PART::PART], ""]
        keys = ((self._project, member_code(self._number)),)
        parts = [RunCommands(self._asked.at, keys, low, high) for low, high in pairwise(bounds)]
        queues.send_all(QUEUE, [one.to_message() for one in parts])

    def _find(self, chosen: list[Entity]) -> dict[str, Value]:
        """What the command finds for some entities, kept before anybody decides on it."""
        if self._command is None or not chosen:
            return {}
        logins = self._logins(self._project)
        found = running.run(self._services, self._command, self._readers, logins, chosen, self._at)
        lasting = max(limits.kept.values, INTERVALS * timedelta(seconds=self._command.interval))
        values.add(self._project, self._number, found, self._at + lasting)
        return found

    def _evaluate(self, alert: Check, found: Mapping[str, Value]) -> None:
        """Keeps what an alert says of the results of its entities in this part, and ends the instances of others."""
        mine = {name: one for one in self._taken[alert.code] if self._is_mine(name := str(one["id"]))}
        known = {entity_of(one.code): one for one in checks.instances_of(alert, self._asked.low, self._asked.high)}
        gone = [instance for name, instance in known.items() if name not in mine]
        # Of entities that failed others may have turned.
        turned = True
        with raised_together("entities") as failures:
            with kept(failures):
                turned = self._judge(alert, mine, found, known)
            with kept(failures):
                self._end(alert, gone)
            if turned or gone or self._is_wrong(alert, known.values(), found):
                wholes.follow(self._services, alert, self._at)

    def _judge(
        self, alert: Check, mine: Mapping[str, Entity], found: Mapping[str, Value], known: Mapping[str, Check]
    ) -> bool:
        """Whether anything turned."""
        if self._command is None or not mine:
            return False
        aside = once(partial(self._aside, alert, found))
        evaluator = Evaluator(self._services, alert, self._command, self._readers, aside)
        return settling.settle(evaluator, mine, found, known)

    def _is_wrong(self, alert: Check, seen: Iterable[Check], found: Mapping[str, Value]) -> bool:
        """Whether an alert may not be what its instances make it: it has just been made, or a worker has died between
        the two."""
        down = any(one.status == "down" for one in seen)
        match alert.status:
            case "paused":
                return False
            case "new":
                return bool(found)
            case "up":
                return down
        # A part sees its own instances alone, and those that a worker has ended before it died nobody sees.
        return not down and wholes.is_over(alert)

    def _aside(self, alert: Check, found: Mapping[str, Value]) -> list[Mapping[str, Any]]:
        """The newest result of each entity of an alert."""
        names = [str(one["id"]) for one in self._taken[alert.code]]
        return running.newest_of_each(self._services, self._project, self._number, names, found)

    def _end(self, alert: Check, gone: Sequence[Check]) -> None:
        """Ends instances that no entity of the alert has. Raises Busy when that may have become untrue."""
        if not gone:
            return
        fresh = checks.get(alert.project, alert.code)
        if documents.edition(self._project) != self._known.edition or not settling.is_same(fresh, alert):
            raise Busy("what the alert is about has changed meanwhile")
        with ThreadPoolExecutor(WORKERS) as pool:
            list(pool.map(self._ended, gone))

    def _ended(self, instance: Check) -> None:
        # Somebody else may have been faster.
        with suppress(Missing):
            manage.delete(self._services, instance)
