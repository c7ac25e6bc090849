"""The templates that would be deployed, made once, each in a process of its own: app.py reads its stage on import."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from infra.template import ROOT

Template = dict[str, Any]


def made(stage: str) -> Template:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TOCSIN_"))}
    command = [sys.executable, "-W", "error", "-m", "infra.template", "--stage", stage]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    template: Template = json.loads(done.stdout)
    return template


@pytest.fixture(scope="session")
def template() -> Template:
    """The template of the stage dev."""
    return made("dev")


@pytest.fixture(scope="session")
def other_template() -> Template:
    """The template of a stage that .chalice/config.json does not name."""
    return made("blue-2")


@pytest.fixture(scope="session")
def resources(template: Template) -> dict[str, dict[str, Any]]:
    """Every resource of the stage dev by its logical name."""
    found: dict[str, dict[str, Any]] = template["Resources"]
    return found


@pytest.fixture(scope="session")
def functions(resources: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The properties of the functions by their names in app.py."""
    found = [one["Properties"] for one in resources.values() if one["Type"] == "AWS::Serverless::Function"]
    names = {properties["FunctionName"]: properties for properties in found}
    return {name.removeprefix("tocsin-dev-").replace("-", "_"): properties for name, properties in names.items()}
