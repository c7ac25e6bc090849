"""News as the document that Grafana's webhook notifier carries (versions 4 to 7), for receivers of that.

What Grafana calls a rule is a check of any kind; its number is the one by which Grafana's API knows it.
"""

from __future__ import annotations

from typing import Any

from chalicelib.channels import words
from chalicelib.core import kinds, states
from chalicelib.core.news import News
from chalicelib.core.specs import PanelSpec, place_of
from chalicelib.core.watching import as_number

name = "grafana"
placeholder = "GRAFANA_JSON"

# The project stands for the organisation.
ORGANISATION = 1
_TITLES = {"alerting": "Alerting", "no_data": "No Data", "ok": "OK", "paused": "Paused"}


def document(news: News) -> dict[str, Any]:
    """The notification. A test calls itself ok, so that nobody is called by it."""
    check, state, label = news.check, _state(news), kinds.label(news.check)
    place, spec = place_of(check), check.spec
    return {
        "dashboardId": place.dashboard if place else 0,
        "evalMatches": _matches(news) if news.event == "down" else [],
        "imageUrl": "",
        "message": words.summary(news) if news.event == "test" else check.desc,
        "orgId": ORGANISATION,
        "panelId": place.panel if place else 0,
        "ruleId": check.number,
        "ruleName": label,
        "ruleUrl": words.link(news),
        "state": state,
        "tags": dict(spec.labels) if isinstance(spec, PanelSpec) else {},
        "title": f"[{_TITLES[state]}] {label}",
    }


def _state(news: News) -> str:
    if news.event == "down":
        return "no_data" if states.lacks_data(news.check) else "alerting"
    return "paused" if news.flip.new == "paused" else "ok"


def _matches(news: News) -> list[dict[str, Any]]:
    """What made the check fire: a series, an entity, or what a probe looks at, with its value where it has one."""
    facts = news.flip.details
    metric = facts.get("metric") or kinds.of(news.check).target(news.check)
    return [{"metric": metric, "tags": {}, "value": as_number(facts.get("value"))}] if metric else []
