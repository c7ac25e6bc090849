"""graphite-web under a command: the definition of Graphite's functions that people know, to compare ours with.

    infra/lanes/graphite_web [-- COMMAND...]

graphite-web lives in an environment of its own, `.venv-graphite`, made on first use and never packaged. The command
finds that environment's Python in TOCSIN_TEST_GRAPHITE and starts `infra/lanes/oracle.py` with it. Without a command
the lane compares every function (tests/languages/graphite/differential).
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from infra.lanes.process import ROOT, SKIPPED, CannotRun, run_in_foreground

# Django 3.2 needs a standard library that still has distutils.
VERSION = "3.11"
HOME = ".venv-graphite"
REQUIREMENTS = "infra/lanes/requirements-graphite.txt"
VARIABLE = "TOCSIN_TEST_GRAPHITE"
COMPARISON = ("-m", "pytest", "-m", "graphite_web", "tests/languages/graphite/differential")


def main(arguments: Sequence[str]) -> int:
    """Run the command of `arguments` beside graphite-web; its exit code, or 77 when the lane cannot run here."""
    command = list(arguments[1:] if arguments[:1] == ["--"] else arguments)
    try:
        given = {VARIABLE: str(graphite_python())}
        command = command or [project_python(), *COMPARISON]
    except CannotRun as reason:
        print(f"graphite_web: skipped: {reason}", file=sys.stderr)
        return SKIPPED
    return run_in_foreground(command, {**os.environ, **given})


def graphite_python() -> Path:
    """The Python of `.venv-graphite`, which is made on first use. CannotRun."""
    found = subprocess.run(
        [ROOT / "infra" / "python", VERSION, VERSION], capture_output=True, text=True, env=_without_choice()
    )
    if found.returncode:
        raise CannotRun(" ".join(found.stderr.split()))
    stamp = Path(HOME) / "stamps" / Path(REQUIREMENTS).stem
    command = [found.stdout.strip(), "-m", "infra.environment", str(stamp), REQUIREMENTS]
    # Else its setup would put it under /opt, outside the environment.
    if subprocess.run(command, cwd=ROOT, env={**os.environ, "GRAPHITE_NO_PREFIX": "True"}).returncode:
        raise CannotRun(f"{REQUIREMENTS} could not be installed")
    return ROOT / HOME / "bin" / "python"


def _without_choice() -> dict[str, str]:
    """PYTHON is about the environments that package and test: another interpreter there is no obstacle here."""
    return {name: value for name, value in os.environ.items() if name != "PYTHON"}


def project_python() -> str:
    """The Python of the environment that make keeps for the tests. CannotRun."""
    python = ROOT / os.environ.get("VENV", ".venv") / "bin" / "python"
    if not python.exists():
        raise CannotRun(f"{python} is missing; `make test` makes it")
    return str(python)
