"""A dummy kind of check: a lamp, which is looked at every minute. All that a new kind is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.core import document as documents
from chalicelib.core.check import Check
from chalicelib.core.kinds.base import Listed, Wheel
from chalicelib.core.news import News
from chalicelib.core.specs import Spec


@dataclass(frozen=True, slots=True)
class Bulb:
    """Where the lamp hangs."""

    room: str

    def document(self) -> dict[str, Any]:
        return {"room": self.room}

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Bulb:
        return cls(document["room"])


name = "lamp"
spec: type[Spec] | None = Bulb
wheel: Wheel | None = Wheel("l", "rules", 2)
pinged = False
quotes = True
unique_names = True
spaced = False
instanced = True
word = "Room"


def spread(check: Check) -> str:
    return ""


def target(check: Check) -> str:
    return check.spec.room if isinstance(check.spec, Bulb) else ""


def place(check: Check) -> str:
    return f"the lamp in the {target(check)}"


def public_target(check: Check) -> str:
    return target(check)


def graphed(check: Check, letter: str) -> str:
    return ""


def told_in(check: Check) -> str:
    return ""


def criteria(check: Check) -> str:
    return "dark"


def reason(news: News) -> str:
    return news.flip.reason


def details(news: News) -> Listed:
    return [("Room", target(news.check))]


def document(news: News) -> dict[str, Any]:
    return documents.looked_at(news, target(news.check))
