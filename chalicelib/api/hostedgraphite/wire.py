"""Alerts, events and pages as the dialect writes them (Hosted Graphite Alerts API, Searching Alerts)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chalicelib.api.hostedgraphite import criteria
from chalicelib.core.check import Check
from chalicelib.core.errors import Invalid
from chalicelib.core.specs import Part, rule_of
from chalicelib.core.watching import SeriesTurn
from chalicelib.gateway import Request
from chalicelib.monitor.managing import rules

PAGE_MAX = 100
# The parameters of the query by which a list is read page by page.
PAGE = ("page", "max")
STATUS = {"down": "alerting", "up": "healthy", "new": "healthy", "paused": "healthy"}
# Beyond this a float does not hold every whole number.
WHOLE_MAX = 2**53


def alert(found: Check, triggered: list[str], now: datetime) -> dict[str, Any]:
    """An alert with every field of the published lists; `triggered` are its series that breach."""
    return {
        "name": found.name,
        "id": found.code,
        **criteria_fields(found),
        "notification_channels": list(found.channels),
        "notification_type": ["every", found.remind // 60] if found.remind else ["state_change"],
        "scheduled_mutes": rules.attached(found),
        "currently_triggered_metrics": triggered,
        "muted": rules.is_muted(found, now),
        "status": STATUS[found.status],
        "info": found.desc or None,
    }


def criteria_fields(found: Check) -> dict[str, Any]:
    """What an alert judges, as it was written."""
    spec = rule_of(found)
    first, *others = spec.parts
    return {
        "metric": spec.metric,
        "alert_criteria": _criterion(first),
        "additional_criteria": {part.letter: _criterion(part) | {"metric": part.target} for part in others},
        "expression": spec.expression,
        "on_query_failure": spec.on_query_failure or None,
    }


def _criterion(part: Part) -> dict[str, Any]:
    written = criteria.written(part.criterion)
    return {key: plain(value) if isinstance(value, float) else value for key, value in written.items()}


def plain(value: float | None) -> float | None:
    """A number as the document writes it: 5, not 5.0, which clients with whole numbers cannot read."""
    return int(value) if value is not None and abs(value) < WHOLE_MAX and value == int(value) else value


def event(one: SeriesTurn) -> dict[str, Any]:
    return {
        "status": "alerting" if one.breaching else "healthy",
        "value": plain(one.value),
        "time": str(int(one.at.timestamp())),
        "metric": one.metric,
    }


def paged(request: Request, items: list[Any]) -> tuple[list[Any], int | bool]:
    """The items of the page asked for and the number of the next one, False for none. Raises Invalid."""
    page, most = number(request, "page", 1, 1, 1_000_000), number(request, "max", PAGE_MAX, 1, PAGE_MAX)
    start = (page - 1) * most
    return items[start : start + most], page + 1 if len(items) > start + most else False


def number(request: Request, name: str, default: int, low: int, high: int) -> int:
    text = request.query.get(name, [""])[-1]
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 12 and low <= int(text) <= high):
        raise Invalid(name, f"must be a whole number from {low} to {high}")
    return int(text)


def every(request: Request, name: str) -> list[str]:
    """The values of a parameter that may be repeated, without empty ones."""
    return [value for value in request.query.get(name, []) if value]
