"""The alert of a panel reduces series of values, and judges what they come to (Grafana's dashboards)."""

from __future__ import annotations

from typing import Any

from chalicelib.core import document as documents
from chalicelib.core.check import Check
from chalicelib.core.kinds.base import Listed, Wheel
from chalicelib.core.kinds.rule import breaching
from chalicelib.core.news import News
from chalicelib.core.panels import worded
from chalicelib.core.phrases import one_line
from chalicelib.core.specs import PanelSpec, Spec, panel_of, place_of

name = "panel"
spec: type[Spec] | None = PanelSpec
# So many are judged by one worker, which judges the rules too.
wheel: Wheel | None = Wheel("g", "rules", 100)
pinged = False
quotes = True
unique_names = False
instanced = False
spaced = False
word = "Metric"


def spread(check: Check) -> str:
    """Those of the same series share the reading."""
    return target(check)


def target(check: Check) -> str:
    """The target of the first condition."""
    return panel_of(check).conditions[0].target


def place(check: Check) -> str:
    return ""


def public_target(check: Check) -> str:
    return target(check)


def graphed(check: Check, letter: str) -> str:
    targets = {one.letter: one.target for one in panel_of(check).conditions}
    return targets.get(letter) or target(check)


def told_in(check: Check) -> str:
    return ""


def criteria(check: Check) -> str:
    return worded(panel_of(check))


def reason(news: News) -> str:
    return one_line(news.flip.reason, 300)


def details(news: News) -> Listed:
    check, facts = news.check, news.flip.details
    value, where = facts.get("value"), place_of(check)
    return [
        ("Dashboard", one_line(where.title, 200) if where else ""),
        ("Metric", one_line(str(facts.get("metric") or target(check)), 300)),
        ("Value then" if news.reminder else "Value", "" if value is None else f"{value:g}"),
        ("Criteria", one_line(criteria(check), 500)),
        ("Breaching now", one_line(breaching(check.breaching), 1_100)),
    ]


def document(news: News) -> dict[str, Any]:
    return documents.looked_at(news, target(news.check))
