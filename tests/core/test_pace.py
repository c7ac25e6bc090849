"""How often a series sends: the step that its last ten gaps fit, and whether its buckets hold several points."""

from __future__ import annotations

from chalicelib.core import pace
from chalicelib.core.pace import Pace
from tests.cases import each

NOW = 1_795_262_400


def every(*gaps: int) -> list[int]:
    found = [NOW]
    for gap in gaps:
        found.append(found[-1] + gap)
    return found


@each(
    ("gaps", "step"),
    [
        ([60], 60),
        ([30] * 10, 30),
        ([45] * 10, 60),
        ([60] * 10, 60),
        ([58, 62, 61, 59, 66, 54, 60, 71, 60, 49], 60),
        ([300] * 10, 300),
        ([3_600] * 10, 3_600),
        ([86_400] * 10, 3_600),
        ([3] * 10, 30),
    ],
)
def test_the_step_is_the_smallest_that_the_gaps_fit(gaps: list[int], step: int) -> None:
    assert pace.measured(every(*gaps), NOW).step == step


def test_lost_points_and_a_pause_make_no_other_step() -> None:
    assert pace.measured(every(60, 60, 120, 60, 60, 60, 60, 86_400, 60, 60), NOW).step == 60
    assert pace.measured(every(60, 60, 300, 60, 300, 60, 60, 300, 60, 60), NOW).step == 300


def test_only_the_last_ten_gaps_count() -> None:
    assert pace.measured(every(*[300] * 20, *[60] * 10), NOW).step == 60
    assert pace.measured(every(*[60] * 20, *[300] * 7), NOW).step == 300


def test_two_points_in_one_bucket_are_dense() -> None:
    assert pace.measured(every(10), NOW) == Pace(NOW, 30, True)
    assert pace.measured(every(0), NOW) == Pace(NOW, 30, True)
    assert not pace.measured(every(30), NOW).dense
    assert not pace.measured(every(10, *[30] * 11), NOW).dense


def test_one_point_tells_nothing() -> None:
    assert pace.measured([NOW], NOW)[1:] == pace.UNKNOWN[1:]


def test_a_pace_holds_from_when_it_was_found_out() -> None:
    paces = (Pace(100, 60, False), Pace(200, 300, True))
    assert [pace.at(paces, moment).step for moment in (99, 100, 199, 200)] == [30, 60, 60, 300]
    assert pace.at((), 100) == pace.UNKNOWN


def test_what_says_nothing_new_is_not_added() -> None:
    paces = pace.added((), Pace(100, 30, False))
    assert paces == ()
    paces = pace.added(paces, Pace(100, 60, False))
    assert pace.added(paces, Pace(200, 60, False)) is paces
    for number in range(2 * pace.KEPT):
        paces = pace.added(paces, Pace(300 + number, 60 * (number % 2) + 300, False))
    assert len(paces) == pace.KEPT
    assert pace.at(paces, 0) == paces[0]


def test_paces_are_kept_as_text() -> None:
    paces = (Pace(100, 60, False), Pace(200, 30, True))
    assert pace.read(pace.written(paces)) == paces
    assert pace.read("") == ()
