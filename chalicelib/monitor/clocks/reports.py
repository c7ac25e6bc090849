"""Text messages that failed: each minute the log that SNS writes of them is read, and handed on line by line.

What is written late stands before what was read last, so that the last minutes are read again; a line that comes twice
changes nothing the second time.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from chalicelib import log
from chalicelib.channels import reports
from chalicelib.monitor.services import Services
from chalicelib.store import queues, receipts

AGAIN = timedelta(minutes=2)
# After an interruption no more is read than this.
LONGEST = timedelta(days=1)


def run(services: Services) -> int:
    """One reading. Answers how many lines it handed on."""
    group = services.settings.sms_log
    if not group:
        return 0
    now = services.clock()
    since = _since(receipts.read_until(), now)
    lines, until = reports.failures(services.outlet, group, since, now)
    queues.send_all("feedback", lines)
    receipts.note_read(until)
    if lines:
        log.info("text messages failed", lines=len(lines))
    return len(lines)


def _since(read: datetime | None, now: datetime) -> datetime:
    return max((read or now) - AGAIN, now - LONGEST)
