"""Runs of a job: what its signals say about how long each took."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from chalicelib.core.check import Ping

LONGEST = timedelta(hours=72)


def durations(newest_first: Sequence[Ping]) -> dict[int, timedelta]:
    """How long each run took, by the number of the ping that ended it: from the latest start of the same run id, unless
    another end of that run came in between, or the start is more than 72 hours back.

    Source: Healthchecks Management API, List Check's Logged Pings (`duration`).
    """
    begun: dict[str | None, datetime] = {}
    found: dict[int, timedelta] = {}
    for ping in reversed(newest_first):
        if ping.kind == "start":
            begun[ping.rid] = ping.at
        elif ping.kind in ("success", "fail"):
            start = begun.pop(ping.rid, None)
            if start is not None and ping.at - start <= LONGEST:
                found[ping.n] = ping.at - start
    return found
