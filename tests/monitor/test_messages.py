"""What the queues carry comes out as it was put in, also from a version that knows less."""

from __future__ import annotations

import json
from datetime import date

import pytest

from chalicelib.monitor.messages import (
    Chore,
    ClearChannel,
    FreeDependants,
    Judge,
    Look,
    Purge,
    PurgeSeries,
    RollUp,
    SettleDowntime,
    SumDay,
    chore_of,
    due,
    of_chore,
)
from tests.cases import each

KEYS = (("p", "c1"), ("p", "c2"))


@pytest.mark.parametrize(
    "look", [Look(7, KEYS), Look(7, KEYS, here=True), Look(7, KEYS, attempt=0), Look(7, (), True, 2)]
)
def test_a_look_comes_out_as_it_was_put_in(look: Look) -> None:
    assert Look.from_message(json.loads(json.dumps(look.to_message()))) == look


@pytest.mark.parametrize("judge", [Judge(7, KEYS), Judge(7, KEYS, fresh=True), Judge(7, KEYS, True, True)])
def test_a_judgement_comes_out_as_it_was_put_in(judge: Judge) -> None:
    assert Judge.from_message(json.loads(json.dumps(judge.to_message()))) == judge


def test_what_the_wheel_sends_is_a_look_and_a_judgement_like_any_other() -> None:
    sent = json.loads(json.dumps(due(7, KEYS)))
    assert (Look.from_message(sent), Judge.from_message(sent)) == (Look(7, KEYS), Judge(7, KEYS))


@each(
    "chore",
    [
        Purge("c"),
        ClearChannel("p", "h"),
        FreeDependants("p", "c"),
        SumDay("c", date(2026, 11, 21)),
        RollUp("p", ("a.b", "c;d=e"), 1_795_262_400),
        PurgeSeries("p", "a.b"),
        SettleDowntime("p", "d"),
    ],
)
def test_a_chore_comes_out_as_it_was_put_in_and_what_is_not_known_is_passed_over(chore: Chore) -> None:
    sent = json.loads(json.dumps(of_chore(chore)))
    assert chore_of({**sent, "later": 1}) == chore


def test_what_is_no_chore_of_these_is_somebody_elses() -> None:
    assert chore_of({"do": "ping"}) is None
