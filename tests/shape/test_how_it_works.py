"""docs/how-it-works.md names functions and files: a name that is none any more misleads who follows it."""

from __future__ import annotations

import importlib
import re
from functools import reduce
from pathlib import Path

import chalicelib
from tests.cases import each

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "how-it-works.md").read_text()
PACKAGES = sorted(path.name for path in Path(chalicelib.__path__[0]).iterdir() if path.is_dir() and path.name[0] != "_")
NAMES = sorted(set(re.findall(rf"`((?:{'|'.join(PACKAGES)})(?:\.\w+)+)`", TEXT)))
FILES = sorted(set(re.findall(r"`((?:\w+/)+\w+\.py)`", TEXT)))


@each("name", NAMES)
def test_what_the_text_calls_by_its_name_is_there(name: str) -> None:
    assert _found(name) is not None


@each("file", FILES)
def test_a_file_that_the_text_names_is_there(file: str) -> None:
    assert (ROOT / "chalicelib" / file).exists() or (ROOT / file).exists()


def test_the_five_ways_are_told() -> None:
    assert len(NAMES) > 50


def _found(name: str) -> object:
    """The module, class, function or value of that name. Raises AttributeError if there is none."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            module = importlib.import_module(".".join(["chalicelib", *parts[:length]]))
        except ModuleNotFoundError:
            continue
        return reduce(getattr, parts[length:], module)
    raise AttributeError(name)
