"""infra.local.snapshots: a file is there whole or not at all, and a strange one is left alone."""

import json
import os
import stat
from pathlib import Path

import pytest

from infra.local import CannotRun, snapshots


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "snapshot.jsonl"
    snapshots.write(file, {"n": 1}, ['["a", 1]', '["b", "\\u010d"]'])
    return file


def test_what_was_written_is_read_and_is_for_its_owner_alone(file: Path) -> None:
    found = snapshots.read(file)

    assert found is not None
    assert (found[0], list(found[1])) == ({"n": 1}, [["a", 1], ["b", "č"]])
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(file.parent.iterdir()) == [file]
    assert snapshots.read(file.with_name("none")) is None


def test_a_writer_that_dies_leaves_the_one_before(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = file.read_bytes()

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    for step in ("fsync", "replace"):
        with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
            patched.setattr(os, step, dies)
            patched.setattr(Path, "replace", dies)
            snapshots.write(file, {"n": 2}, ["[]"])
        assert file.read_bytes() == before, step

    snapshots.write(file, {"n": 2}, ["[]"])
    assert snapshots.read(file) is not None


def test_a_file_that_is_torn_foreign_or_of_a_newer_version_is_refused_and_left_as_it_is(file: Path) -> None:
    whole = file.read_bytes()
    newer = json.dumps({"format": snapshots.FORMAT, "version": snapshots.VERSION + 1, "about": {}}).encode() + b"\n"
    cases = {
        "is torn": [whole[:-1][:length] for length in range(whole.find(b"\n") + 1, len(whole) - 1)]
        + [whole.replace(b'"a"', b'"c"'), whole + b"x\n", whole + whole],
        "does not begin as": [b"", b"\n", b"{}\n", b"[]\n", b"\x00\xff\n", b"name,amount\n1,2\n", whole[:20]],
        "newer version": [newer],
    }
    for words, contents in cases.items():
        for content in contents:
            file.write_bytes(content)
            with pytest.raises(CannotRun, match=words):
                snapshots.read(file)
            assert file.read_bytes() == content
