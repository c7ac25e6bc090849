"""infra.environment: when an environment is made anew, added to or left alone."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from infra import environment


class Checkout:
    """A checkout whose environments hold nothing but a word of what was done to them."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.home = root / ".venv"
        self.done: list[str] = []
        self.pip: Callable[[], object] = lambda: None
        monkeypatch.setattr(environment, "create", self._create)
        monkeypatch.setattr(subprocess, "run", self._run)
        self.pin("requirements.txt", "boto3==1")
        self.pin("requirements-run.txt", "-r requirements.txt\nmoto==1")
        self.pin("requirements-dev.txt", "-r requirements-run.txt\npytest==1")

    def pin(self, name: str, text: str, at: float = 1_000_000_000) -> None:
        (self.root / name).write_text(text + "\n")
        os.utime(self.root / name, (at, at))

    def stamp(self, level: str, stamps: str = "stamps") -> Path:
        return self.home / stamps / f"requirements-{level}"

    def make(self, level: str, stamps: str = "stamps") -> list[str]:
        """What was done, in order: "anew" and the files installed."""
        self.done = []
        environment.main(self.stamp(level, stamps), self.root / f"requirements-{level}.txt")
        return self.done

    def _create(self, home: Path) -> None:
        self.done.append("anew")
        for file in sorted(home.rglob("*"), reverse=True):
            file.rmdir() if file.is_dir() else file.unlink()
        (home / "bin").mkdir(parents=True)
        (home / "bin" / "python").touch()

    def _run(self, command: list[object], **_: object) -> None:
        self.pip()
        self.done.append(Path(str(command[-1])).stem.removeprefix("requirements-"))


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    return Checkout(tmp_path, monkeypatch)


def test_the_first_time_it_is_made(checkout: Checkout) -> None:
    assert checkout.make("run") == ["anew", "run"]
    assert checkout.stamp("run").exists()


def test_a_good_one_is_left_alone(checkout: Checkout) -> None:
    checkout.make("dev")
    assert checkout.make("dev") == []


def test_the_wider_pins_go_on_top_of_the_narrower(checkout: Checkout) -> None:
    checkout.make("run")
    assert checkout.make("dev") == ["dev"]


def test_the_wider_pins_hold_the_narrower(checkout: Checkout) -> None:
    checkout.make("dev")
    assert checkout.make("run") == []


@pytest.mark.parametrize("changed", ["requirements.txt", "requirements-run.txt", "requirements-dev.txt"])
def test_changed_pins_make_it_anew(checkout: Checkout, changed: str) -> None:
    checkout.make("dev")
    checkout.pin(changed, (checkout.root / changed).read_text() + "rich==1", at=4_000_000_000)
    assert checkout.make("dev") == ["anew", "dev"]


def test_an_interrupted_installation_is_not_built_upon(checkout: Checkout) -> None:
    checkout.make("run")
    checkout.pip = interrupted
    with pytest.raises(KeyboardInterrupt):
        checkout.make("dev")
    assert not checkout.stamp("dev").exists()
    checkout.pip = lambda: None
    assert checkout.make("dev") == ["anew", "dev"]


def interrupted() -> None:
    raise KeyboardInterrupt


def test_another_interpreter_makes_it_anew(checkout: Checkout) -> None:
    checkout.make("run")
    assert checkout.make("run", stamps="stamps_opt_python3.13") == ["anew", "run"]
    assert not checkout.stamp("run").exists()


def test_an_interpreter_uninstalled_since_makes_it_anew(checkout: Checkout) -> None:
    checkout.make("run")
    (checkout.home / "bin" / "python").unlink()
    assert checkout.make("run") == ["anew", "run"]


def test_pins_edited_during_the_installation_count_as_changed(checkout: Checkout) -> None:
    begun = checkout.home / "stamps" / "begun"
    checkout.pip = lambda: checkout.pin("requirements-run.txt", "moto==2", at=begun.stat().st_mtime + 1)
    checkout.make("run")
    assert checkout.stamp("run").stat().st_mtime < (checkout.root / "requirements-run.txt").stat().st_mtime
