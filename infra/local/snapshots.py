"""The file in which a runner keeps what it holds: lines of JSON between a first that says whose it is and a last that
proves the file whole.

    {"format": "tocsin snapshot", "version": 1, "about": {...}}
    ...
    {"sha256": "<of every byte before this line>"}
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from infra.local import CannotRun

FORMAT = "tocsin snapshot"
VERSION = 1
ADVICE = "it is left as it is: move it away to begin anew, or bring back a copy"


def write(file: Path, about: dict[str, Any], lines: Iterable[str]) -> None:
    """Puts a new file in the place of the old, readable by its owner alone. Whoever kills this process or the machine
    leaves one of the two, whole."""
    new = file.with_name(f"{file.name}.new")
    head = json.dumps({"format": FORMAT, "version": VERSION, "about": about})
    digest = hashlib.sha256()
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as written:
        for line in chain([head], lines):
            data = line.encode("ascii") + b"\n"
            digest.update(data)
            written.write(data)
        written.write(json.dumps({"sha256": digest.hexdigest()}).encode() + b"\n")
        written.flush()
        os.fsync(written.fileno())
    new.replace(file)
    _sync(file.parent)


def _sync(folder: Path) -> None:
    """Until then the new name is in the memory of the machine alone."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read(file: Path) -> tuple[dict[str, Any], Iterator[Any]] | None:
    """What `write` was given, its lines as documents; None if there is no file. Raises CannotRun for one that this
    version cannot take as it stands."""
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CannotRun(f"cannot read {file}: {error.strerror}") from None
    about = _about(file, data[: data.find(b"\n") + 1])
    body, end = _parted(data)
    if _document(end) != {"sha256": hashlib.sha256(body).hexdigest()}:
        raise CannotRun(f"{file} is torn: its end does not belong to the rest; {ADVICE}")
    return about, (json.loads(line) for line in body.split(b"\n")[1:-1])


def _parted(data: bytes) -> tuple[bytes, bytes]:
    """All but the last line, and that."""
    at = data.rfind(b"\n", 0, -1) + 1
    return data[:at], data[at:]


def _about(file: Path, first: bytes) -> dict[str, Any]:
    head = _document(first)
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise CannotRun(f"{file} does not begin as a file of this runner does; {ADVICE}")
    if head["version"] > VERSION:
        raise CannotRun(f"{file} was written by a newer version of Tocsin; {ADVICE}, or run that version")
    about: dict[str, Any] = head["about"]
    return about


def _document(line: bytes) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return None
