"""Documents that are kept by hand beside the code: decisions are numbered, dependencies have their reasons."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from tests.cases import each

ROOT = Path(__file__).resolve().parents[2]
DECISIONS = sorted(path.name for path in (ROOT / "docs" / "decisions").iterdir())
GROUPS = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
ROWS = re.findall(r"^\| ([^|]+) \|", (ROOT / "docs" / "dependencies.md").read_text(), re.MULTILINE)
# The names in the first column: "moto (dynamodb, events)" and "flask, flask-cors" stand for packages too.
REASONED = {name.strip() for row in ROWS for name in re.sub(r"\(.*?\)", "", row).split(",")}

PACKAGES = sorted(
    re.split(r"[\[=<>]", needed)[0]
    for group in ("lambda", "apprise", "run")
    for needed in GROUPS[group]
    if isinstance(needed, str)
)


def test_decisions_are_numbered_without_holes_and_each_number_once() -> None:
    assert [name[:5] for name in DECISIONS] == [f"{number:04}-" for number in range(1, len(DECISIONS) + 1)]


@each("package", PACKAGES)
def test_what_the_system_needs_to_run_has_its_reason_in_the_documentation(package: str) -> None:
    assert package in REASONED
