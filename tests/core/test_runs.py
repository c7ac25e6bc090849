from datetime import UTC, datetime, timedelta

from chalicelib.core.check import Ping, PingKind
from chalicelib.core.runs import durations

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def ping(n: int, kind: PingKind, seconds: float, rid: str | None = None) -> Ping:
    return Ping(n, kind, NOON + timedelta(seconds=seconds), rid)


def took(*oldest_first: Ping) -> dict[int, float]:
    return {n: length.total_seconds() for n, length in durations(oldest_first[::-1]).items()}


def test_a_run_takes_from_its_start_to_its_success() -> None:
    assert took(ping(1, "start", 0), ping(2, "success", 2.5)) == {2: 2.5}


def test_a_failure_ends_a_run_too() -> None:
    assert took(ping(1, "start", 0), ping(2, "fail", 3)) == {2: 3}


def test_a_success_without_a_start_has_no_duration() -> None:
    assert took(ping(1, "success", 0), ping(2, "success", 60)) == {}


def test_a_start_counts_for_one_end_only() -> None:
    assert took(ping(1, "start", 0), ping(2, "success", 5), ping(3, "success", 9)) == {2: 5}


def test_the_latest_start_counts() -> None:
    assert took(ping(1, "start", 0), ping(2, "start", 10), ping(3, "success", 12)) == {3: 2}


def test_runs_with_ids_do_not_mix() -> None:
    pings = (ping(1, "start", 0, "a"), ping(2, "start", 1, "b"), ping(3, "success", 4, "a"), ping(4, "success", 9, "b"))
    assert took(*pings) == {3: 4, 4: 8}


def test_what_neither_starts_nor_ends_a_run_does_not_disturb_it() -> None:
    assert took(ping(1, "start", 0), ping(2, "log", 1), ping(3, "ign", 2), ping(4, "success", 3)) == {4: 3}


def test_a_run_of_72_hours_has_a_duration_and_a_longer_one_has_none() -> None:
    longest = 72 * 3600
    assert took(ping(1, "start", 0), ping(2, "success", longest)) == {2: longest}
    assert took(ping(1, "start", 0), ping(2, "success", longest + 1)) == {}
