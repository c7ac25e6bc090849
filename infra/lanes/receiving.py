"""The whole system on this machine, and webhook receivers that behave as receivers do: what they hear, in which order.

    infra/lanes/receivers

Every receiver has a check of its own, which flaps while the receiver is unwell. Printed is what each received, with the
second at which it came and what it answered. Exit code 0 when what was taken alternates between down and up and ends
with the status; 1 when not. It takes a minute, most of which is the pause after a failed try.
"""

import contextlib
import dataclasses
import http.server
import json
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from infra.lanes.process import ROOT, LaneFailed, background, free_port, wait_until

LOG = ROOT / ".cache" / "receivers" / "service.log"
START_PATIENCE = 120.0
# Longer than the pause after a first failed try, and what a sender waits for an answer.
PATIENCE = 75.0
SLOW = 0.8


@dataclasses.dataclass
class Receiver:
    """A receiver of webhooks. `answers` are the statuses of the next requests, 200 when there are none left; `delay` is
    how long it takes for each. `heard` are (second, status, word)."""

    name: str
    delay: float = 0.0
    answers: list[int] = dataclasses.field(default_factory=list)
    heard: list[tuple[float, int, str]] = dataclasses.field(default_factory=list)
    began: float = dataclasses.field(default_factory=time.monotonic)

    @property
    def taken(self) -> list[str]:
        """The words that it took, in order."""
        return [word for _, status, word in self.heard if status == 200]

    def told(self) -> str:
        return ", ".join(f"{second:.1f} s {word} ({status})" for second, status, word in self.heard)


class _Handler(http.server.BaseHTTPRequestHandler):
    receivers: dict[str, Receiver]

    def do_POST(self) -> None:
        receiver = self.receivers[self.path.strip("/")]
        word = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        arrived = time.monotonic() - receiver.began
        status = receiver.answers.pop(0) if receiver.answers else 200
        time.sleep(receiver.delay)
        receiver.heard.append((arrived, status, word))
        self.send_response(status)
        if status == 429:
            self.send_header("Retry-After", "2")
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


@dataclasses.dataclass
class Job:
    """A check of the running service, and how it is pinged."""

    root: str
    keys: dict[str, str]
    code: str

    def ping(self, *actions: str, pause: float = 0.5) -> None:
        for action in actions:
            _ask(f"{self.root}/ping/{self.code}{action}")
            time.sleep(pause)


def _ask(url: str, body: dict[str, Any] | None = None, key: str = "") -> Any:
    data = json.dumps(body).encode() if body is not None else None
    with urllib.request.urlopen(urllib.request.Request(url, data, {"X-Api-Key": key}), timeout=30) as answer:
        text = answer.read().decode()
    return json.loads(text) if text.startswith("{") else text


FAIL, SUCCESS = "/fail", ""


def slow(job: Job, receiver: Receiver) -> list[str]:
    """It takes longer than the flips are apart."""
    receiver.delay = SLOW
    job.ping(SUCCESS, *[FAIL, SUCCESS] * 3)
    return ["down", "up"] * 3


def broken(job: Job, receiver: Receiver) -> list[str]:
    """It fails while the check flaps, and works again."""
    receiver.answers = [500] * 3
    job.ping(SUCCESS, FAIL, SUCCESS, FAIL)
    return ["down"]


def busy(job: Job, receiver: Receiver) -> list[str]:
    """It takes no more for now, and says for how long."""
    receiver.answers = [429] * 2
    job.ping(SUCCESS, FAIL, SUCCESS)
    return ["up"]


def deaf(job: Job, receiver: Receiver) -> list[str]:
    """It does not answer in time."""
    receiver.delay = 12.0
    job.ping(SUCCESS, FAIL)
    time.sleep(13)
    receiver.delay = 0.0
    job.ping(SUCCESS)
    return ["down", "up"]


STORIES: tuple[Callable[[Job, Receiver], list[str]], ...] = (slow, broken, busy, deaf)


def main() -> int:
    """Tells every story at the same time; the exit code."""
    receivers = {story.__name__: Receiver(story.__name__) for story in STORIES}
    with _running() as (root, keys), _listening(receivers) as address:
        results = [_Told(story, receivers[story.__name__], root, keys, address) for story in STORIES]
        for result in results:
            result.start()
        for result in results:
            result.join()
    for result in results:
        print(f"{result.receiver.name:8} {result.receiver.told()}")
    wrong = [result for result in results if not result.right()]
    for result in wrong:
        print(f"receivers: {result.receiver.name} took {result.receiver.taken}, not {result.expected}", file=sys.stderr)
    return int(bool(wrong))


class _Told(threading.Thread):
    """One story, told to its end."""

    def __init__(
        self,
        story: Callable[[Job, Receiver], list[str]],
        receiver: Receiver,
        root: str,
        keys: dict[str, str],
        address: str,
    ) -> None:
        super().__init__(daemon=True)
        self.story, self.receiver, self.expected = story, receiver, ["nothing was heard"]
        self._root, self._keys, self._address = root, keys, address

    def run(self) -> None:
        name, key = self.receiver.name, self._keys["api_key"]
        url = f"{self._address}/{name}"
        body = {"body_down": "down", "body_up": "up", "method_down": "POST", "method_up": "POST"}
        settings = {**body, "url_down": url, "url_up": url}
        _ask(f"{self._root}/api/v3/channels/", {"kind": "webhook", "name": name, "settings": settings}, key)
        check = _ask(f"{self._root}/api/v3/checks/", {"name": name, "channels": name, "timeout": 3600}, key)
        self.receiver.began = time.monotonic()
        self.expected = self.story(Job(self._root, self._keys, check["uuid"]), self.receiver)
        end = time.monotonic() + PATIENCE
        while not self.right() and time.monotonic() < end:
            time.sleep(0.2)
        time.sleep(1.0)  # for what should not come

    def right(self) -> bool:
        return self.receiver.taken == self.expected


@contextlib.contextmanager
def _running() -> Iterator[tuple[str, dict[str, str]]]:
    """The local service: its address, and the keys of a project."""
    with tempfile.TemporaryDirectory() as home:
        file = Path(home) / "keys.json"
        port = free_port()
        command = [sys.executable, "-m", "infra.local", "--port", str(port), "--keys", str(file)]
        with background(command, LOG, cwd=ROOT) as process:
            wait_until(lambda: file.exists() and _answers(port), process, LOG, START_PATIENCE, "the service")
            found = json.loads(file.read_text())
            yield found["base_url"], found["projects"][0]


def _answers(port: int) -> bool:
    try:
        _ask(f"http://127.0.0.1:{port}/api/v3/status/")
    except OSError:
        return False
    return True


@contextlib.contextmanager
def _listening(receivers: dict[str, Receiver]) -> Iterator[str]:
    """The address below which each receiver listens under its name."""
    handler = type("Handler", (_Handler,), {"receivers": receivers})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except LaneFailed as reason:
        print(f"receivers: {reason}", file=sys.stderr)
        sys.exit(1)
