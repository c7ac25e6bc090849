"""The running service, for clients that people already have."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0


@dataclass(frozen=True)
class Project:
    """A project of the running service, and where that is."""

    base_url: str
    name: str
    api_key: str
    api_key_readonly: str
    ping_key: str


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Project]]:
    """The whole system in a process of its own; its projects."""
    file = tmp_path_factory.mktemp("service") / "keys.json"
    command = [sys.executable, "-m", "infra.local", "--port", "0", "--keys", str(file)]
    environ = os.environ | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        # What it says after its first line is not of interest, and must not keep it waiting for a reader.
        rest = threading.Thread(target=process.stdout.read)
        try:
            _wait_for_the_address(process, process.stdout)
            rest.start()
            found = json.loads(file.read_text())
            yield [Project(found["base_url"], **project) for project in found["projects"]]
        finally:
            process.kill()
            if rest.is_alive():
                rest.join()


def _wait_for_the_address(process: subprocess.Popen[bytes], output: IO[bytes]) -> None:
    """The first line is told when the address can be used; a process that cannot run ends without one."""
    timer = threading.Timer(PATIENCE, process.kill)
    timer.start()
    line = output.readline()
    timer.cancel()
    assert line, "the service did not start"


@pytest.fixture
def project(service: list[Project]) -> Project:
    return service[0]


@pytest.fixture
def other_project(service: list[Project]) -> Project:
    return service[1]


# What each lane sets before it asks for its tests: where the environments of the clients are that it has made, or that
# it has installed what they run.
ZMON_CLI, GRAFANA_CLIENTS, PROMETHEUS = "TOCSIN_ZMON_CLI", "TOCSIN_GRAFANA_CLIENTS", "TOCSIN_PROMETHEUS"
_OF_LANES = {ZMON_CLI: "zmon_cli", GRAFANA_CLIENTS: "grafana", PROMETHEUS: "test_prometheus.py"}
collect_ignore = [name for variable, name in _OF_LANES.items() if not os.environ.get(variable)]
