import os
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from infra.lanes.process import LaneFailed, background, free_port, run_in_foreground, step, stop_group, wait_until
from tests.cases import each

WAITING = "import signal; signal.pause()"
WITH_CHILD = f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', '{WAITING}']).pid, flush=True); "


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def ended(process: int, within: float) -> bool:
    """Whether the process of that descriptor ends within so many seconds."""
    return bool(select.select([process], [], [], within)[0])


def test_a_free_port_can_be_listened_on() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", free_port()))


def test_a_server_ends_with_its_block(tmp_path: Path) -> None:
    with background(python(WAITING), tmp_path / "log") as server:
        assert server.poll() is None
    assert server.returncode == -signal.SIGTERM


def test_a_server_ends_when_its_block_fails(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), background(python(WAITING), tmp_path / "log") as server:
        raise ZeroDivisionError
    assert server.returncode == -signal.SIGTERM


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs file descriptors of processes, as Linux has them")
def test_what_a_server_started_ends_with_it(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with background(python(WITH_CHILD + WAITING), log) as server:
        wait_until(lambda: log.read_text().endswith("\n"), server, log, 30, "the server")
        child = os.pidfd_open(int(log.read_text()))
        assert not ended(child, within=0)
    assert ended(child, within=30)
    os.close(child)


def test_a_server_that_ignores_the_polite_signal_is_killed(tmp_path: Path) -> None:
    log = tmp_path / "log"
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); signal.pause()"
    with background(python(deaf), log) as server:
        wait_until(lambda: "deaf" in log.read_text(), server, log, 30, "the server")
        stop_group(server, patience=0.01)
    assert server.returncode == -signal.SIGKILL


def test_a_server_that_dies_before_it_answers_is_told_with_its_last_words(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with (
        background(python("print('no port for me'); raise SystemExit(3)"), log) as server,
        pytest.raises(LaneFailed, match=r"the server ended with code 3:\nno port for me"),
    ):
        wait_until(lambda: False, server, log, 30, "the server")


def test_a_server_that_never_answers_is_given_up(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with (
        background(python(WAITING), log) as server,
        pytest.raises(LaneFailed, match="the server gave no answer"),
    ):
        wait_until(lambda: False, server, log, 0, "the server")


@each(
    ("command", "code"),
    [
        (python("raise SystemExit(7)"), 7),
        (python("pass"), 0),
        (python("import os, signal; os.kill(os.getpid(), signal.SIGKILL)"), 137),
        (["/no/such/command"], 127),
        (["/"], 126),
    ],
)
def test_a_commands_end_is_told_as_a_shell_tells_it(command: list[str], code: int) -> None:
    assert run_in_foreground(command, {}) == code


def test_a_termination_is_handed_on_to_the_command() -> None:
    before = signal.getsignal(signal.SIGTERM)
    outer = "import os, signal, sys; os.kill(os.getppid(), signal.SIGTERM); signal.pause()"
    assert run_in_foreground(python(outer), {}) == 128 + signal.SIGTERM
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_command_sees_the_given_environment_alone() -> None:
    code = "import os; raise SystemExit(0 if os.environ.get('A') == 'b' and 'PATH' not in os.environ else 1)"
    assert run_in_foreground(python(code), {"A": "b"}) == 0


def test_a_step_that_fails_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(subprocess.SubprocessError), step("something"):
        raise subprocess.SubprocessError
    with step("something else"):
        pass
    failed, done = capsys.readouterr().out.splitlines()
    assert failed.endswith(" s  failed: something")
    assert done.endswith(" s  something else")
