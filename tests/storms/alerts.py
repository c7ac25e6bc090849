"""A project with very many alerts that fire and recover, and how long a neighbour with one waits for its news."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from tests.simulated import JUDGING
from tests.storms.account import Account
from tests.storms.crowd import Crowd

if TYPE_CHECKING:
    from chalicelib.core.check import Project

MINUTE = 60
# The neighbour's metric crosses its bound so many seconds apart: in each minute at another second, those about the full
# minute, when the clock has everything judged, among them.
APART = 61
FIRST = 2 * MINUTE - 3
HIGH, LOW = 9, 1
LARGE, SMALL = "9002", "9001"


@dataclass(frozen=True)
class Waits:
    """How long the neighbour waited for its news: the median and the longest, in seconds. `crossed` counts how often
    its metric did, `told` what it heard, `others` what the other project's receiver did; `late` are the messages that
    could have been read and were not, when the last minute had ended."""

    alerts: int
    crossed: int
    told: int
    others: int
    median: float
    longest: float
    late: int
    letters: int

    def __str__(self) -> str:
        return (
            f"{self.alerts} alerts: {self.told} of {self.crossed} news of the neighbour after {self.median:.2f} s, "
            f"{self.longest:.2f} s at worst; {self.others} news of the others, {self.late} messages late"
        )


class Neighbours:
    """The scene: a project with so many alerts, each on a metric of its own, and one with a single alert. The metrics
    of the first are all sent at once, each minute, and cross their bounds every `flips` minutes."""

    def __init__(self, account: Account, alerts: int, *, flips: int = 1) -> None:
        from chalicelib.monitor.managing import projects

        account.open(1, frozenset(), 0.0)
        self.crowd: Crowd = account.crowd
        self.services = account.entrance.services
        self.alerts, self.flips = alerts, flips
        self.large, self.small = (projects.create(self.services, name).project for name in ("Large", "Small"))
        self.others = self._alerts(self.large, alerts, LARGE)
        self.heard = self._alerts(self.small, 1, SMALL)

    def _alerts(self, project: Project, number: int, port: str) -> list[Any]:
        """Makes alerts that tell a webhook; answers what that receives."""
        from chalicelib.monitor.managing import channels, rules
        from tests import specs

        url = f"http://127.0.0.1:{port}/"
        channel = channels.create(self.services, project, "webhook", "Hook", {"url_down": url, "url_up": url}, 0)
        for n in range(number):
            values = {"name": f"Alert {n}", "spec": specs.above(f"m{n}"), "channels": (channel.code,)}
            rules.create(self.services, project, values)
        return self.crowd.outside.add(port, port).received

    def run(self, minutes: int) -> Waits:
        self.crowd.advance(MINUTE - self.crowd.now % MINUTE)
        crossed: list[float] = []
        with patch("chalicelib.monitor.looking.verdicts.judge", self._thoughtful()):
            for second in range(minutes * MINUTE):
                self._second(second, crossed)
        waits = [message.at - at for message, at in zip(self.heard, crossed, strict=False)]
        return Waits(
            self.alerts,
            len(crossed),
            len(self.heard),
            len(self.others),
            median(waits),
            max(waits),
            sum(one.visible <= self.crowd.now for queue in self._queues for one in queue.waiting),
            sum(len(queue.letters) for queue in self._queues),
        )

    def _second(self, second: int, crossed: list[float]) -> None:
        if second % MINUTE == 0:
            minute = second // MINUTE
            self._send(self.large, self.alerts, HIGH if minute // self.flips % 2 else LOW)
        if second == 0:
            self._send(self.small, 1, LOW)
        elif second >= FIRST and (second - FIRST) % APART == 0:
            self._send(self.small, 1, LOW if len(crossed) % 2 else HIGH)
            crossed.append(self.crowd.now)
        self.crowd.advance(1.0)

    def _send(self, project: Project, number: int, value: float) -> None:
        from chalicelib.monitor.intake import points

        points.take(self.services, project.code, "".join(f"m{n} {value}\n" for n in range(number)).encode())

    def _thoughtful(self) -> Callable[..., Any]:
        """Judging that takes its time: the simulation counts calls alone."""
        from chalicelib.monitor.looking import verdicts

        judge = verdicts.judge

        def judged(*arguments: Any) -> Any:
            self.crowd.sleep(JUDGING)
            return judge(*arguments)

        return judged

    @property
    def _queues(self) -> list[Any]:
        return list(self.crowd.queues.queues.values())


def _neighbours(account: Account, alerts: int, minutes: int) -> str:
    found = Neighbours(account, alerts).run(minutes)
    assert found.told == found.crossed, found
    assert found.longest < 5, found
    assert (found.late, found.letters) == (0, 0), found
    return str(found)


def neighbours(account: Account) -> str:
    """A hundred alerts that fire and recover each minute keep nobody else waiting."""
    return _neighbours(account, 120, 4)


def thousand(account: Account) -> str:
    """Neither do a thousand."""
    return _neighbours(account, 1_000, 10)
