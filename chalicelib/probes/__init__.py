"""What Tocsin looks at: one module for each type of probe.

To add a type: a module that is a `base.Kind`, and its name in `NAMES`. It is imported when it is first asked for: most
processes never probe, and a cold start is the shorter.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any, cast

from chalicelib.core.errors import Invalid
from chalicelib.probes.base import Definition, Kind, Outcome, Phases, Task

__all__ = ["NAMES", "Definition", "Kind", "Outcome", "Phases", "Task", "kind_named", "read"]

NAMES = (
    *("http", "tcp", "ping", "tls", "dns", "smtp", "pop3", "imap", "ftp", "ssh", "telnet", "mysql", "websocket"),
    *("domain", "postgresql", "redis", "mqtt", "ldap", "grpc"),
)


def kind_named(name: object) -> Kind:
    """The kind that a definition's `type` names. Raises Invalid, which lists the known ones."""
    if not isinstance(name, str) or name not in NAMES:
        raise Invalid("type", f"is not one of {', '.join(NAMES)}")
    return _imported(name)


def read(document: Mapping[str, Any]) -> Definition:
    """The definition that was kept as this JSON. One that cannot be read, such as that of a type which this version
    does not know, is of no type: a look at it fails."""
    try:
        return kind_named(document.get("type")).Definition.of(document)
    except (Invalid, TypeError, ValueError):
        return Definition()


@cache
def _imported(name: str) -> Kind:
    return cast(Kind, import_module(f"chalicelib.probes.{name}"))
