"""`make long` runs every test that has more cases when it is given time."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
# How a test says that it has more: by a mark, by the strikes, by the fixture, or as a property.
LONG = re.compile(r"mark\.long\b|\b(?:strikes|deaths)\(|\blong: bool|^@given", re.MULTILINE)


def test_every_file_of_tests_that_has_more_cases_is_run_whole() -> None:
    makefile = (ROOT / "Makefile").read_text().replace("\\\n", " ")
    (line,) = re.findall(r"^thorough := (.*)$", makefile, re.MULTILINE)
    named = [word.strip("()") for word in line.split() if word.startswith("tests/")]
    files = [path.relative_to(ROOT) for path in (ROOT / "tests").rglob("test_*.py")]
    has_more = {str(path) for path in files if LONG.search((ROOT / path).read_text())}
    run = {str(path) for path in files if any(path.match(word) or path.is_relative_to(word) for word in named)}
    assert has_more - run == set()
    assert len(has_more) > 5
