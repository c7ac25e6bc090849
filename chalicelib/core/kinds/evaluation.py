"""An evaluation judges by a condition what a command finds, for each entity by itself (ZMON's alert definitions)."""

from __future__ import annotations

import json
from typing import Any

from chalicelib.core import document as documents
from chalicelib.core.check import Check, entity_of
from chalicelib.core.commands import LETTER
from chalicelib.core.kinds.base import Listed, Wheel
from chalicelib.core.news import News
from chalicelib.core.phrases import one_line
from chalicelib.core.specs import ConditionSpec, Spec, condition_of

name = "evaluation"
spec: type[Spec] | None = ConditionSpec
wheel: Wheel | None = Wheel(LETTER, "commands", 1)
pinged = False
quotes = True
unique_names = False
instanced = True
spaced = False
word = "Entity"

PRIORITIES = {1: "1 (red)", 2: "2 (orange)", 3: "3 (yellow)"}


def spread(check: Check) -> str:
    return ""


def target(check: Check) -> str:
    """The entity; of the alert as a whole nothing, for it has many."""
    return entity_of(check.code)


def place(check: Check) -> str:
    return ""


def public_target(check: Check) -> str:
    return target(check)


def graphed(check: Check, letter: str) -> str:
    return ""


def told_in(check: Check) -> str:
    return condition_of(check).period


def criteria(check: Check) -> str:
    return one_line(condition_of(check).condition, 300)


def reason(news: News) -> str:
    return one_line(news.flip.reason, 300)


def details(news: News) -> Listed:
    captures = news.flip.details.get("captures") or {}
    return [
        ("Entity", target(news.check)),
        ("Priority", PRIORITIES.get(condition_of(news.check).priority, "")),
        ("Condition", criteria(news.check)),
        *((str(name), one_line(_shown(value), 300)) for name, value in captures.items()),
    ]


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def document(news: News) -> dict[str, Any]:
    return documents.looked_at(news, target(news.check))
