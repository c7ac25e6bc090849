"""infra.local.keeper and contents: what a runner held is there again, and what was lost on the way is found."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest

from chalicelib import settings, store
from chalicelib.core.check import Signal
from chalicelib.monitor.intake import pings
from chalicelib.monitor.managing import channels, checks, projects
from chalicelib.monitor.services import Services
from chalicelib.store import directory, queues
from infra.local import CannotRun, contents, emulator, environ, fixtures, keeper, keys, snapshots
from infra.local.keeper import Keeper
from infra.local.outbox import Outbox
from infra.local.stopping import Stopping


@contextmanager
def emulated() -> Iterator[Services]:
    """The services over an emulated AWS of their own, with the real clock."""
    variables: dict[str, str] = {}
    environ.prepare("http://127.0.0.1:8000", variables)
    with pytest.MonkeyPatch.context() as patch, emulator.aws({}):
        for name, value in variables.items():
            patch.setenv(name, value)
        services = Services(settings.load(variables))
        store.connect(services.settings)
        queues.forget()
        fixtures.make(services.settings)
        yield services


def left(folder: Path, services: Services, keyrings: list[projects.Keyring], outbox: Outbox) -> None:
    """Leaves in `folder` what a runner does that is killed now."""
    about = contents.about(services.settings) | {"projects": keys.to_documents(keyrings)}
    snapshots.write(folder / keeper.FILE, about, contents.lines(services.settings, outbox))


def waiting(services: Services) -> projects.Keyring:
    """A project in which a check has just failed, of which nobody has been told."""
    ring = keys.make(services)[0]
    told = channels.create(services, ring.project, "email", "Me", {"address": "me@example.org"}, 0).code
    check = checks.create(services, ring.project, {"name": "Left waiting", "channels": (told,)})
    pings.receive(services, pings.Address(code=check.code), Signal("fail", services.clock(), body=b"\xff disk full"))
    return ring


def items() -> list[object]:
    client = boto3.client("dynamodb")
    found = [client.scan(TableName=name)["Items"] for name in client.list_tables()["TableNames"]]
    return sorted((item for each in found for item in each), key=str)


def test_tables_chores_messages_and_keys_are_there_again(tmp_path: Path) -> None:
    outbox = Outbox()
    outbox.add("webhook", "there", "POST /", "ā")
    with emulated() as services:
        ring, second = waiting(services), projects.create(services, "Gone")
        queues.send("chores", {"do": "purge", "n": "1"})
        queues.send("chores", {"do": "later"}, delay=600)
        left(tmp_path, services, [ring, second], outbox)
        before = items()
    found, again = snapshots.read(tmp_path / keeper.FILE), Outbox()
    assert found is not None
    with emulated() as services:
        contents.fill(services.settings, again, *found)
        assert items() == before
        assert again.newest_first() == outbox.newest_first()
        chores = [
            json.loads(line)[1] for line in contents.lines(services.settings, again) if line.startswith('["chores"')
        ]
        assert {'{"do": "later"}', '{"do": "purge", "n": "1"}'} <= set(chores)
        projects.rotate(services, ring.project.code, ("read",))
        directory.delete_project(second.project)
        (kept,) = keys.found_again(found[0]["projects"])
        assert kept.keys == {"write": ring.keys["write"], "ping": ring.keys["ping"]}


def test_data_that_do_not_fit_are_refused() -> None:
    with emulated() as services:
        about = contents.about(services.settings)
        for case, lines, words in (
            (about, [["lorries", {}]], "holds lorries, which this version"),
            ({"shards": {"due_shards": 3}}, [], "TOCSIN_DUE_SHARDS=3"),
        ):
            with pytest.raises(CannotRun, match=words):
                contents.fill(services.settings, Outbox(), case, lines)


def test_a_directory_is_made_and_belongs_to_one_runner(tmp_path: Path) -> None:
    made = Keeper(tmp_path / "with a space")

    assert made.kept is None
    assert (tmp_path / "with a space" / ".gitignore").read_text() == "*\n"
    (tmp_path / "file").touch()
    for folder, words in (
        (tmp_path / "with a space", "another runner keeps its data in"),
        (tmp_path / "missing" / "deeper", "cannot make the directory"),
        (tmp_path / "file", "is not a directory"),
        (Path("/proc/self"), "cannot write in"),
    ):
        with pytest.raises(CannotRun, match=words):
            Keeper(folder)


def test_only_what_changed_is_written_and_a_full_disk_is_told_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    here, stopping, asked = Keeper(tmp_path), Stopping(), list[str]()

    def everything() -> tuple[dict[str, Any], list[str]]:
        asked.append("once more")
        return {}, []

    stopping.stop()  # its thread ends at once; `keep` is called by hand
    here.begin(everything, stopping)
    stopping.join(10)
    here.changed()
    assert here.keep() and here.keep()
    count = len(asked)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    here.changed()
    with monkeypatch.context() as patched:
        patched.setattr(snapshots, "write", full)
        assert not here.keep()
    assert "No space left on device" in caplog.text
    assert here.keep()
    assert len(asked) == count + 2
