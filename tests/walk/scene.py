"""What there is in a walk: checks of three kinds and channels, as their owner knows them, and how he asks for them."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.walk.entrance import Answer
from tests.walk.faults import Plan
from tests.walk.outside import Receiver
from tests.walk.park import Park
from tests.walk.session import Session
from tests.walk.things import Channel, Span, Thing
from tests.walk.world import START, Invocation, World

TOPIC = "arn:aws:sns:eu-north-1:123456789012:walk-"


@dataclass
class Neighbour:
    """Another project: `name` stands in everything that it holds, `codes` are those of its checks as they were written,
    `checks` and `channels` those that somebody was told of."""

    code: str
    name: str
    keys: dict[str, str]
    receiver: Receiver
    codes: set[str] = field(default_factory=set)
    checks: set[str] = field(default_factory=set)
    channels: set[str] = field(default_factory=set)
    leaving: bool = False
    deleted: float | None = None


def basic(key: str) -> dict[str, str]:
    """The header by which Hosted Graphite's clients send a key."""
    return {"authorization": f"Basic {base64.b64encode(f'{key}:'.encode()).decode()}"}


def bearer(key: str) -> dict[str, str]:
    """The header by which clients of ZMON and of Grafana send a key."""
    return {"authorization": f"Bearer {key}"}


