"""The lines that SNS writes about text messages that failed, read out of CloudWatch Logs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from chalicelib import log
from chalicelib.channels.base import Outlet
from chalicelib.core.errors import TocsinError

# Pages read at once; what is beyond is read the next time.
PAGES = 20


class Unreadable(TocsinError):
    """The log cannot be read at present."""


def failures(outlet: Outlet, group: str, since: datetime, until: datetime) -> tuple[list[dict[str, Any]], datetime]:
    """What was written to the log group in this time, and up to when it was read. A group that SNS has not made yet
    holds nothing. Raises Unreadable."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        events, more = _events(outlet, group, since, until)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") == "ResourceNotFoundException":
            return [], until
        raise Unreadable(str(error)) from error
    except BotoCoreError as error:
        raise Unreadable(str(error)) from error
    read = datetime.fromtimestamp(events[-1]["timestamp"] / 1000, until.tzinfo) if more and events else until
    return list(_lines(events)), read


def _events(outlet: Outlet, group: str, since: datetime, until: datetime) -> tuple[list[dict[str, Any]], bool]:
    """The events in order of time, and whether there are more."""
    start, end = int(since.timestamp() * 1000), int(until.timestamp() * 1000)
    asked: dict[str, Any] = {"logGroupName": group, "startTime": start, "endTime": end}
    found: list[dict[str, Any]] = []
    for _ in range(PAGES):
        page = outlet.logs.filter_log_events(**asked)
        found += page.get("events", [])
        if "nextToken" not in page:
            return sorted(found, key=lambda event: int(event["timestamp"])), False
        asked["nextToken"] = page["nextToken"]
    return sorted(found, key=lambda event: int(event["timestamp"])), True


def _lines(events: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for event in events:
        try:
            line = json.loads(event["message"])
        except ValueError:
            line = None
        if isinstance(line, dict):
            yield line
        else:
            log.warning("line of SNS is not understood", line=str(event["message"])[:200])
