"""Five clients of Grafana's alerting, as they are published, against the running service.

    infra/lanes/grafana_clients [what pytest takes]

Each has an environment of its own: two have a module of the same name, one takes the place of urllib3, one is for Node.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence

from infra.lanes.environments import client_modules, client_python
from infra.lanes.graphite_lane import project_python
from infra.lanes.process import SKIPPED, CannotRun, run_in_foreground

# Names, as JSON, the Python that has each client, and for that of Node the folder of its modules.
VARIABLE = "TOCSIN_GRAFANA_CLIENTS"
COMMAND = ("-m", "pytest", "-p", "no:xdist", "tests/clients/grafana")
PYTHONS = ("bgrafana-api", "grafana-api-sdk", "grafana-client", "grafana-backup")
MODULES = ("hubot-grafana",)


def main(arguments: Sequence[str]) -> int:
    """Run the tests; their exit code, or 77 when the lane cannot run here."""
    try:
        command = [project_python(), *COMMAND, *arguments]
        found = {name: str(client_python(name)) for name in PYTHONS}
        found |= {name: str(client_modules(name)) for name in MODULES}
    except CannotRun as reason:
        print(f"grafana-clients: skipped: {reason}", file=sys.stderr)
        return SKIPPED
    return run_in_foreground(command, {**os.environ, VARIABLE: json.dumps(found)})
