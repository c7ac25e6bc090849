"""Logs, one JSON object a line, and counters in CloudWatch's embedded metric format. Secrets never come here: whoever
knows the code of a check can ping it, so that its unique key (Healthchecks Management API) stands in its place."""

from __future__ import annotations

import json
import logging
import re
import sys
import time
import traceback
from typing import Any

from chalicelib.core.check import unique_key

_KEY = re.compile(r"\bhc[rw]_[A-Za-z0-9]{28}\b")
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
        fields["error"] = f"{kind.__name__ if kind else ''}: {_words(exception)}"
        fields["trace"] = _trace(exception)
    covered = _CODE.sub(lambda match: unique_key(match[0]), json.dumps(fields, default=str))
    covered = _KEY.sub(lambda match: f"{match[0][:8]}...", covered)
    line = {"level": logging.getLevelName(level), "message": message, "request": _Context.request}
    _logger.log(level, json.dumps(line | json.loads(covered)))


def _trace(exception: BaseException | None) -> str:
    """The trace with those of the exceptions that led to it, the first one first."""
    chain: list[str] = []
    seen: set[int] = set()
    while exception is not None and id(exception) not in seen:
        seen.add(id(exception))
        lines = "".join(traceback.format_tb(exception.__traceback__))
        chain.insert(0, f"Traceback (most recent call last):\n{lines}{type(exception).__name__}: {_words(exception)}")
        exception = exception.__cause__ or (None if exception.__suppress_context__ else exception.__context__)
    return "\n\n".join(chain)


def _words(exception: BaseException | None) -> str:
    """What an exception says of itself. Those of AWS's clients repeat what was sent, which may be anything that is
    kept: of them the code alone."""
    if type(exception).__module__.partition(".")[0] in ("botocore", "pynamodb"):
        cause = getattr(exception, "cause", None) or exception
        # What had no answer may have None in the place of it.
        response = getattr(cause, "response", None) or {}
        return str(response.get("Error", {}).get("Code", "")) or type(cause).__name__
    return str(exception)


def count(**counters: float) -> None:
    """Counters (plain numbers; a name that ends in Seconds is a time), as one embedded metric line for CloudWatch."""
    metrics = [{"Name": name, "Unit": "Seconds" if name.endswith("Seconds") else "Count"} for name in counters]
    about = {"Namespace": "Tocsin", "Dimensions": [["Stage"]], "Metrics": metrics}
    line = {"_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [about]}, "Stage": _Context.stage}
    _logger.info(json.dumps({**line, **counters}))
