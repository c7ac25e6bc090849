"""What the runner shows in its terminal: one line for every message told, and warnings in words instead of JSON."""

from __future__ import annotations

import contextlib
import json
import logging
import sys
from datetime import datetime
from typing import Any

from infra.local.outbox import Sent

# What the emulated AWS has taken is told by the outbox; of the other kinds the log alone knows.
_COLLECTED = ("email", "sms", "sns")
_TOLD = {"level", "message", "request", "error", "trace"}


def say(text: str) -> None:
    """A line to standard output; a reader who has left is no reason to stop."""
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.write(f"{text}\n")  # in one piece: others say something too
        sys.stdout.flush()


def say_sent(sent: Sent) -> None:
    say(f"{_time()}  {sent.kind:<7} to {sent.to}: {sent.title}")


class _Lines(logging.Formatter):
    """The lines of the app's log, and those of the runner, for people."""

    def format(self, record: logging.LogRecord) -> str:
        line = _parsed(record)
        if not line:
            return f"{_time()}  {record.levelname.lower()}: {super().format(record)}"
        fields = [f"{name}={value}" for name, value in line.items() if name not in _TOLD]
        text = "  ".join([f"{_time()}  {str(line.get('level', '')).lower()}: {line.get('message', '')}", *fields])
        return "\n".join([text, *([line["trace"]] if line.get("trace") else [])])


class _Called(logging.Handler):
    """Shows the calls that were made for real."""

    def emit(self, record: logging.LogRecord) -> None:
        line = _parsed(record)
        if line.get("message") == "notified" and line.get("kind") not in _COLLECTED:
            say(f"{_time()}  {line['kind']:<7} called: check {line['check']} is {line['new']}")


def _parsed(record: logging.LogRecord) -> dict[str, Any]:
    try:
        line = json.loads(record.getMessage())
    except ValueError:
        return {}
    return line if isinstance(line, dict) else {}


def logs(*, verbose: bool) -> None:
    """Sends the logs to standard error: all as they are with `verbose`, else warnings and errors in words.

    To be called after the app has been imported, which sets up its own log for Lambda.
    """
    written = logging.StreamHandler(sys.stderr)
    if not verbose:
        written.setLevel(logging.WARNING)
        written.setFormatter(_Lines())
    for name in ("tocsin", "infra.local"):
        logger = logging.getLogger(name)
        logger.handlers[:] = [written, _Called()]
        logger.setLevel(logging.INFO)
        logger.propagate = False
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)


def _time() -> str:
    return datetime.now().strftime("%H:%M:%S")  # noqa: DTZ005  # a terminal shows the time of its place
