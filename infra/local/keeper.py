"""Keeps what a runner holds in a directory, so that the next one goes on from there.

Every few seconds in which something changed, and at the end, a new snapshot takes the place of the last. Whoever kills
the process loses those seconds. One runner at a time has the directory.
"""

from __future__ import annotations

import fcntl
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from infra.local import CannotRun, snapshots
from infra.local.stopping import Stopping

FILE = "snapshot.jsonl"
INTERVAL = 3.0
"""Seconds from one snapshot to the next."""
# Where a snapshot takes long the next one comes later, so that a twentieth of the time goes into them.
SHARE = 20

logger = logging.getLogger("infra.local")

Contents = Callable[[], tuple[dict[str, Any], list[str]]]


class Keeper:
    """Has one directory, or none and keeps nothing. `kept` is what a runner before this one has left there: what the
    snapshot is about, and its documents; None if there is none."""

    def __init__(self, folder: Path | None) -> None:
        """Raises CannotRun for a directory that cannot be used, or whose snapshot cannot."""
        self.folder = folder and _ready(folder)
        self._lock = self.folder and _taken(self.folder)
        self._file = self.folder and self.folder / FILE
        self.kept: tuple[dict[str, Any], Iterator[Any]] | None = snapshots.read(self._file) if self._file else None
        self._changed = threading.Event()
        self._writing = threading.Lock()
        self._contents: Contents | None = None

    def changed(self) -> None:
        self._changed.set()

    def begin(self, contents: Contents, stopping: Stopping) -> None:
        """From now on `contents`, which is asked for what there is at that moment, is kept."""
        if self._file:
            self._contents = contents
            self.changed()
            stopping.thread("keeper", lambda: self._run(stopping))

    def _run(self, stopping: Stopping) -> None:
        while True:
            began = time.monotonic()
            self.keep()
            stopping.sleep(max(INTERVAL, SHARE * (time.monotonic() - began)))

    def keep(self) -> bool:
        """Writes a snapshot if something changed since the last. Answers whether everything is in the file."""
        with self._writing:
            if self._file is None or self._contents is None or not self._changed.is_set():
                return True
            self._changed.clear()  # before looking: what changes meanwhile is for the next one
            try:
                snapshots.write(self._file, *self._contents())
            except OSError as error:
                # A full disk, say. The snapshot before stands, and the next attempt is near.
                self._changed.set()
                logger.error("nothing is kept: cannot write %s: %s", self._file, error.strerror or error)
                return False
            return True


def _ready(folder: Path) -> Path:
    """The directory, made if it is missing; the one above it must be there, or it is a slip of the pen."""
    folder = folder.absolute()
    try:
        folder.mkdir(mode=0o700)
        (folder / ".gitignore").write_text("*\n")  # it holds keys
    except FileExistsError:
        pass
    except OSError as error:
        raise CannotRun(f"cannot make the directory {folder}: {error.strerror}") from None
    if not folder.is_dir():
        raise CannotRun(f"{folder} is not a directory")
    return folder


def _taken(folder: Path) -> int:
    """A lock that goes with the process."""
    try:
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise CannotRun(f"cannot write in {folder}: {error.strerror}") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise CannotRun(f"another runner keeps its data in {folder}") from None
    return lock
