"""ministack, an AWS emulator without Docker, as a lane uses it: IAM enforced, one loopback port, everything in memory.

It deploys SAM templates, runs REST APIs, invokes Python handlers in worker processes, fires EventBridge rules and SQS
event sources, and keeps the mails that SES took. AUTH=true makes it check every call of a function against the role of
that function. The access key `test` is its root user, whose signature is not checked.
"""

import contextlib
import dataclasses
import json
import os
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3

from infra.lanes.environments import emulator_python
from infra.lanes.process import ROOT, background, free_port, wait_until

CACHE = ROOT / ".cache" / "ministack"
ROOM = 4_000_000_000
"""Bytes that the workers' files may need."""
REGION = "eu-central-1"
ROOT_USER = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": REGION}

# The workers run under `sys.executable`. With the bare interpreter instead of the emulator's own environment, a
# package that is missing from the zip is missing here as well.
START = "import sys; sys.executable = sys.argv.pop(); from ministack.app import main; main()"


@dataclasses.dataclass(frozen=True)
class Emulator:
    """A running emulator: its endpoint for every service, and the file that it logs to."""

    endpoint: str
    log: Path

    def client(self, service: str, **keys: str) -> Any:
        """A boto3 client: of the root user, unless other keys are given."""
        keys = keys or {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        return boto3.client(service, endpoint_url=self.endpoint, region_name=REGION, **keys)

    def mails(self) -> list[dict[str, Any]]:
        """What SES took so far, oldest first: Source, To, Subject, BodyText, BodyHtml, Timestamp (since 1970)."""
        messages = self.read("/_ministack/ses/messages")["messages"]
        return sorted(
            (mail for account in messages.values() for mail in account), key=lambda mail: float(mail["Timestamp"])
        )

    def healthy(self) -> bool:
        """Whether it answers."""
        try:
            return bool(self.read("/_ministack/health"))
        except OSError:
            return False

    def read(self, path: str) -> dict[str, Any]:
        """The document at one of the emulator's own addresses."""
        with urllib.request.urlopen(self.endpoint + path, timeout=10) as answer:
            found: dict[str, Any] = json.load(answer)
            return found


@contextlib.contextmanager
def running(log: Path, functions_python: str) -> Iterator[Emulator]:
    """An empty emulator on a free port, its output in `log`; stopped and cleared away in the end.

    The functions run in `functions_python`. CannotRun, LaneFailed.
    """
    python = emulator_python()
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="ministack-", dir=workshop(), ignore_cleanup_errors=True) as scratch:
        port = free_port()
        command = [str(python), "-c", START, functions_python]
        with background(command, log, cwd=Path(scratch), env=environment(port, scratch)) as process:
            emulator = Emulator(f"http://127.0.0.1:{port}", log)
            wait_until(emulator.healthy, process, log, patience=60, what="ministack")
            yield emulator


def workshop(memory: Path = Path("/dev/shm")) -> Path:
    """Where workers unpack the package, thousands of files each: in memory, if there is room and code may run there."""
    try:
        about = os.statvfs(memory)
    except OSError:
        return CACHE
    roomy = about.f_bavail * about.f_frsize > ROOM
    return memory if roomy and os.access(memory, os.W_OK) and not about.f_flag & os.ST_NOEXEC else CACHE


def environment(port: int, scratch: str) -> dict[str, str]:
    """Nothing of the caller's own: the workers inherit it, and a function must see only what the template gives it."""
    return {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        "AUTH": "true",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_REGION": REGION,
        "PERSIST_STATE": "0",
        "STATE_DIR": scratch,
        "TMPDIR": scratch,
        # Otherwise these two listen on ports of their own.
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
    }
