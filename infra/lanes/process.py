"""Processes that the lanes start: free ports, waiting for an answer, and stopping for certain."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

SKIPPED = 77
"""Exit code of a lane that cannot run on this machine."""

ROOT = Path(__file__).resolve().parents[2]
"""The checkout."""


class CannotRun(Exception):
    """Something that this machine lacks; the text is one line for people."""


class LaneFailed(Exception):
    """The lane ran and found something wrong; the text may have many lines."""


@contextlib.contextmanager
def step(what: str) -> Iterator[None]:
    """Prints what the block did and how long it took; on a terminal also while it does it."""
    begun = time.monotonic()
    if sys.stdout.isatty():
        print(f"{'...':>8}    {what}", end="\r", flush=True)
    outcome = "failed: "
    try:
        yield
        outcome = ""
    finally:
        print(f"{time.monotonic() - begun:8.1f} s  {outcome}{what}", flush=True)


def free_port() -> int:
    """A TCP port of the loopback interface that nobody listens on at this moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextlib.contextmanager
def background(
    command: Sequence[str | Path], log: Path, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server with its output in `log`; it is stopped when the block ends, however it ends.

    It gets a session of its own: Ctrl-C reaches the lane alone, and the server outlives the command that uses it.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
    try:
        yield process
    finally:
        stop_group(process)


def stop_group(process: subprocess.Popen[bytes], patience: float = 10.0) -> None:
    """End a process of `background` and everything it started: politely first, then for certain."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)


def wait_until(
    answers: Callable[[], bool], process: subprocess.Popen[bytes], log: Path, patience: float, what: str
) -> None:
    """Wait for a server's first answer, at most `patience` seconds. LaneFailed with the end of its log."""
    end = time.monotonic() + patience
    while not answers():
        if process.poll() is not None:
            raise LaneFailed(f"{what} ended with code {process.returncode}:\n{tail(log)}")
        if time.monotonic() > end:
            raise LaneFailed(f"{what} gave no answer within {patience:.0f} s:\n{tail(log)}")
        time.sleep(0.05)


def tail(log: Path, lines: int = 30) -> str:
    """The last lines of a log file, or of nothing."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


def run_in_foreground(command: Sequence[str], env: Mapping[str, str]) -> int:
    """Run a command on this terminal; its exit code as a shell tells it: 127 not found, 126 not runnable, 128+signal.

    Ctrl-C reaches the command by itself (same process group); a SIGTERM sent to the lane alone is handed on.
    """
    try:
        process = subprocess.Popen(command, env=env)
    except FileNotFoundError:
        return 127
    except PermissionError:
        return 126
    with _handing_on(process):
        code = process.wait()
    return code if code >= 0 else 128 - code


@contextlib.contextmanager
def _handing_on(process: subprocess.Popen[bytes]) -> Iterator[None]:
    before_term = signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    before_int = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before_term)
        signal.signal(signal.SIGINT, before_int)
