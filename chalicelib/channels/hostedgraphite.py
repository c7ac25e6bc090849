"""News as the document that Hosted Graphite's webhooks carry, for receivers that were written for those.

Source: Hosted Graphite, Alerting Overview, "Notification JSON Model". What is no alert on a metric fills the same
fields: a heartbeat is something that goes missing, a probe something that fails.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from chalicelib.channels import words
from chalicelib.core import rules, target
from chalicelib.core.check import Check
from chalicelib.core.news import News

# The graph begins so long before the flip.
BEFORE = timedelta(hours=1)


def document(news: News) -> dict[str, Any]:
    """The alert. A test calls itself healthy, so that nobody is called by it."""
    check, details = news.check, news.flip.details
    looked_at = target.of_check(check)
    return {
        "name": check.label,
        "criteria": "test" if news.event == "test" else _CRITERIA[check.kind](check),
        "graph": _graph(news),
        "value": details.get("value"),
        "metric": details.get("metric") or looked_at or check.label,
        "status": "alerting" if news.event == "down" else "healthy",
        "backoff_minutes": check.remind // 60 or False,
        "info": words.summary(news) if news.event == "test" else check.desc or None,
    }


def _graph(news: News) -> str | None:
    """Where the values are to be seen (a key is asked for there): those of the criterion that decided."""
    if news.check.kind != "rule" or not news.site.root:
        return None
    parts = {part.letter: part.target for part in rules.parts(news.check.watch)}
    metric = parts.get(str(news.flip.details.get("letter"))) or target.of_check(news.check)
    query = {"target": metric, "from": int((news.flip.at - BEFORE).timestamp()), "format": "json"}
    return f"{news.site.root}/render?{urlencode(query)}"


def _heartbeat(check: Check) -> str:
    if check.schedule_kind == "simple":
        return f"missing for {words.span(timedelta(seconds=check.timeout + check.grace), 4)}"
    return f"missing for {words.span(timedelta(seconds=check.grace), 4)} after {check.schedule} ({check.tz})"


_CRITERIA: dict[str, Callable[[Check], str]] = {
    "rule": words.criteria,
    "heartbeat": _heartbeat,
    "probe": lambda _: "failing",
}
