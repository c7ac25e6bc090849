"""Runs of commands against servers on this machine."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from chalicelib import commands
from chalicelib.commands import Context
from tests.channels.servers import HERE

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
ENTITY = {"id": "web-1", "type": "host", "host": "127.0.0.1"}


def context(entity: dict[str, Any] | None = None, seconds: float = 10, **more: Any) -> Context:
    """A run on an entity at 127.0.0.1 that may reach this machine."""
    settings: dict[str, Any] = {"networks": HERE, "now": lambda: NOW, "interval": 60, "check": "7"} | more
    return Context(entity=ENTITY | (entity or {}), ends=time.monotonic() + seconds, **settings)


def function(name: str, entity: dict[str, Any] | None = None, **more: Any) -> Callable[..., Any]:
    """What a command calls by a name."""
    return commands.bound(context(entity, **more))[name]
