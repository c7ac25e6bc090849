"""What happened to an alert and its entities: when they fell ill and were well again, and their downtimes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from chalicelib.core.check import Check, Flip, entity_of
from chalicelib.core.silence import Silence
from chalicelib.monitor import transitions
from chalicelib.monitor.managing import downtimes
from chalicelib.monitor.services import Services
from chalicelib.store import history

# So many histories are read at the same time.
WORKERS = 16


@dataclass(frozen=True, slots=True)
class AlertEvent:
    """`name` is that of ZMON's type of event; `entity` is empty for the alert as a whole. `value` is the one that made
    it, as JSON; what happened to a downtime has its `silence`."""

    at: datetime
    name: str
    entity: str = ""
    value: str = ""
    silence: Silence | None = None


def of_alert(services: Services, alert: Check, start: datetime, end: datetime) -> list[AlertEvent]:
    """What happened in [start, end), oldest first. Of entities that are gone only their downtimes are known."""
    now = services.clock()

    def flips(check: Check) -> list[AlertEvent]:
        found = history.flips(check.project, check.code, start, end, now)
        return [event for flip in found if (event := _of_flip(flip))]

    with ThreadPoolExecutor(WORKERS) as pool:
        turned = list(pool.map(flips, [alert, *transitions.instances_of(alert)]))
    laid = [
        AlertEvent(one.at, one.name, entity, silence=one.silence)
        for one in downtimes.events(services, alert, start)
        if one.at < end
        for entity in one.silence.entities
    ]
    return sorted([*laid, *(event for some in turned for event in some)], key=lambda event: (event.at, event.entity))


def _of_flip(flip: Flip) -> AlertEvent | None:
    if "down" not in (flip.old, flip.new):
        return None
    entity, what = entity_of(flip.code), "STARTED" if flip.new == "down" else "ENDED"
    name = f"ALERT_ENTITY_{what}" if entity else f"ALERT_{what}"
    return AlertEvent(flip.at, name, entity, flip.details.get("value", ""))
