"""The published examples of composites (Hosted Graphite Alerts API, Composite Alerts), row by row of their tables.

In a row stands a sign for each criterion in the order of their letters, 1 met, 0 not met, ? undecided for want of data,
and behind it what the whole comes to. What does not meet a criterion is its bound itself: bounds are strict.
"""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import pytest

from chalicelib.api.hostedgraphite import validation
from chalicelib.core import criteria, rules
from chalicelib.core.check import Check
from chalicelib.core.criteria import Criterion
from chalicelib.core.specs import RuleSpec
from chalicelib.languages import expression
from tests.api.hostedgraphite.published import examples
from tests.api.hostedgraphite.published.conftest import Stage
from tests.cases import each
from tests.sent import Sent

COMPOSITES = examples.listed("composites")
BOTH, EITHER, TWO_OR_ONE = COMPOSITES
TABLES = {
    BOTH: "11=1 10=0 1?=? 01=0 00=0 0?=0 ?1=? ?0=0 ??=?",
    EITHER: "11=1 10=1 1?=1 01=1 00=0 0?=? ?1=1 ?0=? ??=?",
    TWO_OR_ONE: "111=1 110=1 11?=1 101=1 100=0 10?=? 1?1=1 1?0=? 1??=? "
    "011=1 010=0 01?=? 001=1 000=0 00?=? 0?1=1 0?0=0 0??=? "
    "?11=1 ?10=? ?1?=? ?01=1 ?00=0 ?0?=? ??1=1 ??0=? ???=?",
}
ROWS = [(name, *row.split("=")) for name, table in TABLES.items() for row in table.split()]
DECIDED = [row for row in ROWS if "?" not in row[1]]
MEANING = {"1": True, "0": False, "?": None}
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def value(criterion: Criterion, sign: str) -> float | None:
    """A value that meets the criterion, or just does not."""
    bound, beyond = (criterion.above, 1) if criterion.type == "above" else (criterion.below, -1)
    assert bound is not None
    return {"1": bound + beyond, "0": bound, "?": None}[sign]


def spec(name: str) -> RuleSpec:
    found: RuleSpec = validation.values("", {"name": name, **COMPOSITES[name]})["spec"]
    return found


def test_every_combination_has_its_row() -> None:
    for name, count in ((BOTH, 2), (EITHER, 2), (TWO_OR_ONE, 3)):
        rows = [signs for of, signs, _ in ROWS if of == name]
        assert rows == ["".join(signs) for signs in itertools.product("10?", repeat=count)]


@each(("name", "signs", "result"), ROWS)
def test_a_composite_is_judged_as_its_row_says(name: str, signs: str, result: str) -> None:
    found = spec(name)
    tree = expression.parse(found.expression)
    verdicts = {
        part.letter: {part.target: criteria.judge(part.criterion, [value(part.criterion, sign)], NOW)}
        for part, sign in zip(found.parts, signs, strict=True)
    }
    check = Check("project", "code", NOW, kind="rule", spec=found)
    judged = rules.judgement(check, {}, NOW, verdicts, lambda letters: expression.evaluate(tree, letters))
    assert judged.firing is MEANING[result]


@pytest.mark.parametrize(("name", "signs", "result"), DECIDED)
def test_a_composite_is_alerting_when_its_points_say_so(stage: Stage, name: str, signs: str, result: str) -> None:
    alert = stage.caller.alert(**COMPOSITES[name])
    push(stage, name, signs)
    shown = stage.caller.shown(alert)
    assert shown["status"] == ("alerting" if result == "1" else "healthy")
    assert shown["currently_triggered_metrics"] == (breaching(name, signs) if result == "1" else [])


def push(stage: Stage, name: str, signs: str) -> None:
    """A point for every criterion, but for the undecided ones."""
    pairs = zip(spec(name).parts, signs, strict=True)
    stage.push(**{part.target.replace(".", "__"): value(part.criterion, sign) for part, sign in pairs})


def breaching(name: str, signs: str) -> list[str]:
    pairs = zip(spec(name).parts, signs, strict=True)
    return sorted(part.target for part, sign in pairs if sign == "1")


@pytest.mark.parametrize(
    ("name", "quiet", "firing", "last"),
    [
        (BOTH, "10", "11", "my.second.metric is 19, below 20"),
        (EITHER, "00", "01", "my.second.metric is 29, below 30"),
        (TWO_OR_ONE, "100", "101", "my.third.metric is 121, above 120"),
        (BOTH, "01", "11", "my.first.metric is "),
        (TWO_OR_ONE, "010", "110", "my.first.metric is "),
    ],
)
def test_a_composite_is_told_with_the_metric_that_triggered_it_and_its_end_too(
    stage: Stage, sent: Sent, name: str, quiet: str, firing: str, last: str
) -> None:
    stage.channel("channel_id1", "Email me")
    stage.caller.alert(**COMPOSITES[name], notification_type="state_change")
    push(stage, name, quiet)
    assert sent.subjects == []
    push(stage, name, firing)
    assert sent.subjects == ["DOWN | alert1"]
    assert last in sent.mails[0].text
    push(stage, name, quiet)
    assert sent.subjects == ["DOWN | alert1", "UP | alert1"]


def test_a_composite_stays_as_it_is_while_its_points_cannot_decide(stage: Stage) -> None:
    alert = stage.caller.alert(**COMPOSITES[BOTH])
    push(stage, BOTH, "11")
    stage.clock.move(seconds=criteria.FRESH)
    push(stage, BOTH, "1?")
    assert stage.caller.shown(alert)["status"] == "alerting"
    push(stage, BOTH, "0?")
    assert stage.caller.shown(alert)["status"] == "healthy"
    push(stage, BOTH, "1?")
    assert stage.caller.shown(alert)["status"] == "healthy"
