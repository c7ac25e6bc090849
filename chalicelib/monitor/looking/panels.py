"""Judging the alerts of panels: what their queries find at a moment, the end of a bucket, and what that means.

A window is of whole steps: five minutes of a series with a value a minute are its last five whole minutes, so that the
same number of values is reduced whenever it is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from chalicelib.core import breaches, panels
from chalicelib.core.breaches import Breaches
from chalicelib.core.check import Check
from chalicelib.core.criteria import BUCKET
from chalicelib.core.errors import Invalid
from chalicelib.core.panels import Found, Verdict
from chalicelib.core.specs import PanelCondition, PanelSpec, panel_of
from chalicelib.core.watching import Judged
from chalicelib.languages.graphite import GraphiteError, Series
from chalicelib.monitor.looking import verdicts
from chalicelib.monitor.looking.reading import Buckets, Reader, closed, finite, reader_of
from chalicelib.monitor.looking.unforeseen import fails_the_query


def judge(reader: Reader, check: Check, known: Breaches, moment: int) -> Judged:
    """The judgement on the alert of a panel, of which the series `known` met its conditions before, at a moment
    (seconds since 1970) that is over."""
    over = datetime.fromtimestamp(moment, UTC)
    at = max(over, verdicts.judged_from(check))
    try:
        with fails_the_query(reader.told, code=check.code):
            made = _judgement(reader, check, known, at, moment)
    except (GraphiteError, Invalid) as error:
        made = panels.failure(check, known, at, str(error))
    return replace(made, moment=over)


def _judgement(reader: Reader, check: Check, known: Breaches, at: datetime, moment: int) -> Judged:
    spec = panel_of(check)
    verdict = _verdict(reader, spec, moment)
    if verdict.is_of_absence and _is_early_for_absence(reader, check, moment):
        return panels.kept(check, known, at)
    made = panels.judgement(check, known, at, verdict)
    if breaches.size(made.triggered) > breaches.MOST:
        why = f"{len(made.triggered)} series meet the conditions, whose names are too long to be kept"
        return panels.failure(check, known, at, why)
    return made


def _verdict(reader: Reader, spec: PanelSpec, moment: int) -> Verdict:
    return panels.together([_found(reader, one, moment) for one in spec.conditions])


def _found(reader: Reader, condition: PanelCondition, moment: int) -> Found:
    until = (moment - condition.end) // BUCKET * BUCKET
    made = reader.evaluated(condition.target, condition.seconds, until)
    return panels.evaluate(condition, [(one.name, _window(one, condition.seconds, until)) for one in made])


def _window(one: Series, seconds: int, until: int) -> Buckets:
    """The values of the last whole steps of a series that make up so many seconds, at least of one step."""
    end = until // one.step * one.step
    places = range(
        (end - max(seconds // one.step, 1) * one.step - one.start) // one.step, (end - one.start) // one.step
    )
    return finite(one.values[place] if 0 <= place < len(one.values) else None for place in places)


def _is_early_for_absence(reader: Reader, check: Check, moment: int) -> bool:
    """Whether what is missing says nothing yet: the time that is judged begins before the alert was made or resumed,
    and its first values may still be in a bucket that is not over, or nobody looked in a part of it."""
    begin = datetime.fromtimestamp(moment - max(one.start for one in panel_of(check).conditions), UTC)
    if check.status == "new" and begin < verdicts.judged_from(check):
        return True
    away = reader.away()
    return away is not None and away.until > begin


@dataclass(frozen=True, slots=True)
class Trial:
    """What the alert of a panel would be at a moment: its verdict, or the error of its queries."""

    verdict: Verdict | None
    error: str = ""

    def outcome(self, spec: PanelSpec) -> str:
        """The state in which it would be, if it had none before."""
        made = panels.outcome(spec, self.verdict) if self.verdict else spec.on_error
        if made == "keep_state":
            return "unknown"
        return "pending" if made == "alerting" and spec.pending else made


def attempt(project: str, spec: PanelSpec, now: datetime) -> Trial:
    """Judges the alert of a panel that is not kept."""
    moment = closed(now)
    reader = reader_of(project, now)
    try:
        with fails_the_query(reader.told, targets=[one.target for one in spec.conditions]):
            return Trial(_verdict(reader, spec, moment))
    except (GraphiteError, Invalid) as error:
        return Trial(None, str(error))
