"""The lane beside graphite-web, on a machine whose Python and pip are scripts of the test."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from infra.lanes import graphite_lane, oracle

FINDER = """#!/bin/sh
test -z "$PYTHON" || exit 3
{answer}
"""
INSTALLER = """#!/bin/sh
echo "$GRAPHITE_NO_PREFIX $*" >> asked
exit {code}
"""


class Machine:
    """A checkout of which the lane sees this much only."""

    def __init__(self, home: Path) -> None:
        self.home = home
        (home / "infra").mkdir()
        self.asked = home / "asked"

    def has_python(self, *, installs: bool = True) -> None:
        self._put(self.home / "installer", INSTALLER.format(code=0 if installs else 1))
        self._put(self.home / "infra" / "python", FINDER.format(answer=f"echo {self.home}/installer"))

    def has_no_python(self) -> None:
        self._put(self.home / "infra" / "python", FINDER.format(answer="echo 'infra/python: none\n found' >&2; exit 1"))

    def _put(self, path: Path, text: str) -> None:
        path.write_text(text)
        path.chmod(0o755)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.setattr(graphite_lane, "ROOT", tmp_path)
    return Machine(tmp_path)


def run(code: str) -> int:
    return graphite_lane.main(["--", sys.executable, "-c", code])


def test_the_command_finds_graphite_webs_python_and_its_exit_code_is_passed_on(machine: Machine) -> None:
    machine.has_python()
    expected = str(machine.home / ".venv-graphite" / "bin" / "python")
    assert run(f"import os; raise SystemExit(5 if os.environ['TOCSIN_TEST_GRAPHITE'] == {expected!r} else 1)") == 5


def test_the_environment_is_made_of_the_lanes_own_pins_and_nothing_goes_outside_it(machine: Machine) -> None:
    machine.has_python()
    run("")
    pins = "infra/lanes/requirements-graphite.txt"
    made = f"True -m infra.environment .venv-graphite/stamps/requirements-graphite {pins}\n"
    assert machine.asked.read_text() == made


def test_the_interpreter_chosen_for_the_package_is_not_asked_for(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.has_python()
    monkeypatch.setenv("PYTHON", "/opt/python3.13")
    assert run("") == 0


def test_without_its_python_the_lane_is_skipped_and_says_why(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.has_no_python()
    assert run("raise SystemExit(1)") == 77
    assert capsys.readouterr().err == "graphite_web: skipped: infra/python: none found\n"


def test_without_its_packages_the_lane_is_skipped_and_says_why(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.has_python(installs=False)
    assert run("raise SystemExit(1)") == 77
    reason = "infra/lanes/requirements-graphite.txt could not be installed"
    assert capsys.readouterr().err == f"graphite_web: skipped: {reason}\n"


def test_without_the_tests_own_environment_the_comparison_is_skipped(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.has_python()
    assert graphite_lane.main([]) == 77
    assert "`make test` makes it" in capsys.readouterr().err


def test_an_evaluation_is_timed_by_the_median_of_its_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 1.0, 10.0, 13.0, 20.0, 40.0])
    monkeypatch.setattr("time.perf_counter", lambda: next(clock))
    results = iter([[1], [2], [3]])
    assert oracle.timed(lambda: next(results), 3) == ([3], 3.0)


def test_a_series_goes_over_the_line_with_the_step_that_it_was_merged_to() -> None:
    class Merged(list[float]):
        name, start, end, step, valuesPerPoint = "a", 0.0, 600.0, 60, 5  # noqa: N815

    assert oracle.described(Merged([1.0, 2.0])) == {
        "name": "a",
        "start": 0,
        "end": 600,
        "step": 300,
        "values": [1.0, 2.0],
    }


def test_what_is_no_series_is_a_refusal() -> None:
    asked = SimpleNamespace(world=[], _know_tags=lambda: None, evaluate=lambda request: ["a"])
    answer = oracle.Oracle.answer(asked, {"series": [], "target": "template($1, 'a')"})  # type: ignore[arg-type]
    assert answer == {"error": "AttributeError: 'str' object has no attribute 'name'"}


def test_a_refusal_of_graphite_web_is_an_answer_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(request: object) -> list[object]:
        raise ValueError("no such function")

    asked = SimpleNamespace(world=[], _know_tags=lambda: None, evaluate=refuse)
    answer = oracle.Oracle.answer(asked, {"series": [], "target": "moo(a)"})  # type: ignore[arg-type]
    assert answer == {"error": "ValueError: no such function"}
