"""Devices, results and outages as the dialect writes them. Moments are ISO 8601 with the account's offset, UTC."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

from chalicelib.api.alertra import words
from chalicelib.core.check import Check, Result
from chalicelib.core.errors import Invalid
from chalicelib.core.silence import Silence, silenced_until
from chalicelib.core.specs import probe_of
from chalicelib.core.uptime import Outage
from chalicelib.core.windows import DAYS

_STATUS = {"new": "Checking", "up": "Up", "down": "Down", "paused": "Inactive"}
_HEX = frozenset("0123456789abcdef")
# Before this nothing can have been kept.
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)


def device_id(code: str) -> str:
    """48 hexadecimal digits: those of the check's code, and a sum that tells a slip."""
    digits = code.replace("-", "")
    return digits + hashlib.sha256(digits.encode()).hexdigest()[:16]


def code_of(device: str) -> str | None:
    """The code behind a device_id, None for what is none."""
    text = device.lower()
    if len(text) != 48 or not _HEX.issuperset(text):
        return None
    digits = text[:32]
    code = f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
    return code if device_id(code) == text else None


def status(check: Check, now: datetime, *, short: bool = False) -> str:
    """Up, Down, Retry (a failure that is not confirmed), Checking, Inactive, Maintenance; U or D where asked for."""
    if short:
        return "D" if check.status == "down" else "U"
    if check.status != "paused" and silenced_until(check.silences, now):
        return "Maintenance"
    return "Retry" if check.status == "up" and check.suspicion else _STATUS[check.status]


def device(
    check: Check, now: datetime, *, short: bool = False, config: bool = False, covered: bool = False
) -> dict[str, Any]:
    """A device as every answer shows it, with `config` all of it; `covered`, without what may be a secret."""
    spec = probe_of(check)
    document = {
        "device_id": device_id(check.code),
        "ShortName": check.nickname,
        "FullName": check.name,
        "Method": words.method(spec),
        "URL": spec.address if covered else spec.definition.get("url") or spec.address,
        "Frequency": check.period,
        "Status": status(check, now, short=short),
        "StatusSince": stamp(check.since or check.created),
        "LastCheckResult": check.last_result,
    }
    return document | (settings(check, covered=covered) if config else {})


def settings(check: Check, *, covered: bool = False) -> dict[str, Any]:
    """What can be written besides what every answer shows (WithConfig=Y)."""
    spec = probe_of(check)
    return {
        "Active": "N" if check.status == "paused" else "Y",
        "Timeout": spec.timeout,
        "Retries": spec.retries,
        "RetryDelay": spec.retry_delay,
        "PerfWarn": spec.perf_warn or None,
        "PerfCrit": spec.perf_crit or None,
        "PerfDown": spec.perf_down or None,
        "Locations": list(spec.locations),
        "MasterDevice": device_id(check.master) if check.master else None,
        "Contacts": list(check.channels),
        "HostData": words.host_data(spec.definition, covered=covered),
    }


def result(found: Result) -> dict[str, Any]:
    """A result with every field of the published example, in its order."""
    return {
        "check_id": found.id,
        "Location": found.location,
        "Timestamp": stamp(found.at),
        "BlockTime": found.block,
        "ConnectTime": found.connect,
        "DNSTime": found.dns,
        "SSLTime": found.ssl,
        "TTFB": found.ttfb,
        "TTLB": round(found.ttlb, 2),
        "RequestTime": found.total,
        "Kbps": round(found.size * 8 / found.total, 3) if found.total and found.size else 0,
        "PerfStat": found.performance,
        "ResultCode": found.code,
        "DataSize": found.size,
        "CheckResult": found.text,
    }


def outage(check: Check, found: Outage) -> dict[str, Any]:
    flip = found.flip
    return {
        "device_id": device_id(check.code),
        "FullName": check.name,
        "Start": stamp(found.began),
        "End": stamp(found.ended) if found.ended else None,
        "Seconds": found.seconds,
        "MaintenanceSeconds": found.seconds - found.counted,
        "Reason": flip.reason if flip else "",
        "Locations": list(flip.details.get("locations", ())) if flip else [],
    }


def window(check: Check, silence: Silence, now: datetime) -> dict[str, Any]:
    """A maintenance: once from Start to End, or every week by the clocks of a zone."""
    document: dict[str, Any] = {
        "window_id": silence.id,
        "device_id": device_id(check.code),
        "Start": stamp(silence.start),
        "End": stamp(silence.end) if silence.end else None,
        "Active": "Y" if silenced_until([silence], now) else "N",
    }
    if silence.window:
        hours, minutes = divmod(silence.window.at, 60)
        length = divmod(silence.window.duration, 60)
        document |= {
            "Days": [DAYS[day].capitalize() for day in silence.window.days],
            "At": f"{hours:02d}:{minutes:02d}",
            "Duration": "{:02d}:{:02d}".format(*length),
            "TimeZone": silence.window.tz,
        }
    return document | ({"Author": silence.author} if silence.author else {})


def stamp(at: datetime) -> str:
    """2014-02-11T20:30:37+00:00"""
    return at.astimezone(UTC).replace(microsecond=0).isoformat()


def moment(field: str, text: object) -> datetime:
    """A moment as a client writes it; without an offset it is the account's time, UTC. Raises Invalid."""
    written = text.strip() if isinstance(text, str) else ""
    # A query string turns the plus sign of an offset into a space.
    for spelling in (written, "+".join(written.rsplit(" ", 1))):
        try:
            at = datetime.fromisoformat(spelling)
            return max((at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC), _FIRST)
        except (ValueError, OverflowError):
            continue
    raise Invalid(field, "is not a time such as 2014-01-01T00:00:00 or 2014-01-01T00:00:00-05:00")
