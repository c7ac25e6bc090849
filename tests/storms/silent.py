"""Devices whose hosts fall silent at once: when each is told down, and whether the others are looked at in time."""

from __future__ import annotations

import contextlib
import json
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from tests.storms.account import Account
from tests.storms.crowd import Crowd
from tests.storms.hosts import Hosts, Libcurl, Sockets
from tests.storms.senders import Bucket, Sender
from tests.storms.waiting import Threads

if TYPE_CHECKING:
    from chalicelib.core.check import Check

MINUTE = 60.0
# So many seconds more than its period, its timeouts and the delays of its retries a device may take to be down.
MARGIN = 10.0
IN_TIME, SHARE = 2.0, 0.95
STEP = 0.25
# So many times its bound a device is watched.
LONG = 2
LOOKING = ("run_probes", "run_stragglers")
# A clock may be a little early.
EARLY = 0.5


@dataclass
class Device:
    """A device and its host. `bound` is the number of seconds after which it must be down, `down` when it was."""

    check: Check
    port: int
    timeout: float
    bound: float
    down: float | None = None


@dataclass(frozen=True)
class Told:
    """What became of devices of which `dark` fell silent: after how many seconds the `first` and the `last` was down,
    and by how many one was down before its bound at least (`spare`). Of the others, the share of looks that began
    within two seconds of their moments, and by how many seconds more than its period one waited for a look at most.
    `executions` ran at once at most, for so many seconds together, the longest for so many."""

    devices: int
    dark: int
    confirmed: int
    first: float
    last: float
    spare: float
    in_time: float
    gap: float
    wrong: int
    messages: int
    executions: int
    seconds: float
    longest: float
    failures: int
    letters: int

    def __str__(self) -> str:
        return (
            f"{self.confirmed} of {self.dark} dark ones among {self.devices} down after {self.first:.1f} to "
            f"{self.last:.1f} s, {self.spare:.1f} s before the bound at least; {100 * self.in_time:.1f} % of the other "
            f"looks in time, a gap of {self.gap:.1f} s more than the period at most; {self.messages} messages, "
            f"{self.executions} executions at once, {self.seconds:.0f} s of functions, {self.longest:.0f} s the longest"
        )

    def kept(self) -> str:
        """The figures in words. Raises AssertionError where somebody was held up."""
        assert (self.confirmed, self.wrong, self.failures, self.letters) == (self.dark, 0, 0, 0), self
        assert self.spare >= 0, self
        assert self.in_time >= SHARE, self
        return str(self)


