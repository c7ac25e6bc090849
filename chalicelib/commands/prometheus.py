"""Prometheus' text format, and what of OpenMetrics is like it: a sample a line."""

from __future__ import annotations

import re
from collections.abc import Iterator

_NAME = re.compile(r"\s*([a-zA-Z_:][\w:]*)\s*")
_LABEL = re.compile(r'\s*([a-zA-Z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(?:,|(?=\}))')
_VALUE = re.compile(r"\s*(\S+)")
_ESCAPED = re.compile(r"\\(.)")
_MEANINGS = {"n": "\n", "\\": "\\", '"': '"'}

Labels = dict[str, str]


def samples(page: str) -> Iterator[tuple[str, Labels, float]]:
    """Name, labels and value of every sample. Raises ValueError with the line that is none, counted from 1."""
    for number, line in enumerate(page.split("\n"), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            found = _sample(line)
            if found is None:
                raise ValueError(f"line {number} is no sample")
            yield found


def _sample(line: str) -> tuple[str, Labels, float] | None:
    name = _NAME.match(line)
    if name is None:
        return None
    at, labels = name.end(), Labels()
    if line.startswith("{", at):
        at += 1
        while label := _LABEL.match(line, at):
            labels[label[1]] = _ESCAPED.sub(lambda match: _MEANINGS.get(match[1], match[0]), label[2])
            at = label.end()
        if not line.startswith("}", at):
            return None
        at += 1
    value = _VALUE.match(line, at)
    try:
        return (name[1], labels, float(value[1])) if value else None
    except ValueError:
        return None


def listed(page: str) -> dict[str, list[tuple[Labels, float]]]:
    """The samples of each name."""
    found: dict[str, list[tuple[Labels, float]]] = {}
    for name, labels, value in samples(page):
        found.setdefault(name, []).append((labels, value))
    return found


def flat(page: str) -> dict[str, float | dict[str, float]]:
    """The value of each name, or the values by labels: `area.heap.id.Eden`."""
    found: dict[str, float | dict[str, float]] = {}
    for name, labels, value in samples(page):
        by_labels = found.get(name)
        if not labels:
            found[name] = value
        elif isinstance(by_labels, dict):
            by_labels[_joined(labels)] = value
        else:
            found[name] = {_joined(labels): value}
    return found


def _joined(labels: Labels) -> str:
    return ".".join(part for pair in labels.items() for part in pair)
