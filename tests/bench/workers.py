"""Workers of the benches: processes of their own, as those of Lambda are."""

from __future__ import annotations

import os
import subprocess
import sys

from chalicelib.monitor.services import Services


def started(module: str, services: Services) -> subprocess.Popen[str]:
    """A process that runs a module of tests/bench in the installation of `services`, and has said that it is ready."""
    given = {"STAGE": services.settings.stage, "PREFIX": services.settings.prefix, "ALLOWED_NETWORKS": "127.0.0.0/8"}
    environ = os.environ | {f"TOCSIN_{name}": value for name, value in given.items()}
    command = [sys.executable, "-m", module]
    process = subprocess.Popen(command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    return process
