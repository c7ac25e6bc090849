"""A probe from its definition to its outcome, as the engine would run it, against the servers of the tests."""

from __future__ import annotations

import atexit
import socket
import tempfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from chalicelib.probes import Kind, Outcome, failures
from chalicelib.probes.connection import Session
from tests.channels.servers import HERE
from tests.probes.authority import Authority

HOST = "127.0.0.1"


@cache
def authority() -> Authority:
    """The one whose certificates the probes here trust."""
    folder = tempfile.TemporaryDirectory()
    atexit.register(folder.cleanup)
    # Certificates know no parts of a second.
    return Authority(Path(folder.name), datetime.now(UTC).replace(microsecond=0))


def line(seconds: float = 10.0, allowed: tuple[str, ...] = HERE, **more: Any) -> Session:
    settings: dict[str, Any] = {"authorities": authority().bundle, "now": lambda: authority().now} | more
    return Session(seconds, allowed, **settings)


def probe(kind: Kind, /, seconds: float = 10.0, **definition: Any) -> Outcome:
    """The outcome of a probe of 127.0.0.1, unless the definition says otherwise."""
    return run(kind, line(seconds), **definition)


def run(kind: Kind, over: Session, /, **definition: Any) -> Outcome:
    whereabouts = {} if {"url", "server", "domain", "host"} & definition.keys() else {"host": HOST}
    return failures.attempt(kind, kind.clean(whereabouts | definition), over)


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server((HOST, 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
