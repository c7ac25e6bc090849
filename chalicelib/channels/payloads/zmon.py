"""News as the alert that ZMON's notify_http sends, for receivers that were written for that.

Source: ZMON, Notifications, notify_http. What is no alert definition has its code as `id` and no entity.
"""

from __future__ import annotations

import json
from typing import Any

from chalicelib.core import kinds
from chalicelib.core.check import entity_of
from chalicelib.core.news import News
from chalicelib.core.specs import ConditionSpec

name = "zmon"
placeholder = "ZMON_ALERT"


def document(news: News) -> dict[str, Any]:
    """The alert. A test says that there is none, so that nobody is called by it."""
    check, details = news.check, news.flip.details
    first = news.reminder == 0
    return {
        "is_alert": news.event == "down",
        "changed": first,
        "alert_changed": first and not check.parent,
        "duration": news.downtime.total_seconds() if news.downtime else 0,
        "captures": details.get("captures") or {},
        "entity": {"id": entity_of(check.code)} if check.parent else None,
        "worker": news.site.name,
        "value": _value(details.get("value")),
        "time": news.flip.at.timestamp(),
        "alert_def": _definition(news),
    }


def _value(found: Any) -> Any:
    """A result stands in flips as a text of JSON, which may be cut."""
    if not isinstance(found, str):
        return found
    try:
        return json.loads(found)
    except ValueError:
        return found


def _definition(news: News) -> dict[str, Any]:
    check, spec = news.check, news.check.spec
    shown = {"id": check.unique_key, "name": kinds.label(check), "description": check.desc}
    if not isinstance(spec, ConditionSpec):
        return shown
    return {
        **shown,
        "id": spec.number,
        "check_id": spec.command,
        "condition": spec.condition,
        "priority": spec.priority,
        "team": spec.team,
        "responsible_team": spec.responsible_team,
        "period": spec.period,
        "parameters": dict(spec.parameters),
    }
