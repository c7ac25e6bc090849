"""Furnishes an emulated AWS in another process, such as moto_server, with what `chalice local` needs to find there."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from urllib.parse import urlsplit

from infra.local import CannotRun, environ


def main(endpoint: str, port: int, key_file: Path | None) -> None:
    """Makes tables, queues and the first projects at `endpoint`, shows the keys; `port` is where the app will listen.

    Raises CannotRun when nothing answers there.
    """
    _require(endpoint)
    url = f"http://127.0.0.1:{port}"
    environ.prepare(url, os.environ, endpoint=endpoint)
    from chalicelib import settings, store
    from chalicelib.monitor.services import Services
    from infra.local import fixtures, keys, terminal

    services = Services(settings.load())
    store.connect(services.settings)
    fixtures.make(services.settings)
    found = keys.document(url, keys.make(services))
    if key_file:
        keys.check_writable(key_file)
        keys.write(key_file, found)
    terminal.say(f"Tables, queues and projects are at {endpoint}. For the app on port {port}:\n\n{keys.listed(found)}")


def _require(endpoint: str) -> None:
    """An address of this machine or its neighbours; this is no tool for the real AWS."""
    parts = urlsplit(endpoint)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise CannotRun(f"{endpoint!r} is not a URL such as http://127.0.0.1:5555")
    if parts.hostname.endswith((".amazonaws.com", ".aws", ".amazonaws.com.cn")):
        raise CannotRun(f"{endpoint} is the real AWS; deploy there instead")
    try:
        socket.create_connection((parts.hostname, parts.port or 80), timeout=3).close()
    except OSError as error:
        raise CannotRun(f"nothing answers at {endpoint}: {error.strerror or error}") from error
