"""Clients of Node in folders of their own, on a machine whose npm is a script of the test."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from infra.lanes import environments, grafana_clients_lane
from infra.lanes.process import SKIPPED, CannotRun

NAME = "robot"
NPM = """#!/bin/sh
echo "$*" >> {home}/asked
mkdir -p node_modules && exit {code}
"""


class Machine:
    """A checkout with the pins of one client, and the programs that it has been given."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.asked, self.lock = home / "asked", home / "infra/lanes" / NAME / "package-lock.json"
        self.lock.parent.mkdir(parents=True)
        self.lock.write_text("{}")
        (home / "bin").mkdir()

    def has(self, program: str, code: int = 0) -> None:
        path = self.home / "bin" / program
        path.write_text(NPM.format(home=self.home, code=code))
        path.chmod(0o755)

    @property
    def installations(self) -> int:
        return len(self.asked.read_text().splitlines()) if self.asked.exists() else 0


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    found = Machine(tmp_path)
    found.has("node")
    monkeypatch.setattr(environments, "ROOT", tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin{os.pathsep}/bin")
    monkeypatch.setattr(shutil, "which", lambda name: (tmp_path / "bin" / name).exists())
    return found


def test_a_client_is_installed_once_and_again_when_its_pins_change(machine: Machine) -> None:
    machine.has("npm")
    found = environments.client_modules(NAME)
    assert found == environments.client_modules(NAME) == machine.home / ".cache" / NAME / "node_modules"
    assert found.is_dir() and machine.installations == 1
    machine.lock.write_text('{"lockfileVersion": 3}')
    environments.client_modules(NAME)
    assert machine.installations == 2


def test_an_installation_that_failed_is_made_again(machine: Machine) -> None:
    machine.has("npm", code=1)
    for _ in range(2):
        with pytest.raises(CannotRun, match="robot could not be installed"):
            environments.client_modules(NAME)
    assert machine.installations == 2


def test_a_machine_without_npm_is_told_so_in_one_line_and_the_lane_does_not_pass(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(grafana_clients_lane, "project_python", lambda: "python")
    monkeypatch.setattr(grafana_clients_lane, "client_python", Path)
    monkeypatch.setattr(grafana_clients_lane, "MODULES", (NAME,))
    assert grafana_clients_lane.main([]) == SKIPPED
    said = capsys.readouterr().err
    assert said == "grafana-clients: skipped: robot needs npm, which is not installed\n"
