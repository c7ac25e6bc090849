"""A rule judges series of values: by one criterion, or by several and an expression over them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from chalicelib.core import document as documents
from chalicelib.core.breaches import Breaching
from chalicelib.core.check import Check
from chalicelib.core.criteria import TYPES
from chalicelib.core.kinds.base import Listed, Wheel
from chalicelib.core.news import News
from chalicelib.core.phrases import absence, one_line, span
from chalicelib.core.specs import Part, RuleSpec, Spec, rule_of

name = "rule"
spec: type[Spec] | None = RuleSpec
# So many rules are judged by one worker.
wheel: Wheel | None = Wheel("r", "rules", 100)
pinged = False
quotes = True
unique_names = True
instanced = False
spaced = True
word = "Metric"


def spread(check: Check) -> str:
    """Rules of the same series are served together and share the reading."""
    return target(check)


def target(check: Check) -> str:
    """The metric of the first criterion."""
    return rule_of(check).metric


def place(check: Check) -> str:
    return ""


def public_target(check: Check) -> str:
    return target(check)


def graphed(check: Check, letter: str) -> str:
    parts = {part.letter: part.target for part in rule_of(check).parts}
    return parts.get(letter) or target(check)


def told_in(check: Check) -> str:
    return ""


def criteria(check: Check) -> str:
    """ "above 5 for 2 minutes"; of a composite the expression, and what its letters stand for."""
    judged = rule_of(check)
    if len(judged.parts) == 1:
        return _criterion(judged.parts[0])
    letters = ", ".join(f"{part.letter}: {part.target} {_criterion(part)}" for part in judged.parts)
    return f"{judged.expression} ({letters})"


def _criterion(part: Part) -> str:
    minutes = timedelta(minutes=part.criterion.period)
    return TYPES[part.criterion.type].words(part.criterion) + (f" for {span(minutes, 3)}" if minutes else "")


def reason(news: News) -> str:
    why = one_line(news.flip.reason, 300)
    if "away" not in news.flip.details:
        return why
    return f"{why}. {absence(*news.flip.details['away'])}"


def details(news: News) -> Listed:
    check, facts = news.check, news.flip.details
    value = facts.get("value")
    return [
        ("Metric", one_line(str(facts.get("metric") or target(check)), 300)),
        ("Value then" if news.reminder else "Value", "" if value is None else f"{value:g}"),
        ("Criteria", one_line(criteria(check), 500)),
        ("Breaching now", one_line(breaching(check.breaching), 1_100)),
    ]


def breaching(found: Breaching) -> str:
    """The series that breach, where there are several: the first by their names, the others counted."""
    if found.count < 2:
        return ""
    if found.complete:
        return ", ".join(found.first)
    if not found.first:
        return f"{found.count} series"
    return f"{', '.join(found.first)} and {found.count - len(found.first)} more"


def document(news: News) -> dict[str, Any]:
    return documents.looked_at(news, target(news.check))
