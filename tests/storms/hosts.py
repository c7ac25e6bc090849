"""Hosts that answer in some tens of milliseconds of the crowd's time, or are dark and say nothing: behind sockets that
are none, and behind as much of libcurl as its engine uses (libcurl's multi interface, pycurl's names of it)."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pycurl

from tests.simulated import LOOKING

if TYPE_CHECKING:
    from tests.storms.crowd import Crowd

FIRST_PORT = 10_000
QUICK, SLOW = 0.020, 0.080
TIMED_OUT = 28
# A moment is a sum of many parts: what is earlier by less is not earlier.
TINY = 1e-6
HEAD = (b"HTTP/1.1 200 OK\r\n", b"Content-Length: 2\r\n", b"\r\n")
_MARKS = (pycurl.CONNECT_TIME_T, pycurl.STARTTRANSFER_TIME_T)


class Hosts:
    """Every host by its port. `dark` ones say nothing, `slow` ones take so many seconds; `seen` is when each was looked
    at, in seconds since 1970."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd = crowd
        self.dark: set[int] = set()
        self.slow: dict[int, float] = {}
        self.seen: dict[int, list[float]] = defaultdict(list)
        self._ports = FIRST_PORT

    def add(self) -> int:
        """A new host's port."""
        self._ports += 1
        return self._ports

    def call(self, port: int) -> float:
        """Somebody looks: in how many seconds the host will have answered."""
        self.seen[port].append(self.crowd.now)
        if port in self.dark:
            return float("inf")
        return self.slow.get(port) or self.crowd.random.uniform(QUICK, SLOW)

    def looked(self) -> None:
        """Our own part of a look, on the one processor of its function."""
        self.crowd.work(LOOKING)


class Sockets:
    """Stands for the class `socket.socket`."""

    def __init__(self, hosts: Hosts) -> None:
        self._hosts = hosts

    def __call__(self, *_: Any) -> Line:
        return Line(self._hosts)

    def __instancecheck__(self, other: object) -> bool:
        return True


class Line:
    """A TCP connection to a host."""

    def __init__(self, hosts: Hosts) -> None:
        self._hosts = hosts
        self._seconds = 0.0

    def settimeout(self, seconds: float) -> None:
        self._seconds = seconds

    def setsockopt(self, *_: Any) -> None: ...

    def connect(self, address: tuple[Any, ...]) -> None:
        after = self._hosts.call(int(address[1]))
        self._hosts.crowd.sleep(min(after, self._seconds))
        self._hosts.looked()
        if after > self._seconds:
            raise TimeoutError("timed out")

    def send(self, data: Any) -> int:
        return len(data)

    def close(self) -> None: ...


class Libcurl:
    """Stands for the module `pycurl`, whose numbers it has."""

    def __init__(self, hosts: Hosts) -> None:
        self._hosts = hosts

    def __getattr__(self, name: str) -> Any:
        return getattr(pycurl, name)

    def Curl(self) -> Easy:  # noqa: N802 - a class in a module
        return Easy()

    def CurlMulti(self) -> Multi:  # noqa: N802
        return Multi(self._hosts)


class Easy:
    """A transfer: it `began` then, and `ends` then with this `code`."""

    def __init__(self) -> None:
        self.options: dict[int, Any] = {}
        self.found: dict[int, int] = {}
        self.began = self.ends = 0.0
        self.code = 0

    def reset(self) -> None:
        self.options.clear()

    def setopt(self, option: int, value: Any) -> None:
        self.options[option] = value

    def getinfo(self, name: int) -> int:
        return self.found.get(name, 0)

    def errstr(self) -> str:
        return ""

    def begin(self, hosts: Hosts) -> None:
        port = urlsplit(self.options[pycurl.URL]).port
        limit = self.options[pycurl.TIMEOUT_MS] / 1e3
        assert port is not None, "a host is known by its port"
        after = hosts.call(port)
        self.began = hosts.crowd.now
        self.ends = self.began + min(after, limit)
        self.code = TIMED_OUT if after > limit else 0

    def end(self) -> None:
        took = int(1e6 * (self.ends - self.began))
        self.found = {pycurl.TOTAL_TIME_T: took}
        if self.code:
            return
        self.found |= {pycurl.RESPONSE_CODE: 200} | dict.fromkeys(_MARKS, took)
        for line in HEAD:
            self.options[pycurl.HEADERFUNCTION](line)
        self.options[pycurl.WRITEFUNCTION](b"ok")


class Multi:
    def __init__(self, hosts: Hosts) -> None:
        self._hosts = hosts
        self._running: list[Easy] = []
        self._ended: list[Easy] = []

    def add_handle(self, easy: Easy) -> None:
        easy.begin(self._hosts)
        self._running.append(easy)

    def remove_handle(self, easy: Easy) -> None:
        if easy in self._running:
            self._running.remove(easy)

    def perform(self) -> None:
        now = self._hosts.crowd.now + TINY
        for easy in [easy for easy in self._running if easy.ends <= now]:
            self._running.remove(easy)
            self._hosts.looked()
            easy.end()
            self._ended.append(easy)

    def info_read(self) -> tuple[int, list[Easy], list[tuple[Easy, int, str]]]:
        ended, self._ended = self._ended, []
        return 0, [easy for easy in ended if not easy.code], [(easy, easy.code, "") for easy in ended if easy.code]

    def timeout(self) -> int:
        return -1

    def select(self, seconds: float) -> int:
        crowd = self._hosts.crowd
        ends = min((easy.ends for easy in self._running), default=float("inf"))
        crowd.sleep(min(seconds, ends - crowd.now))
        return 1
