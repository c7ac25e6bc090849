"""An alert as a whole: it is down while one of its entities is.

Several workers may decide on entities of one alert at the same time. Whoever has kept a decision looks at all instances
and has the alert follow, and looks again after that, until the alert is what its instances are: so the last one of them
leaves it right.

Its flips hold its name and its description as they are told, filled with what was captured of the entities that are
down; when it ends it is called as it was when it began.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from chalicelib.core import instances
from chalicelib.core.check import TICK, Check, entity_of
from chalicelib.core.watching import Judged
from chalicelib.monitor import transitions
from chalicelib.monitor.looking import naming
from chalicelib.monitor.services import Services
from chalicelib.store import checks, outbox

# So many entities are named in the reason, and so many kept with the flip.
NAMED, KEPT = 3, 100


def follow(services: Services, alert: Check, at: datetime) -> None:
    """Has an alert follow its instances. Raises Missing, Busy, StoreFault."""
    while transitions.retrying(services, lambda: _step(services, alert, at)):
        continue


def is_over(alert: Check) -> bool:
    """Whether none of its instances is down. Reads no more of them than it has to."""
    return not any(one.status == "down" for one in checks.each_instance(alert))


def _step(services: Services, alert: Check, at: datetime) -> bool:
    """One look at the instances; whether the alert has become another by it."""
    check = checks.get(alert.project, alert.code)
    down = [one for one in checks.instances_of(check) if one.status == "down"]
    if check.status == "paused" or check.status == ("down" if down else "up"):
        _unhold(services, check)
        return False
    judged = _judgement(check, down, at)
    names = [entity_of(one.code) for one in down]
    change = transitions.keep(instances.whole_as_decided(check, names, judged.at), judged)
    if change is None:
        return False
    transitions.tell([change])
    return True


def _unhold(services: Services, check: Check) -> None:
    """That it is down may have been kept back, because all of its entities that were are in downtime. Now another one
    may be."""
    if check.status == "down" and any(one.entities for one in check.silences):
        nudge = outbox.of(check.project, check.code)
        outbox.put(nudge, services.new_code(), services.clock())
        transitions.nudge([nudge])


def _judgement(check: Check, down: Sequence[Check], at: datetime) -> Judged:
    names = [entity_of(one.code) for one in down]
    moment = max(at, check.since + TICK) if check.since else at
    told = naming.of_whole(check, down, moment) if down else naming.of_past(check)
    details: dict[str, Any] = {"entities": names[:KEPT], **told}
    return Judged(moment, bool(down), reason=listed(names), details=details)


def listed(names: Sequence[str]) -> str:
    """ "web1, web2, web3 and 7 more" """
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")