@dataclass
class Silence:
    """The scene: devices on an account, or on a machine whose queues have so many `workers` each."""

    account: Account
    workers: int | None = None
    devices: list[Device] = field(default_factory=list)

    def __post_init__(self) -> None:
        keys = self.account.open(1, frozenset(), 0.0)
        self.crowd: Crowd = self.account.crowd
        self._headers = {"alertra-api-key": keys["api_key"], "content-type": "application/json"}
        self.crowd.workers = self.workers
        self.crowd.most = float("inf") if self.workers else self.crowd.most
        self.crowd.senders["sesv2"] = Sender(Bucket(14, lambda: self.crowd.now))
        self.hosts = Hosts(self.crowd)
        self.began = self.crowd.now

    @contextlib.contextmanager
    def living(self) -> Iterator[None]:
        """Whoever looks inside does so at these hosts, in the crowd's time."""
        from chalicelib.monitor import looking
        from chalicelib.monitor.looking import probing
        from chalicelib.probes import curl, engine, transfer

        self.account.entrance.services.engine = None
        watch = SimpleNamespace(monotonic=lambda: self.crowd.now)
        # What is older than this has no such module.
        waiting = getattr(looking, "waiting", None)
        prober, threads, libcurl = engine.Prober, Threads(self.crowd), Libcurl(self.hosts)

        def made(networks: tuple[str, ...]) -> Any:
            return prober(networks, clock=lambda: self.crowd.now, now=self.crowd.clock, use_curl=True)

        with contextlib.ExitStack() as stack:
            for module, name, there in (
                (engine, "Prober", made),
                (engine, "threading", threads),
                (probing, "threading", threads),
                (probing, "time", watch),
                (waiting, "threading", threads),
                (waiting, "time", watch),
                (curl, "pycurl", libcurl),
                (transfer, "pycurl", libcurl),
            ):
                if hasattr(module, name):
                    stack.enter_context(patch.object(module, name, there))
            stack.enter_context(patch("socket.socket", Sockets(self.hosts)))
            yield

    def pass_by(self, seconds: float) -> None:
        self.crowd.advance(seconds)

    def until(self, second: float) -> None:
        """Lets time pass until so many seconds after a full minute."""
        self.pass_by((second - self.crowd.now) % MINUTE)

    def add(self, *, tcp: bool = False, dark: bool = False, **more: Any) -> Device:
        """A device as its owner makes it, by the API."""
        port = self.hosts.add()
        if dark:
            self.hosts.dark.add(port)
        http = {"URL": f"http://127.0.0.1:{port}/"}
        place = {"Method": "TCP", "HostData": {"Host": "127.0.0.1", "Port": port}} if tcp else http
        body = json.dumps({"FullName": f"Device {port}", **place, **more})
        answer = self.account.entrance.ask("POST", "/v1.1/devices", self._headers, body.encode())
        assert answer.status == 201, answer.text
        (item,) = (item for item in self._items.values() if item.get("name", {}).get("S") == f"Device {port}")
        device = _device(_read(item), port)
        self.devices.append(device)
        return device

    @property
    def _items(self) -> dict[Any, dict[str, Any]]:
        (table,) = (table for name, table in self.crowd.dynamo.tables.items() if name.endswith("-checks"))
        return table.items

    def _is_down(self, device: Device) -> bool:
        return _read(self._items[device.check.project, device.check.code]).status == "down"

    def darken(self, devices: list[Device]) -> None:
        self.hosts.dark |= {device.port for device in devices}

    def watch(self, dark: list[Device], *, since: float | None = None) -> Told:
        """Lets pass what these, which have just fallen silent, may take to be down, and answers what became of all."""
        began = self.crowd.now if since is None else since
        messages = self.crowd.messages
        self.crowd.used.begin(self.crowd.executions)
        end = began + LONG * max(device.bound for device in dark)
        while self.crowd.now < end:
            self.pass_by(STEP)
            for device in dark:
                if device.down is None and self._is_down(device):
                    device.down = self.crowd.now - began
        return self._told(dark, began, end, self.crowd.messages - messages)

    def _told(self, dark: list[Device], began: float, end: float, messages: int) -> Told:
        well = [device for device in self.devices if device not in dark]
        waits = [self._waits(device, began, end) for device in well]
        late = [wait for some in waits for wait in some]
        downs = [(device.down, device.bound) for device in dark if device.down is not None]
        used = self.crowd.used
        return Told(
            devices=len(self.devices),
            dark=len(dark),
            confirmed=len(downs),
            first=min((down for down, _ in downs), default=float("inf")),
            last=max((down for down, _ in downs), default=float("inf")),
            spare=min((bound - down for down, bound in downs), default=float("-inf")),
            in_time=sum(wait <= IN_TIME for wait in late) / len(late),
            gap=max(self._gap(device, began, end) for device in well),
            wrong=sum(self._is_down(device) for device in well),
            messages=messages,
            executions=used.most,
            seconds=sum(used.seconds[name] for name in LOOKING),
            longest=max(used.longest[name] for name in LOOKING),
            failures=len(self.crowd.failures),
            letters=sum(len(queue.letters) for queue in self.crowd.queues.queues.values()),
        )

    def _waits(self, device: Device, began: float, end: float) -> list[float]:
        """How long after each of its moments a device was looked at."""
        seen = self.hosts.seen[device.port]
        found = []
        for moment in self._moments(device, began, end - MARGIN):
            at = bisect_left(seen, moment - EARLY)
            found.append(seen[at] - moment if at < len(seen) else float("inf"))
        return found

    def _moments(self, device: Device, began: float, end: float) -> range:
        from chalicelib.store import check_items, wheel

        member = check_items.member_of(device.check)
        assert member is not None, "a device is looked at by the clock"
        return wheel.slot_of(member).moments(began, end)

    def _gap(self, device: Device, began: float, end: float) -> float:
        """By how many seconds the longest time without a look was longer than the period."""
        seen = [began, *(at for at in self.hosts.seen[device.port] if began < at < end), end]
        gaps = [after - before for before, after in pairwise(seen)]
        return max(gaps) - device.check.period


def _read(item: dict[str, Any]) -> Check:
    from chalicelib.store import check_items

    return check_items.from_raw(item)


def _device(check: Check, port: int) -> Device:
    """A look that fails takes its whole timeout; the first is not waited for before its failure is looked into."""
    from chalicelib.core.specs import probe_of

    spec = probe_of(check)
    looking = max(spec.retries, 1) * spec.timeout + spec.retries * spec.retry_delay
    return Device(check, port, spec.timeout, check.period + looking + MARGIN)
