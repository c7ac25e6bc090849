"""The web server of the runner: waitress on one address."""

from __future__ import annotations

import errno
import json
import socket
from collections.abc import Callable
from typing import Any

from waitress.channel import HTTPChannel
from waitress.server import create_server
from waitress.task import ErrorTask

from infra.local import CannotRun
from infra.local.wsgi import Application

THREADS = 16
# Longer requests are cut off while they come; what is shorter and still too long gets a proper answer.
LONGEST_REQUEST = 64 * 1024 * 1024
BACKLOG = 1024
LAST_PORT = 65_535

_WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}


def listen(host: str, port: int) -> socket.socket:
    """A socket that already takes connections. Raises CannotRun when it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except (OSError, OverflowError) as error:
        words = str(getattr(error, "strerror", None) or error).partition(" (")[0]
        advice = f"; try PORT={port % LAST_PORT + 1}" if getattr(error, "errno", 0) == errno.EADDRINUSE else ""
        raise CannotRun(f"cannot listen on {_authority(host, port)}: {words}{advice}") from error


def url_of(host: str, listener: socket.socket) -> str:
    """The URL under which this machine reaches `listener`."""
    return f"http://{_authority(_WILDCARDS.get(host, host), listener.getsockname()[1])}"


def _authority(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


class _JsonErrors(ErrorTask):
    """What is no HTTP is refused in JSON too."""

    def execute(self) -> None:
        request: Any = self.request
        error = request.error
        body = json.dumps({"error": f"{error.reason.lower()}: {error.body}"}).encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers = [("Content-Type", "application/json")]
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class _Channel(HTTPChannel):
    error_task_class = _JsonErrors


def runner(application: Application, listener: socket.socket) -> Callable[[], None]:
    """What serves `application` on `listener` until KeyboardInterrupt or SystemExit."""
    server: Any = create_server(
        application,
        sockets=[listener],
        threads=THREADS,
        ident="Tocsin",
        max_request_body_size=LONGEST_REQUEST,
        connection_limit=500,
        clear_untrusted_proxy_headers=False,
    )
    server.channel_class = _Channel
    run: Callable[[], None] = server.run
    return run
