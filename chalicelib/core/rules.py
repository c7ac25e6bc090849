"""Rules: what the verdicts on their series mean together. Pure.

A rule has up to four criteria, called by letters, and an expression over them (Hosted Graphite Alerts API, Composite
Alerts). A criterion is met when any of its series breaches it, not met when none does and any can be judged, and
undecided otherwise: also when a series that breached has no values any more, for that is no recovery. While the rule
fires, the series that breach a met criterion are the triggered ones.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from chalicelib.core.breaches import Breaches
from chalicelib.core.check import Check
from chalicelib.core.criteria import TYPES, Verdict
from chalicelib.core.specs import FIRST, rule_of
from chalicelib.core.watching import Judged

# The verdict on each series of a criterion, by name.
Verdicts = Mapping[str, Verdict]


def met(verdicts: Verdicts, triggered: Collection[str] = ()) -> bool | None:
    """Whether a criterion is met by any series; None when that cannot be told. `triggered` are those that breached
    before."""
    found = [verdict.breached for verdict in verdicts.values()]
    if True in found:
        return True
    unclear = any(
        verdict.away is not None or name in triggered for name, verdict in verdicts.items() if verdict.breached is None
    )
    return False if False in found and not unclear else None


def judgement(
    check: Check,
    known: Breaches,
    now: datetime,
    verdicts: Mapping[str, Verdicts],
    holds: Callable[[Mapping[str, bool | None]], bool | None],
) -> Judged:
    """What the verdicts of every letter mean for the rule, of which the series `known` breached before; `holds`
    evaluates its expression."""
    letters = {letter: met(of_letter, known) for letter, of_letter in verdicts.items()}
    firing = holds(letters)
    every = _every(verdicts)
    breaching: dict[str, float | None] = {}
    if firing:
        breaching = _breaching(verdicts, letters) | _vanished(known, every)
    elif firing is None:
        # Nothing says that these are over, unless a verdict of their own does.
        breaching = {name: one.value for name, one in known.items() if not _is_well(every, name)}
    recovered = {name: every[name].value if name in every else None for name in known}
    order = _order(check.met, letters)
    if firing:
        details = _details(check, verdicts, order, letters, breaching)
        reason = _reason(check, details)
    else:
        details, reason = _recovery(check, known, every), ""
    # A single criterion has no order to be remembered.
    met_in_order = order if len(letters) > 1 else ""
    return Judged(now, firing, breaching, recovered, reason, details, met=met_in_order, due=_due(verdicts), known=known)


def failure(check: Check, known: Breaches, now: datetime, why: str) -> Judged:
    """A rule whose query fails fires too: nobody knows how it stands. Who ignores that is not told."""
    quiet = rule_of(check).on_query_failure == "ignore"
    details = {"metric": rule_of(check).metric, "value": None, "query_failure": True}
    still = {name: one.value for name, one in known.items()}
    return Judged(
        *(now, True, still),
        reason=f"query failed: {why}",
        details=details,
        quiet=quiet,
        met=check.met,
        known=known,
        error=why,
    )


def _every(verdicts: Mapping[str, Verdicts]) -> dict[str, Verdict]:
    """One verdict on each series: the first that is one."""
    found: dict[str, Verdict] = {}
    for of_letter in verdicts.values():
        for name, verdict in of_letter.items():
            if name not in found or found[name].breached is None:
                found[name] = verdict
    return found


def _vanished(known: Breaches, every: Mapping[str, Verdict]) -> dict[str, float | None]:
    """The series that breached when they last had a value, and are still asked for."""
    return {name: one.value for name, one in known.items() if name in every and every[name].breached is None}


def _is_well(every: Mapping[str, Verdict], name: str) -> bool:
    return name in every and every[name].breached is False


def _breaching(verdicts: Mapping[str, Verdicts], letters: Mapping[str, bool | None]) -> dict[str, float | None]:
    found: dict[str, float | None] = {}
    for letter, of_letter in verdicts.items():
        if letters[letter]:
            for name, verdict in of_letter.items():
                if verdict.breached:
                    found.setdefault(name, verdict.value)
    return found


def _due(verdicts: Mapping[str, Verdicts]) -> datetime | None:
    """When the first of the series will be missing if nothing comes."""
    found = (verdict for of_letter in verdicts.values() for verdict in of_letter.values())
    return min((one.due for one in found if one.due is not None and not one.breached), default=None)


def _order(before: str, letters: Mapping[str, bool | None]) -> str:
    """The criteria that are met in the order in which they came to be; what cannot be told changes nothing."""
    kept = [letter for letter in before if letters.get(letter, False) is not False]
    return "".join([*kept, *(letter for letter in sorted(letters) if letters[letter] and letter not in kept)])


def _details(
    check: Check,
    verdicts: Mapping[str, Verdicts],
    order: str,
    letters: Mapping[str, bool | None],
    breaching: Mapping[str, float | None],
) -> dict[str, Any]:
    """The last criterion that came to be met, with one of its series: what a notification shows (Hosted Graphite Alerts
    API, Composite Alerts)."""
    for letter in reversed(order):
        if letters[letter]:
            name = sorted(_bad(verdicts[letter]))[0]
            away = verdicts[letter][name].away
            told = {"away": away.as_text()} if away else {}
            return {"metric": name, "value": breaching[name], "letter": letter, **told}
    # An expression of negations fires without any series that breaches.
    return {"metric": rule_of(check).metric, "value": None, "letter": FIRST}


def _bad(verdicts: Verdicts) -> list[str]:
    return [name for name, verdict in verdicts.items() if verdict.breached]


def _recovery(check: Check, known: Breaches, every: Mapping[str, Verdict]) -> dict[str, Any]:
    names: Sequence[str] = sorted(known) or sorted(every)
    name = names[0] if names else rule_of(check).metric
    return {"metric": name, "value": every[name].value if name in every else None}


def _reason(check: Check, details: Mapping[str, Any]) -> str:
    """ "web1.load is 93, above 90 for 10 minutes" """
    criterion = rule_of(check).criterion(details["letter"])
    name, value = details["metric"], details["value"]
    if criterion.by_absence:
        return f"{name} has been missing for {_minutes(criterion.period)}"
    lasting = f" for {_minutes(criterion.period)}" if criterion.period else ""
    if not isinstance(value, float | int):
        return f"{rule_of(check).expression} holds"
    return f"{name} is {value:g}, {TYPES[criterion.type].words(criterion)}{lasting}"


def _minutes(number: int) -> str:
    return f"{number} minute{'' if number == 1 else 's'}"
