"""ZMON's own command line client, as it is published, against the running service.

    infra/lanes/zmon_cli [what pytest takes]

It needs libraries that the project does not, so that it has an environment of its own.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from infra.lanes.environments import client_python
from infra.lanes.graphite_lane import project_python
from infra.lanes.process import SKIPPED, CannotRun, run_in_foreground

# Names the Python that has the client.
VARIABLE = "TOCSIN_ZMON_CLI"
COMMAND = ("-m", "pytest", "-p", "no:xdist", "tests/clients/zmon_cli")


def main(arguments: Sequence[str]) -> int:
    """Run the tests; their exit code, or 77 when the lane cannot run here."""
    try:
        command = [project_python(), *COMMAND, *arguments]
        given = {VARIABLE: str(client_python("zmon-cli"))}
    except CannotRun as reason:
        print(f"zmon-cli: skipped: {reason}", file=sys.stderr)
        return SKIPPED
    return run_in_foreground(command, {**os.environ, **given})
