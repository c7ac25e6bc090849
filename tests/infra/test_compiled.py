"""infra.compiled: an archive's modules need no compiling where they run."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from infra import compiled


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    made = tmp_path / "made.zip"
    with zipfile.ZipFile(made, "w") as opened:
        opened.writestr("app.py", "import inner.deep\n")
        opened.writestr("inner/__init__.py", "")
        opened.writestr("inner/deep.py", "ANSWER = 42\n")
        opened.writestr("inner/words.txt", "not a module")
        opened.writestr("inner/old.py", "print 'of another age'\n")
    compiled.add(made)
    return made


def test_every_module_that_compiles_is_there_compiled(archive: Path) -> None:
    with zipfile.ZipFile(archive) as opened:
        found = sorted(name.split(".")[0] for name in opened.namelist() if name.endswith(".pyc"))
    assert found == ["__pycache__/app", "inner/__pycache__/__init__", "inner/__pycache__/deep"]


def test_the_compiled_module_is_loaded_whatever_the_dates_say(archive: Path, tmp_path: Path) -> None:
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder)
    (folder / "inner" / "deep.py").write_text("raise SystemExit('compiled anew')\n")

    subprocess.run([sys.executable, "-c", "import app"], cwd=folder, check=True)


def test_the_same_sources_make_the_same_archive(archive: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.zip"
    with zipfile.ZipFile(archive) as before, zipfile.ZipFile(again, "w") as opened:
        for entry in before.infolist():
            if not entry.filename.endswith(".pyc"):
                opened.writestr(entry, before.read(entry))
    compiled.add(again)

    assert again.read_bytes() == archive.read_bytes()
