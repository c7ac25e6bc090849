"""An alert as a whole: it is down while one of its entities is.

Several workers may decide on entities of one alert at the same time. Whoever has kept a decision looks at all instances
and has the alert follow, and looks again after that, until the alert is what its instances are: so the last one of them
leaves it right.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from chalicelib.core.check import TICK, Check, entity_of
from chalicelib.core.watching import Judged
from chalicelib.monitor import transitions
from chalicelib.monitor.services import Services
from chalicelib.store import checks

# So many entities are named in the reason, and so many kept with the flip.
NAMED, KEPT = 3, 100


def follow(services: Services, alert: Check, at: datetime) -> None:
    """Has an alert follow its instances. Raises Missing, Busy, StoreFault."""
    while transitions.retrying(services, lambda: _step(services, alert, at)):
        continue


def _step(services: Services, alert: Check, at: datetime) -> bool:
    """One look at the instances; whether the alert has become another by it."""
    check = checks.get(alert.project, alert.code)
    down = [one for one in checks.instances_of(check) if one.status == "down"]
    if check.status == "paused" or check.status == ("down" if down else "up"):
        return False
    change = transitions.keep(check, _judgement(check, down, at))
    if change is None:
        return False
    transitions.tell([change])
    return True


def _judgement(check: Check, down: Sequence[Check], at: datetime) -> Judged:
    names = [entity_of(one.code) for one in down]
    moment = max(at, check.since + TICK) if check.since else at
    details: dict[str, Any] = {"entities": names[:KEPT]}
    return Judged(moment, bool(down), reason=listed(names), details=details)


def listed(names: Sequence[str]) -> str:
    """ "web1, web2, web3 and 7 more" """
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")
