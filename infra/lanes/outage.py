"""The packaged template on an AWS emulator, and one outage from the first ping to the "up" mail.

    infra/lanes/ministack [--keep]

Everything takes its real way: API Gateway, Lambda, DynamoDB, the EventBridge schedule (which fires by itself), SQS,
SES, and the function's own role at each call. Exit code 0 when the outage was told and its end too, 1 with the
functions' logs when not, 77 when the lane cannot run on this machine. `--keep` leaves the emulator running until
Ctrl-C. It takes three minutes, of which two are the check's own.
"""

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from infra.lanes import emulator
from infra.lanes.emulator import Emulator
from infra.lanes.environments import bare
from infra.lanes.process import ROOT, SKIPPED, CannotRun, LaneFailed, step
from infra.lanes.stack import Stack, deploy
from infra.lanes.walk import outage, preparations
from infra.lanes.web import Api

STAGE = "dev"
STACK = f"tocsin-{STAGE}"
PACKAGE = ROOT / "build" / "package"
LOG = emulator.CACHE / "emulator.log"


def main(arguments: Sequence[str]) -> int:
    """Run the lane; returns its exit code."""
    parser = argparse.ArgumentParser(prog="infra/lanes/ministack", description="walk one outage on an AWS emulator")
    parser.add_argument("--keep", action="store_true", help="leave the emulator running until Ctrl-C")
    keep = parser.parse_args(arguments).keep
    # Without this a SIGTERM would leave the emulator behind.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        return lane(keep)
    except CannotRun as reason:
        print(f"ministack: skipped: {reason}", file=sys.stderr)
        return SKIPPED
    except LaneFailed as reason:
        print(f"ministack: {reason}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def lane(keep: bool) -> int:
    """Package, start, walk; 0 or 1. CannotRun, LaneFailed."""
    begun = time.monotonic()
    with step("packaged"):
        run([sys.executable, "-m", "infra.package", "--out", str(PACKAGE)], os.environ)
    with contextlib.ExitStack() as started:
        with step("emulator started"):
            engine = started.enter_context(emulator.running(LOG, bare(Path(sys.executable))))
        code = walk_on(engine)
        print(f"{'FAILED' if code else 'passed'} after {time.monotonic() - begun:.0f} s", flush=True)
        if keep:
            wait_for_interrupt(engine)
    return code


def walk_on(engine: Emulator) -> int:
    """0, or 1 after the functions' logs and what went wrong went to standard error."""
    deployed: list[Stack] = []
    try:
        with step("deployed"):
            deployed.append(deploy(engine, PACKAGE, STACK))
        preparations(deployed[0])
        with step("project made"):
            keys = new_keys(engine)
        outage(deployed[0], Api(deployed[0].api_url(), keys["api_key"]), keys["ping_key"])
        return 0
    except LaneFailed as reason:
        logs = "\n".join(stack.logs() for stack in deployed)
        print(f"{logs}\nministack: {reason}\nThe emulator's own log: {LOG}", file=sys.stderr)
        return 1


def new_keys(engine: Emulator) -> dict[str, str]:
    """The keys of a fresh project, made by the owner's own command: api_key, ping_key."""
    place = ["--stage", STAGE, "--endpoint", engine.endpoint]
    command = [sys.executable, "-m", "infra.admin", *place, "project", "create", "--name", "lane", "--json"]
    keys: dict[str, str] = json.loads(run(command, {**os.environ, **emulator.ROOT_USER}))
    return keys


def run(command: Sequence[str], env: Mapping[str, str]) -> str:
    """The standard output of one of the project's own commands. LaneFailed with all its output if it fails."""
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    if done.returncode:
        raise LaneFailed(f"{' '.join(command[1:])} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def wait_for_interrupt(engine: Emulator) -> None:
    """Until Ctrl-C."""
    place = f"{engine.endpoint}, access key and secret `test`, region {emulator.REGION}"
    print(f"kept: {place}; Ctrl-C ends it", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        signal.pause()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
