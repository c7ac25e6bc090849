"""A server that answers each request with the next of its answers, byte for byte, and both clients that ask it."""

from __future__ import annotations

import json
import socket
import threading
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.store.transport.client import Client


def answer(document: object, status: int = 200, **headers: str) -> bytes:
    """An answer as DynamoDB sends it."""
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    about = {
        "Content-Type": "application/x-amz-json-1.0",
        "x-amzn-RequestId": "ABC",
        "x-amz-crc32": str(zlib.crc32(body)),
        "Content-Length": str(len(body)),
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in about.items())
    return f"HTTP/1.1 {status} Something\r\n{lines}\r\n".encode() + body


def refused(code: str, status: int = 400, **more: object) -> bytes:
    return answer({"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "No.", **more}, status)


@dataclass(frozen=True, slots=True)
class Ends:
    """An answer after which, whole or not, the server hangs up."""

    sent: bytes


@dataclass
class Server:
    """`heard` are the requests, head and body."""

    url: str
    answers: Iterator[bytes | Ends]
    heard: list[tuple[str, bytes]] = field(default_factory=list)
    connections: int = 0

    def serve(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                line, _ = listener.accept()
                self.connections += 1
                threading.Thread(target=self._talk, args=(line,), daemon=True).start()

    def _talk(self, line: socket.socket) -> None:
        with line, line.makefile("rb") as reader, suppress(OSError):
            while head := b"".join(iter(reader.readline, b"\r\n")):
                length = next(int(one[15:]) for one in head.lower().splitlines() if one.startswith(b"content-length:"))
                self.heard.append((head.decode(), reader.read(length)))
                said = next(self.answers)
                line.sendall(said.sent if isinstance(said, Ends) else said)
                if isinstance(said, Ends):
                    return


@contextmanager
def serving(answers: Iterable[bytes | Ends]) -> Iterator[Server]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Server(f"http://127.0.0.1:{listener.getsockname()[1]}", iter(answers))
        threading.Thread(target=server.serve, args=(listener,), daemon=True).start()
        yield server
        listener.shutdown(socket.SHUT_RDWR)


def lean(url: str, sleeps: list[float] | None = None) -> Client:
    """Ours; `sleeps` becomes the pauses that it made."""
    pauses = [] if sleeps is None else sleeps
    return Client(
        url, "eu-north-1", lambda: ReadOnlyCredentials("AKID", "secret", "token"), lambda: None, pauses.append
    )


def theirs(url: str) -> Any:
    """botocore's client as the store makes it."""
    config = Config(parameter_validation=False, retries={"total_max_attempts": 4, "mode": "standard"})
    return _session().create_client("dynamodb", "eu-north-1", endpoint_url=url, config=config)


@cache
def _session() -> botocore.session.Session:
    made = botocore.session.Session()
    made.set_credentials("AKID", "secret", "token")
    return made


def outcome(client: Any, operation: str, arguments: dict[str, Any]) -> Any:
    """What came of a call: the answer, or the error with all that the store reads of it."""
    try:
        answer = client._make_api_call(operation, arguments)
    except ClientError as error:
        return _told(error.response)
    except BotoCoreError as error:
        return type(error).__name__
    return _told(answer)


def _told(response: Any) -> dict[str, Any]:
    about = response["ResponseMetadata"]
    told = {name: value for name, value in response.items() if name not in ("ResponseMetadata", "message")}
    return told | {"about": (about["HTTPStatusCode"], about["RequestId"], about["RetryAttempts"])}
