"""Starting a server, waiting until somebody listens, and ending it."""

from __future__ import annotations

import os
import pwd
import socket
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from infra.lanes.process import background, free_port, wait_until

__all__ = ["done", "free_port", "given_to", "running"]

PATIENCE = 30.0
# Where Debian puts what only root starts.
ENVIRONMENT = {**os.environ, "PATH": os.environ.get("PATH", "") + ":/usr/sbin:/sbin"}


@contextmanager
def running(
    command: Sequence[str | Path], port: int, folder: Path, ready: Callable[[], bool] = lambda: True
) -> Iterator[None]:
    """The server that a command starts, from when it listens and is `ready`. What it said is in `server.log` of the
    folder."""
    log = folder / "server.log"

    def listens() -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return ready()
        return False

    with background(command, log, cwd=folder, env=ENVIRONMENT) as process:
        wait_until(listens, process, log, PATIENCE, str(command[0]))
        yield


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
        env=ENVIRONMENT,
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
