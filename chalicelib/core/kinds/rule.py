"""A rule judges series of values: by one criterion, or by several and an expression over them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from chalicelib.core import document as documents
from chalicelib.core import rules
from chalicelib.core.check import Check
from chalicelib.core.kinds.base import Listed, Wheel
from chalicelib.core.news import News
from chalicelib.core.phrases import one_line, span

name = "rule"
# So many rules are judged by one worker.
wheel: Wheel | None = Wheel("r", "rules", 100)
pinged = False
quotes = True
unique_names = True
spaced = True
word = "Metric"

# So many breaching series are named.
SERIES = 10


def spread(check: Check) -> str:
    """Rules of the same series are served together and share the reading."""
    return target(check)


def target(check: Check) -> str:
    """The metric of the first criterion."""
    return str(check.watch.get("metric", ""))


def place(check: Check) -> str:
    return ""


def public_target(check: Check) -> str:
    return target(check)


def graphed(check: Check, letter: str) -> str:
    parts = {part.letter: part.target for part in rules.parts(check.watch)}
    return parts.get(letter) or target(check)


def criteria(check: Check) -> str:
    """ "above 5 for 2 minutes"; of a composite the expression, and what its letters stand for."""
    parts = rules.parts(check.watch) if check.watch.get("criteria") else []
    if not parts:
        return ""
    if len(parts) == 1:
        return _criterion(parts[0])
    letters = ", ".join(f"{part.letter}: {part.target} {_criterion(part)}" for part in parts)
    return f"{check.watch['expression']} ({letters})"


def _criterion(part: rules.Part) -> str:
    minutes = timedelta(minutes=part.criterion.period)
    return rules.bounds(part.criterion) + (f" for {span(minutes, 3)}" if minutes else "")


def reason(news: News) -> str:
    return one_line(news.flip.reason, 300)


def details(news: News) -> Listed:
    check, facts = news.check, news.flip.details
    names = sorted(check.triggered)
    breaching = ", ".join(names[:SERIES]) + (f" and {len(names) - SERIES} more" if len(names) > SERIES else "")
    value = facts.get("value")
    return [
        ("Metric", one_line(str(facts.get("metric") or target(check)), 300)),
        ("Value then" if news.reminder else "Value", "" if value is None else f"{value:g}"),
        ("Criteria", one_line(criteria(check), 500)),
        ("Breaching now", one_line(breaching, 1_000) if len(names) > 1 else ""),
    ]


def document(news: News) -> dict[str, Any]:
    return documents.looked_at(news, target(news.check))
