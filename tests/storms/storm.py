"""Many checks that fall silent at once, each with a mail channel of its own, and what became of their mails."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests.storms.account import Account
from tests.storms.crowd import Crowd
from tests.storms.senders import THROTTLED, TOO_MANY, Bucket, Sender

# So many checks, with as many channels, are in a project.
TOGETHER = 15
# They fall silent so many seconds after the beginning, so that a sweep finds them before.
SILENT = 90.0


@dataclass(frozen=True)
class Figures:
    """What a storm of `mails` came to. `first` and `last` are the seconds until mails were taken, `ideal` what the rate
    allows for the last; the others are for each mail."""

    mails: int
    rate: float
    lost: int
    twice: int
    first: float
    last: float
    ideal: float
    sends: float
    dynamodb: float
    sqs: float
    waiting: int
    given_up: int
    failures: int
    letters: int


class Storm:
    """The scene: projects with checks that are up, and a sender of mails that throttles."""

    def __init__(self, account: Account, seed: int, rate: float, *, tells: bool = True, service: str = "sesv2") -> None:
        self.account = account
        account.open(seed, frozenset(), 0.0)
        self.crowd: Crowd = account.crowd
        self.service = service
        throttled = THROTTLED if service == "sns" else TOO_MANY
        self.ses = Sender(Bucket(rate, lambda: self.crowd.now), throttled, tells=tells)
        self.crowd.senders[service] = self.ses
        self.began = self.crowd.now + SILENT
        self.addresses: list[str] = []
        self.codes: list[tuple[str, str]] = []

    def fill(self, number: int, more: Sequence[tuple[str, dict[str, Any]]] = ()) -> None:
        """So many checks, each with a mail channel of its own, in projects of a few, and with the channels `more`."""
        from chalicelib.monitor.managing import projects

        services = self.account.entrance.services
        for start in range(0, number, TOGETHER):
            project = projects.create(services, f"Project {start}").project.code
            self._fill(project, range(start, min(start + TOGETHER, number)), more)

    def _fill(self, project: str, numbers: Sequence[int], more: Sequence[tuple[str, dict[str, Any]]]) -> None:
        from chalicelib import channels as kinds
        from chalicelib.core.check import Channel, Check
        from chalicelib.store import check_items, definitions
        from chalicelib.store.models import CheckItem

        services = self.account.entrance.services
        now = services.clock()
        due = now + timedelta(seconds=SILENT)
        pinged = due - timedelta(seconds=4200)
        with CheckItem.batch_write() as batch:
            for number in numbers:
                address, code = self._address(number), services.new_code()
                own = ("sms", {"number": address}) if self.service == "sns" else ("email", {"address": address})
                codes = [services.new_code() for _ in range(1 + len(more))]
                for (kind, settings), channel in zip([own, *more], codes, strict=True):
                    cleaned = kinds.kind_named(kind).clean(settings)
                    definitions.save_channel(Channel(project, channel, kind, f"{kind} {number}", now, cleaned))
                check = Check(
                    project,
                    code,
                    pinged,
                    name=f"Check {number}",
                    timeout=3600,
                    grace=600,
                    channels=tuple(codes),
                    status="up",
                    since=pinged,
                    last_ping=pinged,
                    n_pings=1,
                    due=due,
                )
                batch.save(check_items.item_of(check))
                self.addresses.append(address)
                self.codes.append((project, code))

    def _address(self, number: int) -> str:
        return f"+3712{number:07}" if self.service == "sns" else f"c{number}@example.org"

    def pass_by(self, seconds: float) -> None:
        self.crowd.advance(seconds)

    def ping(self) -> None:
        """Every check is heard of again."""
        from chalicelib.core.check import Signal
        from chalicelib.monitor import transitions

        services = self.account.entrance.services
        for project, code in self.codes:
            transitions.apply(services, project, code, Signal("success", services.clock()))

    def run(self, limit: float) -> None:
        """Lets the storm come and pass, for so many seconds at most, and some more to see that nothing follows."""
        self.pass_by(self.began - self.crowd.now - 0.001)
        calls, messages = self.crowd.calls["dynamodb"], self.crowd.messages
        while self.crowd.now < self.began + limit:
            self.pass_by(1.0)
            if self.over:
                break
        self.calls, self.messages = self.crowd.calls["dynamodb"] - calls, self.crowd.messages - messages
        self.pass_by(180.0)

    @property
    def over(self) -> bool:
        return self.crowd.now > self.began + 5 and not self._table("outbox") and self.crowd.executions == 0

    def _table(self, noun: str) -> list[Any]:
        (table,) = (table for name, table in self.crowd.dynamo.tables.items() if name.endswith(f"-{noun}"))
        return list(table.items.values())

    @property
    def told(self) -> Counter[str]:
        return Counter(message.to for message in self.ses.taken)

    def figures(self) -> Figures:
        number, told = len(self.addresses), self.told
        moments = sorted(message.at - self.began for message in self.ses.taken) or [float("inf")]
        return Figures(
            mails=number,
            rate=self.ses.bucket.rate,
            lost=sum(told[address] == 0 for address in self.addresses),
            twice=sum(told[address] > 1 for address in self.addresses),
            first=moments[0],
            last=moments[-1],
            ideal=number / self.ses.bucket.rate,
            sends=self.ses.calls / number,
            dynamodb=self.calls / number,
            sqs=self.messages / number,
            waiting=len(self._table("outbox")),
            given_up=sum(item["at_key"]["S"].startswith("O#") for item in self._table("history")),
            failures=len(self.crowd.failures),
            letters=sum(len(queue.letters) for queue in self.crowd.queues.queues.values()),
        )
