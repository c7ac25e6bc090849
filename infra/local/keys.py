"""The projects of the first start and their keys: in the terminal, on request in a file, in part on the start page."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from chalicelib.core.check import Access
from chalicelib.monitor.managing import projects
from chalicelib.monitor.managing.projects import Keyring
from chalicelib.monitor.services import Services
from chalicelib.store import directory
from infra.local import CannotRun

NAMES = ("Main", "Second")
NOWHERE = "memory alone, and gone when it stops; DATA=dir keeps it"
ROTATED = "rotated since"
_HINT = 8


def make(services: Services) -> list[Keyring]:
    """The projects that everybody finds at the first start."""
    return [projects.create(services, name) for name in NAMES]


def to_documents(keyrings: list[Keyring]) -> list[dict[str, Any]]:
    """What a later start has to know of them, for the tables hold no key in the clear."""
    return [{"project": keyring.project.code, "keys": keyring.keys} for keyring in keyrings]


def found_again(kept: list[dict[str, Any]]) -> list[Keyring]:
    """The projects of an earlier start that are still there, with those of their keys that still open them."""
    codes = {project.code: project for project in directory.projects()}
    return [Keyring(codes[one["project"]], _opening(one)) for one in kept if one["project"] in codes]


def _opening(one: dict[str, Any]) -> dict[Access, str]:
    opened = {kind: projects.opened_by(key) for kind, key in one["keys"].items()}
    return {kind: one["keys"][kind] for kind, key in opened.items() if key and key.project == one["project"]}


def document(base_url: str, keyrings: list[Keyring]) -> dict[str, Any]:
    """What the key file holds. A key that was rotated since an earlier start is null: nobody knows the new one here."""
    return {
        "base_url": base_url,
        "projects": [
            {
                "name": keyring.project.name,
                "api_key": keyring.keys.get("write"),
                "api_key_readonly": keyring.keys.get("read"),
                "ping_key": keyring.keys.get("ping"),
            }
            for keyring in keyrings
        ],
    }


def check_writable(file: Path) -> None:
    """Removes what an earlier run has left. Raises CannotRun where no file can be put."""
    if not os.access(file.parent, os.W_OK | os.X_OK) or file.is_dir():
        raise CannotRun(f"cannot write the keys to {file}")
    file.unlink(missing_ok=True)


def write(file: Path, found: dict[str, Any]) -> None:
    """Puts the key file in its place all at once, readable by its owner alone."""
    with tempfile.NamedTemporaryFile("w", dir=file.parent, prefix=f".{file.name}.", delete=False) as new:
        new.write(json.dumps(found, indent=2) + "\n")
    Path(new.name).replace(file)


def banner(found: dict[str, Any], folder: Path | None = None) -> str:
    """What the terminal shows when everything runs. `folder` is where everything is kept."""
    url = found["base_url"]
    lines = [f"Tocsin is running on {url}  (Ctrl-C stops it)", ""]
    lines += [f"  Mails and messages sent   {url}/outbox", f"  Everything is kept in     {folder or NOWHERE}", ""]
    lines += [listed(found)]
    first = found["projects"][0]
    for title, text in examples(url, first["api_key"] or "$KEY", first["ping_key"] or "$PING"):
        lines += [f"  {title}", *(f"    {line}" for line in text.split("\n")), ""]
    return "\n".join(lines)


def listed(found: dict[str, Any]) -> str:
    """The projects with their keys, for reading."""
    lines = []
    for project in found["projects"]:
        keys = [f"    {title:<18} {project[name] or ROTATED}" for title, name in _TITLES]
        lines += [f"  Project {project['name']}", *keys, ""]
    return "\n".join(lines)


def start_page(found: dict[str, Any], running: list[str], folder: Path | None = None) -> dict[str, Any]:
    """What the start page tells. Of the keys it shows the front only: anybody who reaches the port can read it."""
    hints = [
        {"name": project["name"], "hints": [(project[name] or "")[:_HINT] for _, name in _TITLES]}
        for project in found["projects"]
    ]
    shown = examples(found["base_url"], "$KEY", "$PING")
    return {"projects": hints, "examples": shown, "running": running, "folder": folder and str(folder)}


def examples(url: str, key: str, ping: str) -> list[tuple[str, str]]:
    """A first mail in three steps, as lines for a shell."""
    auth = f'-H "X-Api-Key: {key}"'
    channel = '{"kind": "email", "name": "Me", "settings": {"address": "me@example.org"}}'
    check = '{"name": "Backup", "timeout": 60, "grace": 60, "channels": "*"}'
    return [
        ("Where mails go", f"curl {url}/api/v1/channels/ {auth} \\\n  -d '{channel}'"),
        (
            "A check that mails a minute of grace after a minute of silence",
            f"curl {url}/api/v1/checks/ {auth} \\\n  -d '{check}'",
        ),
        (
            "A ping to it, a failure, and the list",
            "\n".join(
                [
                    f"curl {url}/ping/{ping}/backup",
                    f"curl {url}/ping/{ping}/backup/fail",
                    f"curl {url}/api/v1/checks/ {auth}",
                ]
            ),
        ),
    ]


_TITLES = (("API key", "api_key"), ("read-only API key", "api_key_readonly"), ("ping key", "ping_key"))
