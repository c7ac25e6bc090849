"""Boards: the dashboards of Grafana's API, as they are listed, and which of them is meant by one that is sent. Pure.

A dashboard is known by its number and its uid, and no two share a name (Grafana, Dashboard HTTP API). An alert is known
by the number of its panel: as long as a panel has one, that is the same check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from chalicelib.core.errors import Conflict, Missing
from chalicelib.core.specs import PanelSpec, Place

UID_TAKEN = "A dashboard with the same uid already exists"
NAME_TAKEN = "A dashboard with the same name in the folder already exists"
CHANGED = "The dashboard has been changed by someone else"


class UidTaken(Conflict):
    """The uid is another dashboard's."""


class NameTaken(Conflict):
    """Another dashboard is called so."""


class Changed(Conflict):
    """The dashboard is of another version than the one that it was made of."""


@dataclass(frozen=True, slots=True)
class PanelAlert:
    """The alert of a panel, by the number of the panel, as its dashboard says. `channels` are the codes of those that
    hear of it, `period` the seconds between two judgements."""

    panel: int
    name: str
    desc: str
    period: int
    channels: tuple[str, ...]
    spec: PanelSpec


@dataclass(frozen=True, slots=True)
class Wanted:
    """A dashboard as it is sent: its JSON, and what is read of it. The number and the version are 0 and the uid is
    empty where it says none."""

    model: dict[str, Any]
    title: str
    slug: str
    tags: tuple[str, ...] = ()
    number: int = 0
    uid: str = ""
    version: int = 0
    alerts: tuple[PanelAlert, ...] = ()

    @property
    def name(self) -> str:
        """What it shares with no other: the slug, or the title where nothing can be made a slug of."""
        return self.slug or self.title


@dataclass(frozen=True, slots=True)
class Listed:
    """A dashboard as it is listed. `panels` are the codes of the checks of its panels, `gone` those of checks that are
    to be deleted, as all are when it is `deleted` itself."""

    number: int
    uid: str
    title: str
    slug: str
    tags: tuple[str, ...]
    version: int
    panels: Mapping[int, str] = field(default_factory=dict)
    gone: tuple[str, ...] = ()
    deleted: bool = False

    @property
    def name(self) -> str:
        return self.slug or self.title

    def document(self) -> dict[str, Any]:
        return {
            "uid": self.uid,
            "title": self.title,
            "slug": self.slug,
            "tags": list(self.tags),
            "version": self.version,
            "panels": {str(panel): code for panel, code in self.panels.items()},
            "gone": list(self.gone),
            "deleted": self.deleted,
        }

    @classmethod
    def of(cls, number: int, document: Mapping[str, Any]) -> Listed:
        uid, title, slug, version = (document[name] for name in ("uid", "title", "slug", "version"))
        panels = {int(panel): code for panel, code in document["panels"].items()}
        tags, gone = tuple(document["tags"]), tuple(document["gone"])
        return cls(number, uid, title, slug, tags, version, panels, gone, document["deleted"])

    def without(self) -> Listed:
        """The dashboard when it has been deleted, and its checks are still to be."""
        return replace(self, panels={}, gone=(*self.gone, *self.panels.values()), deleted=True)

    def swept(self) -> Listed:
        """The dashboard when the checks of panels that are gone have been deleted."""
        return replace(self, gone=())


def meant(known: Sequence[Listed], wanted: Wanted, *, overwrite: bool) -> tuple[Listed | None, str]:
    """The dashboard in whose place one is put, and the uid that it has then: that of the number or the uid, or, where
    it may be overwritten, that of the name. None, and perhaps no uid, for a new one. Raises Missing, UidTaken, Changed,
    NameTaken."""
    numbered = first(one for one in known if one.number == wanted.number) if wanted.number else None
    named = next((one for one in known if wanted.uid and one.uid == wanted.uid), None)
    if numbered and named and numbered != named:
        raise UidTaken(UID_TAKEN)
    found = numbered or named
    if found and found.version != wanted.version and not overwrite:
        raise Changed(CHANGED)
    called = next((one for one in known if one.name == wanted.name and one != found), None)
    if called and not overwrite:
        raise NameTaken(NAME_TAKEN)
    if called:
        return called, called.uid
    return found, wanted.uid or (found.uid if found else "")


def first(found: Iterable[Listed]) -> Listed:
    """Raises Missing where there is none."""
    for one in found:
        return one
    raise Missing("dashboard")


def next_of(before: Listed | None, wanted: Wanted, number: int, uid: str, new_code: Callable[[int], str]) -> Listed:
    """A dashboard as it is listed when what is wanted has been put in the place of what was before. A panel without a
    check gets a new code for one."""
    codes = before.panels if before else {}
    panels = {one.panel: codes.get(one.panel) or new_code(one.panel) for one in wanted.alerts}
    gone = (code for panel, code in codes.items() if panel not in panels)
    kept = before.gone if before else ()
    version = before.version + 1 if before else 1
    return Listed(number, uid, wanted.title, wanted.slug, wanted.tags, version, panels, (*kept, *gone))


def values_of(board: Listed, alert: PanelAlert) -> dict[str, Any]:
    """What the check of a panel is to have, as JSON."""
    place = Place(board.number, board.uid, board.slug, board.title, board.tags, alert.panel)
    labels = (f"{name}:{value}" for name, value in alert.spec.labels.items())
    return {
        "name": alert.name,
        "desc": alert.desc,
        "tags": " ".join(dict.fromkeys("_".join(tag.split()) for tag in (*board.tags, *labels))),
        "period": alert.period,
        "channels": sorted(alert.channels),
        "spec": replace(alert.spec, place=place).document(),
    }
