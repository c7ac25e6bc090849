"""The examples of the published Alerting HTTP API: its requests as they are printed, and its answers.

What is no JSON in them is mended: a quote that is missing, remarks, a brace too many. Moments are those of RFC 3339
here, of which the document prints the first letters; the list of notifications is a list, of which it prints the one
element; and the address of a dashboard has the host of the service.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

HERE = Path(__file__).parent
# The key of the document.
KEY = "eyJrIjoiT0tTcG1pUlY2RnVKZTFVaDFsNFZXdE9ZWmNrMkZYbk"
NAMES = ("alerts", "alert", "pause", "notifications", "create", "update", "delete")
DATES = ("newStateDate", "created", "updated")


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes | None


def request(name: str, key: str, number: int = 1) -> Request:
    """The request of an example, with another key, and another id than 1 in its path."""
    printed = dict(
        re.findall(r"^# (\w+)\n(.*?)(?=\n# |\Z)", (HERE / "requests.txt").read_text(), re.DOTALL | re.MULTILINE)
    )
    assert tuple(printed) == NAMES
    head, _, body = printed[name].strip().replace(KEY, key).partition("\n\n")
    line, *headers = head.splitlines()
    method, path, _ = line.split()
    path = re.sub(r"/1\b", f"/{number}", path)
    return Request(method, path, dict(one.split(": ") for one in headers), body.encode() or None)


def answer(name: str) -> Any:
    return json.loads((HERE / f"{name}.json").read_text())


def assert_as_printed(found: dict[str, Any], printed: dict[str, Any]) -> None:
    """Every field of the example is there, with its value and type."""
    for name, value in printed.items():
        if name in DATES:
            assert found[name].replace("T", " ").startswith(value) and found[name].endswith("Z")
        elif name == "dashboardUri":
            assert urlsplit(found[name]).path == urlsplit(value).path
        else:
            assert (found[name], type(found[name])) == (value, type(value))
