"""zmon-cli, as it is published, against the running service: what it sends, shows and is told.

Its exit status is 0 whatever happens, so that every output is searched for the words that it has for errors.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.clients.conftest import PATIENCE, ZMON_CLI, Project

PYTHON = os.environ[ZMON_CLI]
ERRORS = ("HTTP error:", "HTTP ERROR:", "EXCEPTION", "Failed", "Traceback", "Error:")
# As an agent on AWS makes them.
AGENT: dict[str, Any] = {
    "id": "web-1-i123[aws:123456789012:eu-central-1]",
    "type": "instance",
    "infrastructure_account": "aws:123456789012",
    "region": "eu-central-1",
    "ports": {"5432": 5432},
    "whole": 1,
    "part": 1.0,
    "large": 123456789012345678901,
    "small": 1e-7,
    "none": None,
    "Case": {"cASE": [[], {}, [True, None]]},
    "tags": ["a", "\u00e4"],
}

Cli = Callable[..., str]


@pytest.fixture
def cli(project: Project, tmp_path: Path) -> Cli:
    """Runs the client with a key of the project; what it printed, in a form that was asked for without its remarks. It
    must not say that anything went wrong, unless `refused`."""

    def run(*words: str, key: str = project.api_key, user: str = "", refused: bool = False, given: str = "") -> str:
        file = tmp_path / "zmon-cli.yaml"
        about = {"url": project.base_url, "token": key} | ({"user": user, "password": key} if user else {})
        file.write_text(json.dumps(about))
        command = [PYTHON, "-W", "ignore", "-m", "zmon_cli", "-c", str(file), *words]
        done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=PATIENCE, cwd=tmp_path)
        said = done.stdout + done.stderr
        assert refused == any(word in said for word in ERRORS), said
        return done.stdout if "-o" in words else said

    return run


@pytest.fixture
def file(tmp_path: Path) -> Callable[[object], str]:
    """Writes a file for the client: JSON, which is YAML as well."""

    def write(value: object) -> str:
        path = tmp_path / "given.yaml"
        path.write_text(json.dumps(value))
        return str(path)

    return write


@pytest.fixture
def agent(cli: Cli, project: Project) -> Iterator[dict[str, Any]]:
    """An entity that the client pushed."""
    cli("entities", "push", json.dumps(AGENT))
    yield AGENT
    headers = {"Authorization": f"Bearer {project.api_key}"}
    requests.delete(f"{project.base_url}/api/v1/entities/{AGENT['id']}", headers=headers, timeout=PATIENCE)
