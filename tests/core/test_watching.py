"""The state machine of probes and rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.core import status
from chalicelib.core.breaches import Breach, summary
from chalicelib.core.check import Check, Flip, Suspicion
from chalicelib.core.status import Change, Judged, Observed, Paused
from tests import specs

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def probe(retries: int = 1, **fields: Any) -> Check:
    values: dict[str, Any] = {"status": "up", "since": NOW - timedelta(days=1), **fields}
    return Check(
        "p", "c", NOW - timedelta(days=2), kind="probe", period=60, spec=replace(specs.PING, retries=retries), **values
    )


def rule(**fields: Any) -> Check:
    return Check("p", "r", NOW - timedelta(days=2), kind="rule", period=60, spec=specs.above("cpu"), **fields)


def good(at: datetime = NOW, place: str = "Stockholm SWE") -> Observed:
    return Observed(at, True, "200 OK", place)


def bad(at: datetime = NOW, place: str = "Stockholm SWE", text: str = "500 Internal Server Error") -> Observed:
    return Observed(at, False, text, place)


def decided(check: Check, event: status.Event) -> Change:
    change = status.decide(check, event)
    assert change is not None
    return change


def after(check: Check, *events: status.Event) -> tuple[Check, list[Flip]]:
    flips: list[Flip] = []
    for event in events:
        change = status.decide(check, event)
        if change:
            check = change.after
            flips += change.flips
    return check, flips


def test_the_first_good_look_brings_a_new_check_up_and_is_nobodys_news() -> None:
    change = decided(probe(status="new", since=None), good())
    assert change.after.status == "up"
    assert [flip.is_news for flip in change.flips] == [False]


def test_a_look_that_finds_what_the_last_one_found_changes_nothing() -> None:
    assert status.decide(probe(last_result="200 OK"), good()) is None


def test_a_new_wording_of_a_good_result_is_kept_without_a_flip() -> None:
    change = decided(probe(last_result="200 OK"), Observed(NOW, True, "204 No Content", "Home"))
    assert change.after.last_result == "204 No Content"
    assert change.flips == ()


def test_one_failure_is_a_suspicion_and_no_flip() -> None:
    change = decided(probe(), bad())
    assert change.after.status == "up"
    assert change.after.suspicion == Suspicion(NOW, "500 Internal Server Error", ("Stockholm SWE",), 1)
    assert change.flips == ()


def test_a_confirmed_failure_goes_down_from_the_first_failed_look_on() -> None:
    check, flips = after(probe(), bad(), bad(NOW + 5 * SECOND, "Dublin IRL", "no answer within 30 s"))
    assert check.status == "down"
    assert check.suspicion is None
    (flip,) = flips
    assert (flip.at, flip.reason) == (NOW, "no answer within 30 s")
    assert flip.details == {"locations": ["Stockholm SWE", "Dublin IRL"], "failures": 2}
    assert flip.is_news


def test_a_failure_that_began_before_the_first_and_ended_after_it_confirms_it_and_the_outage_begins_with_it() -> None:
    earlier = NOW - timedelta(milliseconds=40)
    check, flips = after(probe(), bad(), bad(earlier, "Dublin IRL"))
    assert check.status == "down"
    assert [(flip.at, flip.details["locations"]) for flip in flips] == [(earlier, ["Stockholm SWE", "Dublin IRL"])]


def test_a_failure_that_began_before_the_check_was_up_confirms_nothing() -> None:
    check, flips = after(probe(since=NOW), bad(NOW + SECOND), bad(NOW - 3 * SECOND, "Dublin IRL"))
    assert (flips, check.status) == ([], "up")
    assert check.suspicion is not None
    assert check.suspicion.failures == 1


def test_a_good_look_between_two_failures_ends_the_suspicion() -> None:
    check, flips = after(probe(), bad(), good(NOW + SECOND, "Dublin IRL"), bad(NOW + 2 * SECOND))
    assert flips == []
    assert check.suspicion is not None
    assert check.suspicion.failures == 1


@pytest.mark.parametrize("retries", [0, 1, 2, 5])
def test_as_many_further_failures_confirm_as_the_check_asks_for(retries: int) -> None:
    check = probe(retries)
    for number in range(retries):
        check, flips = after(check, bad(NOW + number * SECOND))
        assert flips == []
    _, flips = after(check, bad(NOW + retries * SECOND))
    assert [flip.at for flip in flips] == [NOW]


def test_without_a_number_of_retries_one_confirmation_is_needed() -> None:
    check = replace(probe(), spec=specs.PING)
    assert after(check, bad())[1] == []
    assert len(after(check, bad(), bad(NOW + SECOND))[1]) == 1


def test_a_failure_of_the_day_before_does_not_confirm() -> None:
    check, flips = after(probe(), bad(NOW - timedelta(hours=23)), bad(NOW + timedelta(hours=2)))
    assert flips == []
    assert check.suspicion is not None
    assert check.suspicion.since == NOW + timedelta(hours=2)


def test_a_good_look_brings_a_check_up_that_was_down() -> None:
    change = decided(probe(status="down", since=NOW - SECOND), good(place="Dublin IRL"))
    (flip,) = change.flips
    assert (flip.old, flip.new, flip.at, flip.details) == ("down", "up", NOW, {"locations": ["Dublin IRL"]})
    assert flip.is_news


def test_a_look_that_began_before_the_outage_does_not_end_it() -> None:
    check, flips = after(probe(status="down", since=NOW), good(NOW - 3 * SECOND))
    assert (check.status, flips) == ("down", [])


def test_a_look_that_began_before_the_first_failure_does_not_clear_the_suspicion() -> None:
    check, _ = after(probe(), bad(), good(NOW - SECOND))
    assert check.suspicion is not None


def test_a_place_whose_clock_is_a_second_behind_confirms_a_failure_and_ends_a_suspicion() -> None:
    behind = NOW - SECOND
    assert after(probe(), bad(), bad(behind, "Dublin IRL"))[0].status == "down"
    check, flips = after(probe(), bad(), good(behind, "Dublin IRL"))
    assert (check.suspicion, flips) == (None, [])


def test_a_failure_after_a_look_that_found_all_well_is_the_first_of_another_suspicion() -> None:
    later = replace(bad(NOW + 2 * SECOND, "Dublin IRL"), sound=NOW + SECOND)
    check, flips = after(probe(), bad(), later)
    assert flips == []
    assert check.suspicion == Suspicion(later.at, later.text, ("Dublin IRL",), 1)


def test_a_look_at_what_is_not_looked_at_any_more_says_nothing() -> None:
    old = replace(bad(), definition={"type": "http", "url": "https://old.example.org/"})
    assert status.decide(probe(retries=0), old) is None
    assert decided(probe(retries=0), replace(bad(), definition=specs.PING.definition)).after.status == "down"


@pytest.mark.parametrize(
    ("values", "ends"),
    [
        ({"spec": replace(specs.PING, retries=1, perf_warn=9)}, False),
        ({"spec": specs.HTTP}, True),
        ({"name": "x"}, False),
    ],
)
def test_a_change_of_what_is_looked_at_ends_a_suspicion_and_no_other_does(values: dict[str, Any], ends: bool) -> None:
    check, _ = after(probe(), bad(), status.Redefined(NOW + SECOND, values))
    assert (check.suspicion is None) == ends


def test_a_paused_check_keeps_the_result_and_stays_paused() -> None:
    check, flips = after(probe(retries=0, status="paused"), bad())
    assert (check.status, flips, check.last_result) == ("paused", [], "500 Internal Server Error")


def test_pausing_drops_a_suspicion() -> None:
    check, _ = after(probe(), bad(), Paused(NOW + SECOND))
    assert (check.status, check.suspicion) == ("paused", None)


def turned(change: Change) -> list[tuple[str, bool, float | None]]:
    """The series that began or ceased to breach."""
    turns = change.series.turns if change.series else ()
    return [(turn.metric, turn.breaching, turn.value) for turn in turns]


def test_a_firing_rule_goes_down_with_the_series_that_breach() -> None:
    judgement = Judged(NOW, True, {"web1": 93.0}, reason="web1 is 93", details={"metric": "web1", "value": 93.0})
    change = decided(rule(status="up"), judgement)
    assert change.after.status == "down"
    assert (change.after.breaching.count, change.after.breaching.first) == (1, ("web1",))
    assert change.series and change.series.now == {"web1": Breach(NOW, 93.0)}
    assert turned(change) == [("web1", True, 93.0)]
    assert change.flips[0].details == {"metric": "web1", "value": 93.0}


KNOWN = {"web1": Breach(NOW, 93.0)}


def test_a_series_that_goes_on_breaching_keeps_the_moment_at_which_it_began() -> None:
    check, _ = after(rule(status="up"), Judged(NOW, True, {"web1": 93.0}))
    change = decided(check, Judged(NOW + SECOND, True, {"web1": 99.0, "web2": 91.0}, known=KNOWN))
    assert change.series and change.series.now == {**KNOWN, "web2": Breach(NOW + SECOND, 91.0)}
    assert turned(change) == [("web2", True, 91.0)]
    assert change.flips == ()


def test_other_series_are_a_change_also_where_the_rule_names_none_of_them() -> None:
    known = {f"web{number:03d}": Breach(NOW, 1.0) for number in range(50)}
    firing = rule(status="down", since=NOW, breaching=summary(known))
    triggered: dict[str, float | None] = {name: 1.0 for name in known if name != "web040"}
    change = decided(firing, Judged(NOW + SECOND, True, triggered | {"web040b": 2.0}, known=known))
    assert change.after.breaching == firing.breaching
    assert turned(change) == [("web040b", True, 2.0), ("web040", False, None)]


def test_pausing_a_rule_forgets_what_breached_it() -> None:
    check, _ = after(rule(status="up"), Judged(NOW, True, {"web1": 93.0}))
    change = decided(check, Paused(NOW + SECOND))
    assert change.after.breaching.count == 0
    assert change.series and (change.series.now, change.series.turns) == ({}, ())


def test_data_that_cannot_decide_leaves_the_status_as_it_is() -> None:
    for before in ("up", "down", "new"):
        check, flips = after(rule(status=before), Judged(NOW, None))
        assert (check.status, flips) == (before, [])


def test_a_rule_recovers_with_the_values_of_the_series_that_cease_to_breach() -> None:
    check, _ = after(rule(status="up"), Judged(NOW, True, {"web1": 93.0}))
    change = decided(check, Judged(NOW + SECOND, False, recovered={"web1": 12.0}, known=KNOWN))
    assert change.after.status == "up"
    assert change.after.breaching.count == 0
    assert turned(change) == [("web1", False, 12.0)]


def test_a_quiet_outage_is_history_and_nobodys_news_neither_is_its_end() -> None:
    _, flips = after(rule(status="up"), Judged(NOW, True, quiet=True), Judged(NOW + SECOND, False))
    assert [(flip.new, flip.is_news) for flip in flips] == [("down", False), ("up", False)]


def test_an_outage_that_was_quiet_is_told_once_it_concerns_everybody() -> None:
    check, flips = after(rule(status="up"), Judged(NOW, True, quiet=True), Judged(NOW + SECOND, True, {"web1": 1.0}))
    assert [(flip.new, flip.is_news) for flip in flips] == [("down", False), ("down", True)]
    _, flips = after(check, Judged(NOW + 2 * SECOND, False))
    assert [flip.is_news for flip in flips] == [True]


def test_a_paused_rule_is_not_judged() -> None:
    assert status.decide(rule(status="paused"), Judged(NOW, True, {"web1": 93.0})) is None


def test_a_judgement_that_is_older_than_the_status_changes_nothing() -> None:
    known = {"cpu": Breach(NOW, 9.0)}
    firing = rule(status="down", since=NOW, breaching=summary(known))
    assert status.decide(firing, Judged(NOW - SECOND, False, recovered={"cpu": 1.0}, known=known)) is None
