"""The world outside: receivers of webhooks behind sockets that are none, mail and text services, sites to look at."""

from __future__ import annotations

import _socket
import json
import os
import re
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.walk.dynamo import refusal

Request = dict[str, Any]
HANG = 10.0
# How the subject of a mail begins whose check is watched no more.
LAST_WORD = "Subject: NOT WATCHED"
_LENGTH = re.compile(rb"content-length:\s*(\d+)", re.IGNORECASE)
_REASONS = {200: "OK", 429: "Too Many Requests", 500: "Internal Server Error", 503: "Service Unavailable"}


@dataclass
class Received:
    """One message that a receiver saw. `taken` tells whether it has it, `learned` whether the sender was told so."""

    at: float
    channel: str
    id: str
    text: str
    taken: bool
    learned: bool
    invocation: Any = None


@dataclass
class Receiver:
    """A way out, named as its channel is. Moods: well, broken (500), busy (429), hanging, deaf (takes it, and the
    answer is lost), gone (no connection), full (SES takes the mail, which comes back). `deaths` are the moments at
    which a process ended that may have been about to send it something, `failures` those at which one failed, too."""

    name: str
    mood: str = "well"
    retry_after: int = 0
    received: list[Received] = field(default_factory=list)
    deaths: list[float] = field(default_factory=list)
    failures: list[float] = field(default_factory=list)


