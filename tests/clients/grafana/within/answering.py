"""Calls a client's functions in the environment that has it: a line of JSON in, one out.

    {"call": "notifications.get_channel_by_id", "args": [1], "named": {}}
    {"returned": ..., "logged": [...]}
    {"raised": "GrafanaClientError", "status": 404, "text": "...", "logged": [...]}

Nothing but Python's own library is imported here: it is all that the environments have in common.
"""

from __future__ import annotations

import contextlib
import json
import logging
import operator
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

Plain = Callable[[Any], Any]


class _Lines(logging.Handler):
    """What the client says in its log while it is called."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def answer(client: Any, *, given: Plain = lambda value: value, shown: Plain = lambda value: value) -> None:
    """Answers until there is no more to read. `given` makes the client's values of plain ones, `shown` the reverse."""
    log, out = _Lines(), sys.stdout
    logging.getLogger().addHandler(log)
    for line in sys.stdin:
        asked = json.loads(line)
        log.lines = []
        # Some clients print.
        with contextlib.redirect_stdout(sys.stderr):
            found = _called(client, asked, given, shown)
        print(json.dumps({**found, "logged": log.lines}, default=_plain), file=out, flush=True)


def _called(client: Any, asked: dict[str, Any], given: Plain, shown: Plain) -> dict[str, Any]:
    args = [given(value) for value in asked["args"]]
    named = {name: given(value) for name, value in asked["named"].items()}
    try:
        return {"returned": shown(operator.attrgetter(asked["call"])(client)(*args, **named))}
    except Exception as error:  # noqa: BLE001 - whatever it raises is what is asked for
        status = getattr(error, "status_code", None) or getattr(error, "status", None)
        return {"raised": type(error).__name__, "status": status, "text": str(error)}


def _plain(value: object) -> str:
    assert isinstance(value, datetime)
    return value.isoformat()