class Scene:
    def __init__(self, session: Session, keys: dict[str, str]) -> None:
        self.session, self.keys = session, keys
        self.things: list[Thing] = []
        self.channels: list[Channel] = []
        self.broken: list[tuple[str, str]] = []
        self.pings = 0
        self.names = 0
        self.stops: list[Span] = []
        # The bodies that were taken of each series, in order.
        self.bodies: dict[str, dict[str, bool]] = {}
        # Other projects.
        self.neighbours: list[Neighbour] = []
        self.park = Park()
        # When a function failed that runs each minute.
        self.missed: list[float] = []
        self.look: Callable[[], None] = lambda: None
        assert session.world is not None
        self.world: World = session.world
        self.world.finished = self._finished

    def tell(self, words: str) -> None:
        """Adds a line to the story."""
        self.world.story.append(f"{self.world.now - START:9.2f} {words}")

    def breaks(self, promise: str, words: str) -> None:
        self.broken.append((promise, words))
        self.tell(f"!!! {promise}: {words}")

    def _finished(self, invocation: Invocation) -> None:
        """A function has ended: one that failed although nothing had gone wrong around it is a fault."""
        for receiver in self.world.outside.receivers.values() if invocation.failure is not None else ():
            receiver.failures.append(self.world.now)
            if invocation.dead:
                receiver.deaths.append(self.world.now)
        plan = str(invocation.plan)
        struck = f" [{plan}]" if plan and (invocation.struck or invocation.plan.lag != (0.0, 0.0)) else ""
        if invocation.failure is not None:
            if self.world.is_each_minute(invocation.name):
                self.missed.append(self.world.now)
            self.tell(
                f"    {invocation.name} {'died' if invocation.dead else f'failed: {invocation.failure!r}'}{struck}"
            )
        elif invocation.struck:
            self.tell(f"    {invocation.name} went on{struck}")
        if invocation.failure is not None and not invocation.struck:
            self.breaks("errors", f"{invocation.name}: {invocation.failure!r}")

    # The API

    def ask(
        self, method: str, url: str, body: Any = None, plan: Plan | None = None, headers: dict[str, str] | None = None
    ) -> tuple[Answer | None, Invocation]:
        """One request. The answer is None when the process died with it."""
        given = {"x-api-key": self.keys["api_key"]} if headers is None else headers
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode() if body is not None else b""
        if data and "content-type" not in given:
            given = {**given, "content-type": "application/json"}
        asked = self.session.entrance.ask
        section = self.world.section
        if plan is None:
            # What the walk itself asks for is not struck.
            self.world.section = None
        invocation = self.world.invoke("api", lambda: asked(method, url, given, data), plan or Plan())
        self.world.section = section
        answer = invocation.answer if isinstance(invocation.answer, Answer) else None
        refused = answer is not None and answer.status == 502 and url.endswith("/test")
        if answer is not None and answer.status >= 500 and not invocation.struck and not refused:
            self.breaks("errors", f"{method} {url} answers {answer.status}: {answer.text[:200]}")
        return answer, invocation

    def graphite(self, method: str, url: str, body: Any = None, plan: Plan | None = None) -> tuple[Any, Invocation]:
        return self.ask(method, url, body, plan, basic(self.keys["api_key"]))

    def alertra(self, method: str, url: str, body: Any = None, plan: Plan | None = None) -> tuple[Any, Invocation]:
        return self.ask(method, f"/v1.1{url}", body, plan, {"alertra-api-key": self.keys["api_key"]})

    def zmon(self, method: str, url: str, body: Any = None, plan: Plan | None = None) -> tuple[Any, Invocation]:
        return self.ask(method, f"/api/v1{url}", body, plan, bearer(self.keys["api_key"]))

    def grafana(self, method: str, url: str, body: Any = None, plan: Plan | None = None) -> tuple[Any, Invocation]:
        return self.ask(method, url, body, plan, bearer(self.keys["api_key"]))

    def rest(self, method: str, url: str, body: Any = None, plan: Plan | None = None) -> tuple[Any, Invocation]:
        """The calls of ZMON's web interface."""
        return self.ask(method, f"/rest{url}", body, plan, bearer(self.keys["api_key"]))

    def known(self, url: str, dialect: str = "") -> Any:
        """What the API says now, without faults; None for 404."""
        asking = {
            "": self.ask,
            "graphite": self.graphite,
            "alertra": self.alertra,
            "zmon": self.zmon,
            "rest": self.rest,
            "grafana": self.grafana,
        }[dialect]
        answer, _ = asking("GET", url)
        if answer is None or answer.status in (400, 404):
            return None
        assert answer.status == 200, answer.text
        return answer.json

    # What exists

    def add(self, thing: Thing, codes: set[str]) -> None:
        """A new thing that tells these channels."""
        table = next(table for name, table in self.world.dynamo.tables.items() if name.endswith("-checks"))
        found = [item for item in table.items.values() if item.get("name", {}).get("S") == thing.name]
        thing.key = found[0][table.schema.range]["S"] if found else thing.code
        self.things.append(thing)
        self.assign(thing, codes)

    def alive(self, *kinds: str) -> list[Thing]:
        return [thing for thing in self.things if thing.deleted is None and (not kinds or thing.kind in kinds)]

    def open_channels(self) -> list[Channel]:
        return [channel for channel in self.listening() if not channel.hidden]

    def listening(self) -> list[Channel]:
        """Every channel that was not deleted, the hidden ones too."""
        return [channel for channel in self.channels if not channel.deleted]

    def pick(self, random: Random, *kinds: str) -> Thing | None:
        """One of what there is, by a number that stays the same when others come and go."""
        number, found = random.random(), self.alive(*kinds)
        return found[int(number * len(found))] if found else None

    def assign(self, thing: Thing, codes: set[str]) -> None:
        """Notes which channels the thing tells from now on."""
        now = self.world.now
        for code, spans in thing.told.items():
            if code not in codes and spans[-1].until is None:
                spans[-1].until = now
        for code in codes:
            if not thing.tells(code):
                thing.told.setdefault(code, []).append(Span(now))

    def part(self, thing: Thing) -> None:
        """The thing is about to be deleted, or to be told to other channels: notes to which of those that it has a mail
        is on its way back, of which nobody has heard yet."""
        (queue,) = (queue for name, queue in self.world.queues.queues.items() if name.endswith("-feedback"))
        for channel in self.channels:
            if thing.tells(channel.code) and any(f"{channel.name}@" in message.body for message in queue.waiting):
                thing.returning[channel.code] = self.world.now

    def status(self, thing: Thing) -> str:
        """The status as the thing's own dialect shows it, in one vocabulary: new, up, down, grace, paused."""
        if thing.kind == "heartbeat":
            return str((self.known(f"/api/v3/checks/{thing.code}") or {}).get("status", "gone"))
        if thing.kind == "rule":
            found = (self.known(f"/v2/alerts/{thing.code}", "graphite") or {}).get("status", "gone")
            return {"alerting": "down", "healthy": "up"}.get(found, str(found))
        device = self.known(f"/devices/{thing.code}", "alertra") or {}
        words = {"Up": "up", "Down": "down", "Checking": "new", "Inactive": "paused", "Retry": "up"}
        return words.get(device.get("Status", ""), str(device.get("Status", "gone")))
