"""A probe looks at something outside, every so often, from one place or several."""

from __future__ import annotations

from typing import Any

from chalicelib.core import document as documents
from chalicelib.core.check import Check
from chalicelib.core.kinds.base import Listed, Wheel
from chalicelib.core.news import News
from chalicelib.core.phrases import every, one_line
from chalicelib.core.specs import ProbeSpec, Spec, probe_of

name = "probe"
spec: type[Spec] | None = ProbeSpec
# So many probes run at the same time in one worker.
wheel: Wheel | None = Wheel("p", "probes", 50)
pinged = False
quotes = True
unique_names = False
instanced = False
spaced = False
word = "Address"


def spread(check: Check) -> str:
    return ""


def target(check: Check) -> str:
    return probe_of(check).address


def place(check: Check) -> str:
    """The address without the port that stands beside a host."""
    return probe_of(check).host


def public_target(check: Check) -> str:
    """The address without the path, which may be known to few."""
    found = target(check)
    return "/".join(found.split("/")[:3]) if "://" in found else found


def graphed(check: Check, letter: str) -> str:
    return ""


def told_in(check: Check) -> str:
    return ""


def criteria(check: Check) -> str:
    return "failing"


def reason(news: News) -> str:
    return one_line(news.flip.reason, 300)


def details(news: News) -> Listed:
    return [
        ("Address", one_line(target(news.check), 300)),
        ("Looked at", every(news.check.period)),
        ("Seen from", one_line(", ".join(news.flip.details.get("locations", ())), 300)),
    ]


def document(news: News) -> dict[str, Any]:
    return documents.looked_at(news, target(news.check))
