"""A real Prometheus, from Debian's package, that scrapes the running service.

    infra/lanes/prometheus [what pytest takes]

What is missing is installed, which takes root and apt. Nothing is started as a service: the tests start their own, on a
port and in a folder of its own.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from infra.lanes.graphite_lane import project_python
from infra.lanes.process import SKIPPED, CannotRun, run_in_foreground
from infra.lanes.servers_lane import install

# Says that there is a Prometheus.
VARIABLE = "TOCSIN_PROMETHEUS"
COMMAND = ("-m", "pytest", "-p", "no:xdist", "tests/clients/test_prometheus.py")
# The package and the program in it.
PACKAGES = {"prometheus": "prometheus"}


def main(arguments: Sequence[str]) -> int:
    """Run the tests; their exit code, or 77 when the lane cannot run here."""
    try:
        install(PACKAGES)
        command = [project_python(), *COMMAND, *arguments]
    except CannotRun as reason:
        print(f"prometheus: skipped: {reason}", file=sys.stderr)
        return SKIPPED
    return run_in_foreground(command, {**os.environ, VARIABLE: "1"})
