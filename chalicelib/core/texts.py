"""Texts within values of JSON. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


def changed(value: Any, change: Callable[[str], str]) -> Any:
    """A value with each of its texts changed, names of objects too."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {change(name): changed(one, change) for name, one in value.items()}
    if isinstance(value, list):
        return [changed(one, change) for one in value]
    return value


def sound(text: str) -> str:
    """A text that can be kept and sent: half of a surrogate pair, which JSON may name and UTF-8 cannot, is a "?"."""
    return text.encode("utf-8", "replace").decode()
