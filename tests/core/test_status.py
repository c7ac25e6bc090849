"""The state machine as a table: a check, an event, what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.core import status
from chalicelib.core.check import TICK, Check, Signal
from chalicelib.core.errors import Conflict
from chalicelib.core.status import DeadlinePassed, PageClosed, PageRenewed, Paused, Redefined, Resumed, decide, shown
from tests.cases import each

T0 = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
NEW = Check("p", "c", T0 - timedelta(days=1), timeout=3600, grace=600)
UP = replace(NEW, status="up", since=T0 - timedelta(days=1), last_ping=T0, due=T0 + timedelta(seconds=4200), version=3)
DOWN = replace(UP, status="down", due=None)
PAUSED = replace(UP, status="paused", due=None)
HELD = replace(PAUSED, manual_resume=True)
RUNNING = replace(UP, last_start=T0 + timedelta(seconds=10), due=T0 + timedelta(seconds=610))


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def flips_of(check: Check, event: status.Event) -> list[tuple[str, str, str, datetime]]:
    change = decide(check, event)
    return [(flip.old, flip.new, flip.reason, flip.at) for flip in change.flips] if change else []


def after(check: Check, event: status.Event) -> Check:
    change = decide(check, event)
    assert change is not None
    return change.after


DUE = at(4200)

FLIPS: dict[str, tuple[Check, status.Event, list[tuple[str, str, str, datetime]]]] = {
    "a new check's first success": (NEW, Signal("success", at(5)), [("new", "up", "", at(5))]),
    "a new check's first failure": (NEW, Signal("fail", at(5)), [("new", "down", "fail", at(5))]),
    "a new check that starts": (NEW, Signal("start", at(5)), []),
    "a success in time": (UP, Signal("success", at(5)), []),
    "a failure": (UP, Signal("fail", at(5)), [("up", "down", "fail", at(5))]),
    "a failure while down": (DOWN, Signal("fail", at(5)), []),
    "a success while down": (DOWN, Signal("success", at(5)), [("down", "up", "", at(5))]),
    "a success within the grace time": (UP, Signal("success", at(4199)), []),
    "the deadline, a moment early": (UP, DeadlinePassed(DUE - TICK), []),
    "the deadline on the dot": (UP, DeadlinePassed(DUE), [("up", "down", "timeout", DUE)]),
    "the deadline, noticed late": (UP, DeadlinePassed(at(9000)), [("up", "down", "timeout", DUE)]),
    "the deadline of a check that is down": (DOWN, DeadlinePassed(at(9000)), []),
    "a late success that beats the sweep": (
        UP,
        Signal("success", at(4300)),
        [("up", "down", "timeout", DUE), ("down", "up", "", at(4300))],
    ),
    "a late failure that beats the sweep": (UP, Signal("fail", at(4300)), [("up", "down", "timeout", DUE)]),
    "a late log line that beats the sweep": (UP, Signal("log", at(4300)), [("up", "down", "timeout", DUE)]),
    "a success on the deadline": (
        UP,
        Signal("success", DUE),
        [("up", "down", "timeout", DUE), ("down", "up", "", DUE + TICK)],
    ),
    "a run that never ends": (RUNNING, DeadlinePassed(at(610)), [("up", "down", "timeout", at(610))]),
    "pausing": (UP, Paused(at(5)), [("up", "paused", "", at(5))]),
    "pausing what is paused": (PAUSED, Paused(at(5)), []),
    "another address for the page": (UP, PageRenewed(at(5)), []),
    "another address for the page after a missed deadline": (
        UP,
        PageRenewed(at(4300)),
        [("up", "down", "timeout", DUE)],
    ),
    "pausing what is overdue": (
        UP,
        Paused(at(4300)),
        [("up", "down", "timeout", DUE), ("down", "paused", "", at(4300))],
    ),
    "resuming": (PAUSED, Resumed(at(5)), [("paused", "new", "", at(5))]),
    "a success while paused": (PAUSED, Signal("success", at(5)), [("paused", "up", "", at(5))]),
    "a failure while paused": (PAUSED, Signal("fail", at(5)), [("paused", "down", "fail", at(5))]),
    "a success while held": (HELD, Signal("success", at(5)), []),
    "a failure while held": (HELD, Signal("fail", at(5)), []),
    "a longer period": (UP, Redefined(at(5), {"timeout": 7200}), []),
    "a period so short that it is over": (
        UP,
        Redefined(at(900), {"timeout": 60}),
        [("up", "down", "timeout", at(660))],
    ),
    "a longer period for a check that is down": (DOWN, Redefined(at(5), {"timeout": 86400}), []),
}


@each(("check", "event", "expected"), FLIPS.values())
def test_an_event_makes_exactly_these_flips(
    check: Check, event: status.Event, expected: list[tuple[str, str, str, datetime]]
) -> None:
    assert flips_of(check, event) == expected


DEADLINES = {
    "after a first success": (NEW, Signal("success", at(5)), at(5 + 4200)),
    "after a success": (UP, Signal("success", at(50)), at(50 + 4200)),
    "after a failure": (UP, Signal("fail", at(50)), None),
    "after a start": (UP, Signal("start", at(50)), at(50 + 600)),
    "after a start near the end of the period": (UP, Signal("start", at(3900)), DUE),
    "after a start of a new check": (NEW, Signal("start", at(50)), at(50 + 600)),
    "after a start of a paused check": (PAUSED, Signal("start", at(50)), at(50 + 600)),
    "after a start while down": (DOWN, Signal("start", at(50)), None),
    "after a log line": (UP, Signal("log", at(50)), DUE),
    "after the end of a run": (RUNNING, Signal("success", at(50)), at(50 + 4200)),
    "after pausing": (UP, Paused(at(50)), None),
    "after pausing a run": (RUNNING, Paused(at(50)), None),
    "after resuming": (PAUSED, Resumed(at(50)), None),
    "after a new grace time": (UP, Redefined(at(50), {"grace": 60}), at(3660)),
    "after a success while held": (HELD, Signal("success", at(5)), None),
}


@each(("check", "event", "due"), DEADLINES.values())
def test_an_event_leaves_this_deadline(check: Check, event: status.Event, due: datetime | None) -> None:
    assert after(check, event).due == due


SHOWN = {
    "new": (NEW, at(0), "new", "new"),
    "up": (UP, at(0), "up", "up"),
    "up until the period ends": (UP, at(3600) - TICK, "up", "up"),
    "late from then on": (UP, at(3600), "grace", "grace"),
    "late until the grace time ends": (UP, at(4200) - TICK, "grace", "grace"),
    "down although nobody has noticed": (UP, at(4200), "down", "down"),
    "down": (DOWN, at(0), "down", "down"),
    "paused": (PAUSED, at(0), "paused", "paused"),
    "a run": (RUNNING, at(20), "started", "up"),
    "a run within its grace time": (RUNNING, at(610) - TICK, "started", "up"),
    "a run beyond its grace time": (RUNNING, at(610), "down", "down"),
    "a run of a new check": (replace(NEW, last_start=at(0)), at(20), "started", "new"),
    "a run of a paused check": (replace(PAUSED, last_start=at(0)), at(20), "started", "paused"),
    "a run of a check that is down": (replace(DOWN, last_start=at(0)), at(20), "started", "down"),
}


@each(("check", "now", "v1", "later"), SHOWN.values())
def test_a_check_shows_this_status(check: Check, now: datetime, v1: str, later: str) -> None:
    assert shown(check, now, with_started=True) == v1
    assert shown(check, now, with_started=False) == later


RUNS = {
    "the same run": ("a", "a", 40.0, False),
    "runs without an id": (None, None, 40.0, False),
    "an end without an id": ("a", None, None, False),
    "the end of another run": ("a", "b", None, True),
    "an end with an id of a run without": (None, "b", None, True),
}


@each(("start", "end", "duration", "goes_on"), RUNS.values())
def test_a_success_ends_the_run_that_it_belongs_to(
    start: str | None, end: str | None, duration: float | None, goes_on: bool
) -> None:
    running = after(UP, Signal("start", at(10), rid=start))
    ended = after(running, Signal("success", at(50), rid=end))

    assert ended.last_duration == (timedelta(seconds=duration) if duration else None)
    assert (ended.last_start is not None) == goes_on


def test_a_failure_ends_a_run_whatever_its_id() -> None:
    running = after(UP, Signal("start", at(10), rid="a"))

    assert after(running, Signal("fail", at(50), rid="b")).last_start is None


def test_every_signal_counts_even_one_that_is_ignored() -> None:
    for kind in ("success", "start", "fail", "log", "ign"):
        assert after(HELD, Signal(kind, at(5))).n_pings == HELD.n_pings + 1


def test_an_ignored_signal_leaves_the_status_and_the_last_ping_alone() -> None:
    held = after(HELD, Signal("success", at(5)))

    assert (held.status, held.last_ping) == ("paused", HELD.last_ping)


def test_a_start_does_not_count_as_a_sign_of_life() -> None:
    assert after(UP, Signal("start", at(5))).last_ping == UP.last_ping


def test_signals_handled_out_of_order_do_not_turn_back_the_time() -> None:
    later = after(UP, Signal("success", at(60)))

    assert after(later, Signal("success", at(50))).last_ping == at(60)


def test_a_ping_that_arrives_after_the_flip_it_disproves_ends_it_at_its_own_moment() -> None:
    down = after(UP, DeadlinePassed(at(4200)))

    assert flips_of(down, Signal("success", at(4100))) == [("down", "up", "late", DUE + TICK)]


def test_an_address_of_a_page_that_is_made_new_changes_nothing_else() -> None:
    assert after(UP, PageRenewed(at(5))) == replace(UP, page=1, version=4)


def test_a_page_is_switched_off_once_and_on_by_another_address() -> None:
    closed = after(replace(UP, page=3), PageClosed(at(5)))

    assert (closed.page, closed.page_off) == (3, True)
    assert decide(closed, PageClosed(at(6))) is None
    assert after(closed, PageRenewed(at(7))) == replace(UP, page=4, version=5)


def test_resuming_forgets_the_last_ping() -> None:
    resumed = after(PAUSED, Resumed(at(5)))

    assert (resumed.status, resumed.last_ping, resumed.last_start) == ("new", None, None)


def test_resuming_what_is_not_paused_is_a_conflict() -> None:
    with pytest.raises(Conflict, match="not paused"):
        decide(UP, Resumed(at(5)))


def test_nothing_changes_when_nothing_is_due() -> None:
    assert decide(UP, DeadlinePassed(at(10))) is None


def test_a_deadline_that_was_kept_too_early_is_put_right() -> None:
    early = replace(UP, due=at(100))

    assert after(early, DeadlinePassed(at(100))).due == DUE


def test_every_change_counts_up_the_version_and_a_new_definition_the_spec() -> None:
    pinged, redefined = after(UP, Signal("success", at(5))), after(UP, Redefined(at(5), {"grace": 60}))

    assert (pinged.version, pinged.edition) == (UP.version + 1, UP.edition)
    assert (redefined.version, redefined.edition) == (UP.version + 1, UP.edition + 1)


def test_a_definition_that_is_the_same_changes_nothing() -> None:
    assert decide(UP, Redefined(at(5), {"timeout": 3600})) is None


def test_each_flip_knows_the_one_before() -> None:
    change = decide(UP, Signal("success", at(4300)))

    assert change is not None
    assert [flip.before for flip in change.flips] == [UP.since, DUE]


def test_going_down_and_whatever_may_end_what_was_told_of_it_is_news() -> None:
    told = [
        (flip.old, flip.new)
        for check, event, _ in FLIPS.values()
        if (change := decide(check, event))
        for flip in change.flips
        if flip.is_news
    ]

    assert set(told) == {
        ("new", "down"),
        ("up", "down"),
        ("paused", "down"),
        ("down", "up"),
        ("paused", "up"),
        ("down", "paused"),
    }


def test_a_cron_check_is_due_at_its_next_firing_in_its_zone() -> None:
    cron = replace(NEW, schedule_kind="cron", schedule="15 5 * * *", tz="Europe/Riga")

    assert after(cron, Signal("success", at(0))).due == datetime(2026, 11, 22, 3, 25, tzinfo=UTC)


def test_a_cron_check_keeps_its_local_time_when_the_clocks_change() -> None:
    cron = replace(NEW, schedule_kind="cron", schedule="15 5 * * *", tz="Europe/Riga")
    before_summer = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)

    assert after(cron, Signal("success", before_summer)).due == datetime(2026, 3, 29, 2, 25, tzinfo=UTC)


def test_a_schedule_without_a_further_firing_stays_up_for_ever() -> None:
    done = replace(NEW, schedule_kind="oncalendar", schedule="2026-01-01 00:00")
    up = after(done, Signal("success", at(0)))

    assert up.due is None
    assert shown(up, at(10**8), with_started=True) == "up"
