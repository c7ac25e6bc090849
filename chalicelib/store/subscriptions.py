"""What the rules of a project read, for those who take points in."""

from __future__ import annotations

from chalicelib.store.faults import translated
from chalicelib.store.models import SubscriptionItem

_SUBSCRIPTION = "subscription#"


def put(project: str, code: str, patterns: list[str]) -> None:
    with translated():
        SubscriptionItem(project, _SUBSCRIPTION + code, patterns=patterns).save()


def remove(project: str, code: str) -> None:
    with translated():
        SubscriptionItem(project, _SUBSCRIPTION + code).delete()


def of_project(project: str) -> dict[str, list[str]]:
    """The patterns of each rule by its code: nominations, as the copy may be a moment old."""
    with translated():
        items = SubscriptionItem.query(project, SubscriptionItem.noun.startswith(_SUBSCRIPTION))
        return {item.noun.removeprefix(_SUBSCRIPTION): item.patterns for item in items}
