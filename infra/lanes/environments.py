"""The lanes' virtual environments, made like those of the Makefile: on first use, with the same interpreter.

The functions' package holds wheels for one Python, 3.12 or newer, and the emulator runs them in that very Python.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from infra.lanes.process import ROOT, CannotRun

OLDEST = "3.12"
# Exactly what is pinned, without what a package would run, and without the robot that a plugin of it asks for.
NPM_INSTALL = ("ci", "--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund", "--silent")


def package_python() -> Path:
    """The Python of `.venv-package`: Chalice and all that the functions need. CannotRun."""
    return _made(".venv-package", "requirements-package.txt")


def emulator_python() -> Path:
    """The Python of `.venv-ministack`, the emulator's own. CannotRun."""
    return _made(".venv-ministack", "infra/lanes/requirements.txt")


def servers_python() -> Path:
    """The Python of `.venv-servers`, with the servers that pip installs and apt does not. CannotRun."""
    return _made(".venv-servers", "infra/lanes/requirements-servers.txt")


def client_python(name: str) -> Path:
    """The Python of a client's own environment, `.venv-<name>`. CannotRun."""
    return _made(f".venv-{name}", f"infra/lanes/requirements-{name}.txt")


def client_modules(name: str) -> Path:
    """The folder in which Node finds a client and what it needs, of `infra/lanes/<name>`. CannotRun."""
    home, pins = ROOT / ".cache" / name, ROOT / "infra" / "lanes" / name
    stamp, lock = home / "installed", pins / "package-lock.json"
    if not (stamp.exists() and stamp.read_text() == lock.read_text()):
        for tool in ("node", "npm"):
            if not shutil.which(tool):
                raise CannotRun(f"{name} needs {tool}, which is not installed")
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(pins, home)
        print(f"installing {name} into {home}, once", file=sys.stderr)
        if subprocess.run(["npm", *NPM_INSTALL], cwd=home).returncode:
            raise CannotRun(f"{name} could not be installed")
        shutil.copy(lock, stamp)
    return home / "node_modules"


def checkov_python() -> Path:
    """The Python of `.venv-checkov`, which looks at templates. CannotRun."""
    return _made(".venv-checkov", "infra/lanes/requirements-checkov.txt")


def bare(python: Path) -> str:
    """The interpreter that a virtual environment was made with, without the environment's packages."""
    asked = subprocess.run([python, "-c", "import sys; print(sys._base_executable)"], capture_output=True, text=True)
    return asked.stdout.strip()


def _made(home: str, requirements: str) -> Path:
    found = subprocess.run([ROOT / "infra" / "python", OLDEST], capture_output=True, text=True)
    if found.returncode:
        raise CannotRun(" ".join(found.stderr.split()))
    # One name with the Makefile's stamps: a change of PYTHON makes the environment anew.
    stamps = "stamps" + os.environ.get("PYTHON", "").replace("/", "_")
    stamp = Path(home) / stamps / Path(requirements).stem
    if subprocess.run([found.stdout.strip(), "-m", "infra.environment", stamp, requirements], cwd=ROOT).returncode:
        raise CannotRun(f"{requirements} could not be installed")
    return ROOT / home / "bin" / "python"
