"""Kinds of check are told apart in `core/kinds` and nowhere else: a new one is one file and one line."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import chalicelib
from chalicelib.core import kinds

ROOT = Path(chalicelib.__file__).parent
# A check is a heartbeat unless it says otherwise.
DEFAULT = ROOT / "core" / "check.py"


def spelt() -> Iterator[str]:
    """Where the name of a kind stands as a text."""
    for path in sorted(ROOT.rglob("*.py")):
        if path == DEFAULT or path.parent == ROOT / "core" / "kinds":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and node.value in kinds.KINDS:
                yield f"{path.relative_to(ROOT)}:{node.lineno}"


def test_no_module_spells_the_name_of_a_kind() -> None:
    assert list(spelt()) == [], "ask kinds.of(check) for what it means, or name the module: kinds.probe.name"
