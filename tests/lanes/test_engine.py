import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.lanes import engine

JAVA = """#!{python}
import http.server, sys
if "-version" in sys.argv:
    sys.exit('openjdk version "{version}" 2025-04-15')
class Unsigned(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_error(400)
assert "-inMemory" in sys.argv and {works}
http.server.HTTPServer(("127.0.0.1", int(sys.argv[sys.argv.index("-port") + 1])), Unsigned).serve_forever()
"""
NPM = """#!{python}
import io, sys, tarfile
assert sys.argv[1] == "pack" and sys.argv[-1] == "amplify-dynamodb-simulator@2.9.30"
if not {works}:
    sys.exit("npm error code ENOTFOUND\\nnpm error and much more")
with tarfile.open("engine.tgz", "w:gz") as package:
    for name in ("package/emulator/DynamoDBLocal.jar", "package/lib/index.js"):
        package.addfile(tarfile.TarInfo(name), io.BytesIO())
"""


class Machine:
    """A machine with the commands that a test puts on it, and nothing else."""

    def __init__(self, home: Path) -> None:
        self.commands = home / "bin"
        self.cache = home / "cache"
        self.commands.mkdir()

    def put(self, name: str, text: str, **values: object) -> None:
        command = self.commands / name
        command.write_text(text.format(python=sys.executable, **values))
        command.chmod(0o755)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    made = Machine(tmp_path)
    monkeypatch.setenv("PATH", str(made.commands))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(engine, "CACHE", made.cache)
    before = signal.getsignal(signal.SIGTERM)
    yield made
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def sound(machine: Machine) -> Machine:
    machine.put("java", JAVA, version="17.0.15", works=True)
    machine.put("npm", NPM, works=True)
    return machine


def run(code: str) -> int:
    return engine.main(["--", sys.executable, "-c", code])


def test_the_command_finds_the_engine_and_its_exit_code_is_passed_on(sound: Machine) -> None:
    asks = """
import os, urllib.error, urllib.request
try:
    urllib.request.urlopen(os.environ["TOCSIN_TEST_ENGINE"])
except urllib.error.HTTPError as refused:
    raise SystemExit(refused.code - 395)
"""
    assert run(asks) == 5


def test_the_command_keeps_its_own_environment(sound: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINE", "kept")
    assert run("import os; raise SystemExit(os.environ['MINE'] != 'kept')") == 0


def test_no_engine_is_left_behind(sound: Machine) -> None:
    with engine.running() as endpoint:
        port = int(endpoint.rpartition(":")[2])
        assert engine.answers(port)
    assert not engine.answers(port)
    assert [entry.name for entry in sound.cache.iterdir()] == [engine.VERSION]


def test_the_engine_is_fetched_once_and_only_its_own_folder_is_kept(sound: Machine) -> None:
    home = engine.installed(sound.cache / "here")
    (sound.commands / "npm").unlink()
    assert engine.installed(sound.cache / "here") == home
    assert [entry.name for entry in home.iterdir()] == ["DynamoDBLocal.jar"]


def test_a_java_home_goes_before_the_path(sound: Machine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", os.defpath)
    assert engine.find_java() == str(sound.commands / "java")


def test_without_java_the_lane_is_skipped_and_says_why(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("raise SystemExit(1)") == 77
    assert capsys.readouterr().err == "dynamodb_local: skipped: no java command (Java 17 or newer is needed)\n"


@pytest.mark.parametrize("version", ["11.0.2", "1.8.0_392"])
def test_an_old_java_is_as_good_as_none(sound: Machine, capsys: pytest.CaptureFixture[str], version: str) -> None:
    sound.put("java", JAVA, version=version, works=True)
    assert run("raise SystemExit(1)") == 77
    assert capsys.readouterr().err == f"dynamodb_local: skipped: {sound.commands / 'java'} is older than Java 17\n"


def test_without_npm_the_lane_is_skipped_and_says_why(sound: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    (sound.commands / "npm").unlink()
    assert run("raise SystemExit(1)") == 77
    assert capsys.readouterr().err == "dynamodb_local: skipped: no npm command to fetch the engine with\n"


def test_without_the_registry_the_lane_is_skipped_and_says_why(
    sound: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    sound.put("npm", NPM, works=False)
    assert run("raise SystemExit(1)") == 77
    reason = "npm could not fetch amplify-dynamodb-simulator 2.9.30: npm error code ENOTFOUND"
    assert capsys.readouterr().err == f"dynamodb_local: skipped: {reason}\n"


def test_an_engine_that_does_not_start_is_a_failure_not_a_skip(
    sound: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    sound.put("java", JAVA, version="17.0.15", works=False)
    assert run("raise SystemExit(0)") == 1
    assert "AssertionError" in capsys.readouterr().err


def test_no_command_is_a_wrong_use(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    assert engine.main(["--"]) == 2
    assert capsys.readouterr().err == f"{engine.USAGE}\n"
