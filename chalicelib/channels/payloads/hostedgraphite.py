"""News as the document that Hosted Graphite's webhooks carry, for receivers that were written for those.

Source: Hosted Graphite, Alerting Overview, "Notification JSON Model". What is no alert on a metric fills the same
fields: a heartbeat is something that goes missing, a probe something that fails.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from chalicelib.channels import words
from chalicelib.core import kinds
from chalicelib.core.news import News

name = "hostedgraphite"
placeholder = "ALERT_JSON"

# The graph begins so long before the flip.
BEFORE = timedelta(hours=1)


def document(news: News) -> dict[str, Any]:
    """The alert. A test calls itself healthy, so that nobody is called by it."""
    check, details = news.check, news.flip.details
    kind, label = kinds.of(check), kinds.label(check)
    return {
        "name": label,
        "criteria": "test" if news.event == "test" else kind.criteria(check),
        "graph": _graph(news),
        "value": details.get("value"),
        "metric": details.get("metric") or kind.target(check) or label,
        "status": "alerting" if news.event == "down" else "healthy",
        "backoff_minutes": check.remind // 60 or False,
        "info": words.summary(news) if news.event == "test" else check.desc or None,
    }


def _graph(news: News) -> str | None:
    """Where the values are to be seen (a key is asked for there): those of the criterion that decided."""
    metric = kinds.of(news.check).graphed(news.check, str(news.flip.details.get("letter")))
    if not metric or not news.site.root:
        return None
    query = {"target": metric, "from": int((news.flip.at - BEFORE).timestamp()), "format": "json"}
    return f"{news.site.root}/render?{urlencode(query)}"
