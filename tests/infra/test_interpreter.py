"""infra/python: which interpreter it picks, and what it says when none will do."""

import subprocess
import sys
import venv
from pathlib import Path

import pytest

FINDER = Path(__file__).resolve().parents[2] / "infra" / "python"
# A real interpreter that gives itself out for another one to the program on its standard input.
DISGUISE = """\
#!/bin/sh
exec '{python}' -I -c '
import sys
sys.argv = sys.argv[2:]
sys.version_info = {version}
sys.implementation.name = "{implementation}"
sys._base_executable = "{path}"
sys.modules["{lacks}"] = None
exec(sys.stdin.read())
' "$@"
"""


class Machine:
    """A machine with the interpreters that a test puts there and nothing else, not even ls."""

    def __init__(self, root: Path) -> None:
        self.path = root / "bin"
        self.home = root

    def on_path(self, name: str, version: str, lacks: str = "", implementation: str = "cpython") -> str:
        return self.add(self.path / name, version, lacks, implementation)

    def in_pyenv(self, version: str) -> str:
        return self.add(self.home / ".pyenv" / "versions" / version / "bin" / "python3", version)

    def add(self, path: Path, version: str, lacks: str = "", implementation: str = "cpython") -> str:
        numbers = tuple(int(part) for part in version.split("."))
        words = {"python": sys.executable, "path": path, "version": numbers, "lacks": lacks}
        return self.script(path, DISGUISE.format(implementation=implementation, **words))

    def script(self, path: Path, text: str) -> str:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)
        return str(path)

    def find(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        env = {"PATH": str(self.path), "HOME": str(self.home), **environment}
        return subprocess.run([FINDER, *arguments], env=env, text=True, capture_output=True)

    def picks(self, *arguments: str, **environment: str) -> str:
        found = self.find(*arguments, **environment)
        assert (found.returncode, found.stderr) == (0, "")
        return found.stdout.removesuffix("\n")

    def refuses(self, *arguments: str, **environment: str) -> str:
        found = self.find(*arguments, **environment)
        assert (found.returncode, found.stdout, found.stderr.count("\n")) == (1, "", 1)
        return found.stderr


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_the_newest_on_the_path_is_picked(machine: Machine) -> None:
    machine.on_path("python3.11", "3.11.9")
    newest = machine.on_path("python3.13", "3.13.0")
    machine.on_path("python3.12", "3.12.1")
    assert machine.picks() == newest


def test_a_name_on_the_path_goes_before_a_newer_one_of_pyenv(machine: Machine) -> None:
    named = machine.on_path("python3.11", "3.11.9")
    machine.in_pyenv("3.13.0")
    assert machine.picks() == named


def test_the_real_version_counts_and_not_the_name(machine: Machine) -> None:
    machine.on_path("python3.13", "3.10.2")
    honest = machine.on_path("python3.11", "3.11.0")
    assert machine.picks() == honest


def test_a_plain_python3_is_the_last_resort(machine: Machine) -> None:
    plain = machine.on_path("python3", "3.12.4")
    assert machine.picks() == plain


def test_pyenv_helps_out_when_its_shims_refuse_to_run(machine: Machine) -> None:
    machine.script(machine.path / "python3.13", "#!/bin/sh\necho 'pyenv: command not found' >&2; exit 127\n")
    real = machine.in_pyenv("3.13.0")
    assert machine.picks() == real


def test_pyenv_gives_its_newest(machine: Machine) -> None:
    machine.in_pyenv("3.11.7")
    newest = machine.in_pyenv("3.12.1")
    assert machine.picks() == newest


def test_pyenv_is_found_where_its_variable_points(machine: Machine, tmp_path: Path) -> None:
    elsewhere = machine.add(tmp_path / "opt" / "versions" / "3.12.1" / "bin" / "python3", "3.12.1")
    assert machine.picks(PYENV_ROOT=str(tmp_path / "opt")) == elsewhere


def test_too_old_for_the_purpose_is_passed_over(machine: Machine) -> None:
    machine.on_path("python3.11", "3.11.9")
    fits = machine.in_pyenv("3.12.1")
    assert machine.picks("3.12") == fits


def test_one_that_is_newer_than_the_tests_is_taken_when_there_is_no_other_and_that_is_said(machine: Machine) -> None:
    newer = machine.on_path("python3.14", "3.14.2")
    newest = machine.in_pyenv("3.15.0")
    said = "infra/python: taking Python 3.14.2; the tests ran on 3.11 to 3.13\n"
    for arguments, variables, path, told in (
        ((), {}, newer, said),
        (("3.12",), {}, newer, said),
        (("3.15",), {}, newest, said.replace("3.14.2", "3.15.0")),
        ((), {"PYTHON": newer}, newer, said),
    ):
        found = machine.find(*arguments, **variables)
        assert (found.stdout, found.stderr) == (path + "\n", told), (arguments, variables)
    tested = machine.in_pyenv("3.11.9")
    assert machine.picks() == tested
    assert "Python 3.11 to 3.12 with venv" in machine.refuses("3.11", "3.12", PYTHON=newer)


def test_the_reason_of_a_shim_that_does_not_run_is_told(machine: Machine) -> None:
    words = "pyenv: python3.13: command not found\\n\\nThe command exists in these Python versions:\\n  3.13.0\\n"
    machine.script(machine.path / "python3.13", f"#!/bin/sh\nprintf '{words}' >&2; exit 127\n")
    machine.script(machine.path / "python3", "#!/bin/sh\nexit 1\n")
    said = machine.refuses()
    assert (
        "needed: python3.13 does not run: pyenv: python3.13: command not found; python3 does not run; install" in said
    )


def test_too_new_for_the_purpose_is_passed_over(machine: Machine) -> None:
    machine.on_path("python3.13", "3.13.1")
    fits = machine.on_path("python3.12", "3.12.1")
    assert machine.picks("3.12", "3.12") == fits


def test_the_variable_goes_before_everything(machine: Machine, tmp_path: Path) -> None:
    machine.on_path("python3.13", "3.13.1")
    wanted = machine.add(tmp_path / "mine" / "python", "3.11.2")
    assert machine.picks(PYTHON=wanted) == wanted


def test_the_variable_may_hold_a_name(machine: Machine) -> None:
    machine.on_path("python3.13", "3.13.1")
    wanted = machine.on_path("python3.11", "3.11.2")
    assert machine.picks(PYTHON="python3.11") == wanted


def test_a_wrong_variable_is_not_replaced_silently(machine: Machine, tmp_path: Path) -> None:
    machine.on_path("python3.13", "3.13.1")
    old = machine.add(tmp_path / "old" / "python", "3.9.18")
    assert f"PYTHON: {old} is 3.9.18" in machine.refuses(PYTHON=old)
    assert "PYTHON: nowhere/python cannot be found" in machine.refuses(PYTHON="nowhere/python")


def test_an_activated_environment_gives_the_interpreter_it_was_made_with(machine: Machine, tmp_path: Path) -> None:
    venv.create(tmp_path / "env", symlinks=True)
    found = machine.picks(PYTHON=str(tmp_path / "env" / "bin" / "python"))
    assert Path(found).resolve() == Path(sys.executable).resolve()
    assert not found.startswith(str(tmp_path))


def test_without_any_python_one_line_says_what_is_missing(machine: Machine) -> None:
    said = machine.refuses()
    assert "Python 3.11 or newer with venv and ensurepip is needed: none found" in said
    assert "PYTHON=/path/to/python3" in said


def test_one_line_says_why_each_candidate_will_not_do(machine: Machine) -> None:
    machine.on_path("python3.13", "3.13.0", lacks="ensurepip")
    machine.on_path("python3.11", "3.11.5")
    machine.on_path("python3", "3.11.5", implementation="pypy")
    said = machine.refuses("3.12", "3.13")
    assert "Python 3.12 to 3.13" in said
    assert "python3.13 is 3.13.0 without ensurepip, install its venv package" in said
    assert "python3.11 is 3.11.5" in said


def test_another_implementation_is_refused(machine: Machine) -> None:
    machine.on_path("python3", "3.11.5", implementation="pypy")
    assert "python3 is pypy" in machine.refuses()


@pytest.mark.parametrize("arguments", [("3.10",), ("3.12", "3.9"), ("latest",), ("3",)])
def test_an_unknown_version_is_a_mistake_of_the_caller(machine: Machine, arguments: tuple[str, ...]) -> None:
    machine.on_path("python3.12", "3.12.4")
    found = machine.find(*arguments)
    assert (found.returncode, found.stdout) == (2, "")
    assert found.stderr.startswith("usage: infra/python")
