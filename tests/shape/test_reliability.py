"""docs/reliability.md names the promises that the random walk tries, all of them and no others."""

from __future__ import annotations

import re
from pathlib import Path

from tests.walk.promises import KEPT, NAMES

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "reliability.md").read_text()


def test_the_promises_of_the_text_are_those_of_the_walk() -> None:
    assert sorted(re.findall(r"^\*\*([a-z ]+)\.\*\*", TEXT, re.MULTILINE)) == sorted(NAMES)


def test_every_promise_is_kept() -> None:
    assert sorted(KEPT) == sorted(NAMES)
