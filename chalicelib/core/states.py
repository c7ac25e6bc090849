"""The state of a check in the words of Grafana's alerts: one for a check of any kind. Pure.

| state | |
|---|---|
| unknown | it has not been judged since it was made or resumed |
| ok | it is up |
| pending | something is wrong, and it still has time: a ping is late, a failure of a probe is not confirmed, a panel's
alert has to fire for longer |
| alerting | it is down |
| no_data | it is down because data is missing: no criterion that is met asks for anything else |
| paused | it is paused |
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal, get_args

from chalicelib.core import status
from chalicelib.core.check import Check
from chalicelib.core.specs import PanelSpec, RuleSpec

State = Literal["unknown", "ok", "pending", "alerting", "no_data", "paused"]
STATES: tuple[State, ...] = get_args(State)


def state_of(check: Check, now: datetime) -> State:
    """The state at `now`, also where the sweep has not been yet."""
    match status.shown(check, now, with_started=False):
        case "down":
            return "no_data" if lacks_data(check) else "alerting"
        case "paused":
            return "paused"
        case "grace":
            return "pending"
        case "up":
            return "pending" if check.suspicion else "ok"
    return "pending" if check.suspicion else "unknown"


def lacks_data(check: Check) -> bool:
    """Whether what is wrong with a rule, or with the alert of a panel, is that data is missing."""
    if check.error:
        return False
    if isinstance(check.spec, PanelSpec):
        return check.spec.no_data == "no_data" and not check.met
    if not isinstance(check.spec, RuleSpec):
        return False
    first, *_ = parts = check.spec.parts
    met = [part for part in parts if part.letter in check.met] or [first]
    return all(part.criterion.type == "missing" for part in met)
