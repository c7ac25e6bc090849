"""Weighing a look that would change something against what else was seen: the newest look wins.

Looks end in another order than they began, at several places and in several processes, and a good look that changes
nothing writes nothing to its check. So who is about to change a check asks the results, which hold every look. Moments
are compared within one place: the clocks of two may lie a second or two apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.core.check import Check, Result
from chalicelib.core.specs import probe_of
from chalicelib.core.watching import Observed, apart, retries
from chalicelib.monitor.services import Services
from chalicelib.store import results

# Among so many results is the latest of every place.
RECENT = 100


def weighed(services: Services, check: Check, look: Observed, others: Iterable[str]) -> Observed | None:
    """The look with what else is known of the time since; None if it says nothing. `others` are the other places that
    look at the check. Raises StoreFault."""
    if not _would_change(check, look):
        return look
    kept = _recent(services, check)
    latest = _latest(kept)
    since = [one for one in kept if one.location == look.location and one.at > look.at]
    # An older failure counts beside newer ones: two looks that wait for one host end when they like.
    if since and (look.ok or any(one.code for one in since)):
        return None
    if look.ok:
        return None if _is_down_elsewhere(check, others, latest) else look
    return replace(look, sound=_sound(check, kept))


def _sound(check: Check, kept: list[Result]) -> datetime | None:
    """When the last look that found all well began, as far as that can be held against the first failure: one of
    another place may have begun before it, by as much as two clocks lie apart."""
    return max((one.at - apart(check.suspicion, one.location) for one in kept if one.code), default=None)


def _would_change(check: Check, look: Observed) -> bool:
    """Whether more may change than the words of the last result."""
    if check.status == "paused":
        return False
    if look.ok:
        return check.status != "up" or check.suspicion is not None
    return check.status != "down"


def _recent(services: Services, check: Check) -> list[Result]:
    """What was seen of late: what a place saw long ago says nothing."""
    now = services.clock()
    start = now - timedelta(seconds=2 * check.period + probe_of(check).timeout)
    return results.newest(check.code, RECENT, now, start=start, end=now + timedelta(minutes=1), strongly=True)


def _latest(kept: list[Result]) -> dict[str, Result]:
    """By place, the look that began last."""
    return {result.location: result for result in sorted(kept, key=lambda result: result.at)}


def _is_down_elsewhere(check: Check, others: Iterable[str], latest: dict[str, Result]) -> bool:
    """Whether two other places still see the failure, or one where a single failure is an outage. Without that a site
    that can be reached from some places alone would go down and up with every round of looks."""
    if check.status != "down":
        return False
    failing = sum(place in latest and latest[place].code == 0 for place in others)
    return failing > min(retries(check), 1)
