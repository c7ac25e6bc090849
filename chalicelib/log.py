"""Logs, one JSON object a line, and counters in CloudWatch's embedded metric format. Secrets never come here: whoever
knows the code of a check can ping it, so that its unique key (Healthchecks Management API) stands in its place."""

from __future__ import annotations

import json
import logging
import re
import sys
import time
from typing import Any

from chalicelib.core.check import unique_key

_CODE = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")

_logger = logging.getLogger("tocsin")


class _Context:
    """What the present invocation is: set once per request or event, printed on every line."""

    request: str = ""
    stage: str = ""


def configure(stage: str) -> None:
    """One handler to standard output; Lambda sends each line to CloudWatch."""
    _Context.stage = stage
    if not _logger.handlers:
        handler = logging.StreamHandler(sys.stdout)
        handler.setFormatter(logging.Formatter("%(message)s"))
        _logger.addHandler(handler)
        _logger.setLevel(logging.INFO)
        _logger.propagate = False


def begin(request: str) -> None:
    """Names the request or event that the following lines belong to."""
    _Context.request = request


def info(message: str, **fields: Any) -> None:
    _write(logging.INFO, message, fields)


def warning(message: str, **fields: Any) -> None:
    _write(logging.WARNING, message, fields)


def error(message: str, **fields: Any) -> None:
    """A fault that needs a look; inside an `except` the exception's type and message go with it, the trace behind."""
    _write(logging.ERROR, message, fields, trace=sys.exc_info()[0] is not None)


def fault(message: str, **fields: Any) -> None:
    """An error that nobody foresaw, inside an `except`: beside its line and trace it is counted, which is an alarm."""
    error(message, **fields)
    count(Faults=1)


def _write(level: int, message: str, fields: dict[str, Any], *, trace: bool = False) -> None:
    if trace:
        kind, exception, _ = sys.exc_info()
        fields["error"] = f"{kind.__name__ if kind else ''}: {exception}"
        fields["trace"] = logging.Formatter().formatException(sys.exc_info())
    covered = _CODE.sub(lambda match: unique_key(match[0]), json.dumps(fields, default=str))
    line = {"level": logging.getLevelName(level), "message": message, "request": _Context.request}
    _logger.log(level, json.dumps(line | json.loads(covered)))


def count(**counters: float) -> None:
    """Counters (plain numbers; a name that ends in Seconds is a time), as one embedded metric line for CloudWatch."""
    metrics = [{"Name": name, "Unit": "Seconds" if name.endswith("Seconds") else "Count"} for name in counters]
    about = {"Namespace": "Tocsin", "Dimensions": [["Stage"]], "Metrics": metrics}
    line = {"_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [about]}, "Stage": _Context.stage}
    _logger.info(json.dumps({**line, **counters}))
