"""Starting a server, waiting until somebody listens, and ending it."""

from __future__ import annotations

import os
import pwd
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

PATIENCE = 30.0
# Where Debian puts what only root starts.
PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def running(command: Sequence[str | Path], port: int, folder: Path) -> Iterator[None]:
    """The server that a command starts, from when it listens. What it said is in `server.log` of the folder."""
    log = folder / "server.log"
    with log.open("wb") as output:
        # A session of its own: what it starts ends with it.
        process = subprocess.Popen(
            list(map(str, command)),
            cwd=folder,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PATH": PATH},
            start_new_session=True,
        )
    try:
        _listens(process, port, log)
        yield
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _listens(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise AssertionError(f"{process.args!r} does not listen: {log.read_text(errors='replace')[-2_000:]}")


def done(*command: str | Path, said: str = "", user: str = "") -> str:
    """What a command says, once it is done."""
    whole = ["setpriv", "--reuid", user, "--regid", user, "--init-groups", *command] if user else command
    ran = subprocess.run(
        list(map(str, whole)),
        input=said,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={**os.environ, "PATH": PATH},
    )
    assert ran.returncode == 0, (whole, ran.stdout[-1_000:], ran.stderr[-1_000:])
    return ran.stdout


def given_to(user: str, folder: Path) -> None:
    """Makes a folder, and what is in it, a user's, and lets everybody through those above it."""
    found = pwd.getpwnam(user)
    for one in (folder, *folder.rglob("*")):
        os.chown(one, found.pw_uid, found.pw_gid)
    for above in folder.parents:
        if above != Path("/tmp") and str(above).startswith("/tmp"):
            above.chmod(above.stat().st_mode | 0o711)