class Outside:
    """Every receiver by its port or address, and what they saw, in order. `sleep` lets time pass, `invocation` tells
    what runs now."""

    def __init__(self, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self.clock, self.sleep = clock, sleep
        self.receivers: dict[str, Receiver] = {}
        self.invocation: Callable[[], Any] = lambda: None
        # Has what SES says of a mail later come to the application.
        self.comes_back: Callable[[dict[str, Any]], None] = lambda _event: None
        self.log: list[Received] = []

    def add(self, address: str, name: str) -> Receiver:
        self.receivers[address] = Receiver(name)
        return self.receivers[address]

    def saw(self, receiver: Receiver, id_: str, text: str, *, taken: bool, learned: bool) -> None:
        seen = Received(self.clock(), receiver.name, id_, text, taken, learned, self.invocation())
        receiver.received.append(seen)
        self.log.append(seen)

    def unlearned(self) -> None:
        """The answer to the last message was lost on its way."""
        self.log[-1].learned = False

    # HTTP

    def connect(self, port: int) -> Receiver:
        receiver = self.receivers.get(str(port))
        if receiver is None or receiver.mood == "gone":
            raise ConnectionRefusedError(111, "Connection refused")
        return receiver

    def answer(self, receiver: Receiver, head: bytes, body: bytes) -> bytes:
        """The bytes that come back. Raises TimeoutError when none do."""
        id_ = _header(head, b"idempotency-key")
        mood = receiver.mood
        if mood == "hanging":
            self.saw(receiver, id_, body.decode(), taken=False, learned=False)
            self.sleep(HANG)
            raise TimeoutError("timed out")
        if mood == "deaf":
            self.saw(receiver, id_, body.decode(), taken=True, learned=False)
            self.sleep(HANG)
            raise TimeoutError("timed out")
        self.saw(receiver, id_, body.decode(), taken=mood == "well", learned=True)
        status = {"broken": 500, "busy": 429}.get(mood, 200)
        wait = f"Retry-After: {receiver.retry_after}\r\n" if mood == "busy" and receiver.retry_after else ""
        head_back = f"HTTP/1.1 {status} {_REASONS[status]}\r\n{wait}Content-Length: 2\r\nConnection: close\r\n\r\n"
        return head_back.encode() + b"ok"

    # SES and SNS

    def call(self, service: str, operation: str, request: Request) -> Request:
        if service == "sesv2" and operation == "SendEmail":
            return self._mail(request)
        if service == "sns" and operation == "Publish":
            return self._published(request)
        raise refusal(operation, "InvalidAction", f"{service} {operation} is not known here")

    def _mail(self, request: Request) -> Request:
        (address, *_) = request["Destination"]["ToAddresses"]
        raw = _raw(request["Content"])
        id_ = _header(raw.encode(), b"x-tocsin-id")
        receiver = self.receivers.get(address)
        # That a last word is told again is not promised: it finds room.
        if receiver and receiver.mood == "full" and LAST_WORD not in raw:
            self.saw(receiver, id_, raw, taken=False, learned=True)
            self.comes_back(_bounce(request))
        else:
            self._sent(address, id_, raw, "SendEmail", "TooManyRequestsException")
        return {"MessageId": "mail"}

    def _published(self, request: Request) -> Request:
        address = request.get("TopicArn") or request["PhoneNumber"]
        self._sent(address, _id_in(request["Message"]), request["Message"], "Publish", "Throttling")
        return {"MessageId": "sns"}

    def _sent(self, address: str, id_: str, text: str, operation: str, throttled: str) -> None:
        receiver = self.receivers.get(address)
        if receiver is None:
            return
        taken = receiver.mood in ("well", "deaf", "full")
        self.saw(receiver, id_, text, taken=taken, learned=receiver.mood != "deaf")
        if receiver.mood == "busy":
            raise refusal(operation, throttled, "Maximum sending rate exceeded.", 429)
        if not taken or receiver.mood == "deaf":
            raise refusal(operation, "InternalServiceErrorException", "out of order", 500)


def _bounce(request: Request) -> dict[str, Any]:
    """What SES says of a mail to a mailbox that is full."""
    tags = {tag["Name"]: [tag["Value"]] for tag in request["EmailTags"]}
    tags["ses:configuration-set"] = [request["ConfigurationSetName"]]
    to = request["Destination"]["ToAddresses"]
    about = {"bounceType": "Transient", "bounceSubType": "MailboxFull"}
    bounce = {**about, "bouncedRecipients": [{"emailAddress": address} for address in to]}
    return {"eventType": "Bounce", "mail": {"destination": to, "tags": tags}, "bounce": bounce}


def _id_in(text: str) -> str:
    """The id of a message to a topic stands in it."""
    try:
        return str(json.loads(text).get("id", ""))
    except ValueError:
        return ""


def _raw(content: Request) -> str:
    """The mail as it goes out; SES puts together what comes in parts."""
    if "Raw" in content:
        return bytes(content["Raw"]["Data"]).decode()
    simple = content["Simple"]
    return f"Subject: {simple['Subject']['Data']}\n\n{simple['Body']['Text']['Data']}"


def _header(head: bytes, name: bytes) -> str:
    match = re.search(rb"(?im)^" + name + rb":\s*(.*?)\r?$", head)
    return match[1].decode() if match else ""


class Connection:
    """What stands for a `socket.socket` while the walk runs: it reaches the receivers and nothing else."""

    def __init__(self, outside: Outside, *kind: Any) -> None:
        self._outside = outside
        self._kind = kind
        self._receiver: Receiver | None = None
        self._sent = b""
        self._answer = b""

    def settimeout(self, _seconds: float | None) -> None: ...

    def setblocking(self, _flag: bool) -> None: ...

    def setsockopt(self, *_: Any) -> None: ...

    def connect(self, address: tuple[Any, ...]) -> None:
        self._receiver = self._outside.connect(int(address[1]))

    def send(self, data: Any) -> int:
        self._sent += bytes(data)
        return len(data)

    def sendall(self, data: Any) -> None:
        self.send(data)

    def recv(self, limit: int) -> bytes:
        if not self._answer and self._sent:
            self._exchange()
        part, self._answer = self._answer[:limit], self._answer[limit:]
        return part

    def recv_into(self, buffer: Any, size: int = 0) -> int:
        part = self.recv(size or len(buffer))
        buffer[: len(part)] = part
        return len(part)

    def _exchange(self) -> None:
        head, _, body = self._sent.partition(b"\r\n\r\n")
        match = _LENGTH.search(head)
        body = body[: int(match[1])] if match else b""
        assert self._receiver is not None
        self._sent = b""
        self._answer = self._outside.answer(self._receiver, head, body)

    def detach(self) -> int:
        """A real one, for a library that connects it itself: it reaches the sites."""
        return _socket.socket(*self._kind).detach()

    def close(self) -> None: ...

    def shutdown(self, _how: int) -> None: ...


class Sites:
    """A real server on this machine for what is looked at from C: `/t/<n>` answers the status `found[n]`, else 200."""

    def __init__(self) -> None:
        self.found: dict[int, int] = {}
        self._listener = _socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(64)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True, name="sites").start()

    def _serve(self) -> None:
        while True:
            descriptor, _ = self._listener._accept()  # type: ignore[attr-defined]
            try:
                self._answer(descriptor)
            except OSError:
                pass
            finally:
                os.close(descriptor)

    def _answer(self, descriptor: int) -> None:
        asked = b""
        while b"\r\n\r\n" not in asked:
            part = os.read(descriptor, 4096)
            if not part:
                return
            asked += part
        match = re.match(rb"\S+ /t/(\d+)", asked)
        status = self.found.get(int(match[1]), 200) if match else 404
        os.write(descriptor, f"HTTP/1.1 {status} X\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok".encode())
