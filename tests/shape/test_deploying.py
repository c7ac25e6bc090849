"""docs/deploying.md says of the deployed stack what the template says."""

from __future__ import annotations

import re
from typing import Any

import pytest

from chalicelib import functions as known
from chalicelib import store
from infra.template import ROOT

TEXT = (ROOT / "docs" / "deploying.md").read_text()
ROWS = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in TEXT.splitlines() if line.startswith("| ")]


def words(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_every_parameter_is_there_with_its_default_and_described_in_a_sentence(template: dict[str, Any]) -> None:
    listed: dict[str, str] = {}
    for row in ROWS:
        names = [name for name in words(row[0]) if name in template["Parameters"]]
        listed |= dict(zip(names, [cell.strip("` ") for cell in row[1].split(",")], strict=True)) if names else {}
    stated = {name: str(about["Default"]) or "none" for name, about in template["Parameters"].items()}
    assert listed == stated
    for name, about in template["Parameters"].items():
        assert re.fullmatch(r"[A-Z].{20,}[^ ]\.|[A-Z].* as in \S+\.", about["Description"]), name


def test_every_function_is_there_with_its_size_and_its_caller() -> None:
    callers = {"rate(1 minute)": "every minute", "rate(1 hour)": "every hour", "": "the API"}
    stated = [
        [
            f"`{function.name}`",
            f"{function.memory} MB",
            f"{function.timeout} s",
            f"`{function.queue}`" if function.queue else callers[function.every],
            str(function.at_once or ""),
        ]
        for function in known.FUNCTIONS
    ]
    listed = [[*row, ""][:5] for row in ROWS if len(row) >= 4 and row[1].endswith(" MB")]
    assert sorted(listed) == sorted(stated)


@pytest.mark.parametrize(("what", "names"), [("tables", store.TABLES), ("queues", ["<queue>-failed", "clocks-failed"])])
def test_every_table_and_queue_is_there(what: str, names: list[str]) -> None:
    (row,) = [row for row in ROWS if row[0] == what]
    assert set(names) <= set(words(row[1]))
