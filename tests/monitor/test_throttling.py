"""Wrong keys are slowed by source, at few calls; good keys and pings never are because of others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.core.errors import TooOften, UnknownKey
from chalicelib.core.sources import LIMIT
from chalicelib.monitor import throttling
from chalicelib.monitor.managing import projects
from chalicelib.monitor.managing.projects import hash_of
from chalicelib.monitor.memory import Memory
from chalicelib.monitor.services import Services
from chalicelib.store.faults import StoreFault
from tests import intercepted
from tests.conftest import Clock
from tests.flows.conftest import trouble, unavailable

HERE, ELSEWHERE = "192.0.2.7", "198.51.100.1"
OLD = "an old key"


def try_key(services: Services, *texts: str, source: str = HERE) -> str:
    """What comes of a request with these keys: "opened", "unknown" or "slowed"."""
    try:
        return "opened" if throttling.opened(services, source, texts) else "unknown"
    except TooOften:
        return "slowed"


def try_ping(services: Services, key: str, *, known: bool = False, source: str = HERE) -> str:
    try:
        with throttling.pinging(services, source, hash_of(key)):
            if not known:
                raise UnknownKey("ping key")
        return "taken"
    except TooOften:
        return "slowed"
    except UnknownKey:
        return "unknown"


def another_process(services: Services) -> Services:
    return replace(services, memory=Memory())


def slow(services: Services, source: str = HERE) -> None:
    while try_key(services, OLD, source=source) != "slowed":
        continue


def guess(services: Services, number: int) -> str:
    return try_key(services, f"guess {number}")


def test_after_so_many_wrong_keys_a_source_is_slowed(services: Services) -> None:
    assert [guess(services, number) for number in range(LIMIT + 1)] == ["unknown"] * LIMIT + ["slowed"]


def test_the_same_wrong_key_counts_each_time(services: Services) -> None:
    assert [try_key(services, OLD) for _ in range(LIMIT + 1)] == ["unknown"] * LIMIT + ["slowed"]


def test_a_request_with_two_wrong_keys_counts_once(services: Services) -> None:
    assert [try_key(services, "user", OLD) for _ in range(LIMIT + 1)] == ["unknown"] * LIMIT + ["slowed"]


def test_other_sources_are_not_slowed(services: Services) -> None:
    slow(services)
    assert try_key(services, OLD, source=ELSEWHERE) == "unknown"


def test_addresses_of_one_network_are_slowed_together(services: Services) -> None:
    slow(services, "2001:db8::1")
    assert try_key(services, OLD, source="2001:db8::2") == "slowed"


def test_all_processes_count_together(services: Services) -> None:
    found = [try_key(another_process(services), OLD) for _ in range(LIMIT + 1)]
    assert found == ["unknown"] * LIMIT + ["slowed"]


def test_who_is_slowed_is_told_for_how_long(services: Services, clock: Clock) -> None:
    clock.move(seconds=18)
    slow(services)
    clock.move(seconds=2)
    with pytest.raises(TooOften, match="try again in 40 s") as told:
        throttling.opened(services, HERE, [OLD])
    assert told.value.after == 40


def test_the_next_minute_begins_anew(services: Services, clock: Clock) -> None:
    slow(services)
    clock.move(seconds=60)
    assert try_key(services, OLD) == "unknown"


# Good keys


@pytest.mark.parametrize("process", [lambda same: same, another_process], ids=["same", "another"])
def test_one_broken_script_does_not_shut_out_its_neighbours(
    services: Services, keyring: projects.Keyring, process: Callable[[Services], Services]
) -> None:
    for _ in range(3 * LIMIT):
        try_key(services, OLD)
    assert [try_key(process(services), key) for key in keyring.keys.values()] == ["opened"] * 3


def test_a_user_name_beside_a_good_key_is_no_attempt(services: Services, keyring: projects.Keyring) -> None:
    found = [try_key(services, f"user {number}", keyring.keys["write"]) for number in range(3 * LIMIT)]
    assert set(found) == {"opened"}
    assert try_key(services, OLD) == "unknown"


def test_a_key_that_has_opened_something_passes_while_somebody_guesses(
    services: Services, keyring: projects.Keyring
) -> None:
    assert try_key(services, keyring.keys["read"]) == "opened"
    for number in range(3 * LIMIT):
        guess(services, number)
    assert try_key(services, "user", keyring.keys["read"]) == "opened"


def test_a_guess_is_no_longer_judged(services: Services, keyring: projects.Keyring, clock: Clock) -> None:
    for number in range(3 * LIMIT):
        guess(services, number)
    assert try_key(services, keyring.keys["write"]) == "slowed"
    clock.move(seconds=60)
    assert try_key(services, keyring.keys["write"]) == "opened"


def test_a_key_that_was_replaced_is_a_wrong_one(services: Services, keyring: projects.Keyring) -> None:
    assert try_key(services, keyring.keys["write"]) == "opened"
    projects.rotate(services, keyring.project.code)
    assert try_key(services, keyring.keys["write"]) == "unknown"
    slow(services)
    assert try_key(services, keyring.keys["write"]) == "slowed"


def test_a_good_key_costs_its_look_up_alone(services: Services, keyring: projects.Keyring) -> None:
    for _ in range(2):
        with intercepted.operations() as calls:
            try_key(services, keyring.keys["write"])
        assert calls == ["GetItem"]
        slow(services)


# What it costs


def test_a_wrong_key_costs_one_look_up_and_one_write(services: Services) -> None:
    with intercepted.operations() as calls:
        try_key(services, OLD)
    assert calls == ["GetItem", "UpdateItem"]


def test_a_source_that_is_slowed_costs_almost_nothing(services: Services) -> None:
    slow(services)
    with intercepted.operations() as calls:
        for _ in range(1_000):
            try_key(services, OLD)
    assert calls == ["GetItem"]


def test_who_guesses_on_costs_no_more_than_the_limit(services: Services) -> None:
    slow(services)
    with intercepted.operations() as calls:
        for number in range(1_000):
            guess(services, number)
    assert calls == ["GetItem"] * LIMIT


def test_a_process_learns_with_one_write_that_a_source_is_slowed(services: Services) -> None:
    slow(services)
    fresh = another_process(services)
    with intercepted.operations() as calls:
        assert [try_key(fresh, OLD) for _ in range(100)] == ["slowed"] * 100
    assert calls == ["GetItem", "UpdateItem", "GetItem"]


# Faults


@pytest.mark.parametrize("after", [False, True])
def test_what_cannot_be_counted_is_answered_all_the_same(services: Services, *, after: bool) -> None:
    with trouble(2, unavailable, after=after):
        assert try_key(services, OLD) == "unknown"


def test_a_process_that_cannot_count_for_all_counts_for_itself(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> bool:
        raise StoreFault("no")

    monkeypatch.setattr("chalicelib.store.attempts.count", broken)
    assert [try_key(services, OLD) for _ in range(LIMIT + 1)] == ["unknown"] * LIMIT + ["slowed"]


def test_a_key_that_could_not_be_looked_up_is_not_taken_for_a_wrong_one(
    services: Services, keyring: projects.Keyring
) -> None:
    for _ in range(2 * LIMIT):
        with trouble(1, unavailable, after=False), pytest.raises(StoreFault):
            throttling.opened(services, HERE, [keyring.keys["write"]])
    assert try_key(services, keyring.keys["write"]) == "opened"
    assert try_key(services, OLD) == "unknown"


# Pings


def test_wrong_ping_keys_count_with_the_others(services: Services) -> None:
    found = [try_ping(services, OLD) if number % 2 else try_key(services, OLD) for number in range(LIMIT + 1)]
    assert found == ["unknown"] * LIMIT + ["slowed"]


def test_a_wrong_ping_key_that_is_known_is_not_looked_up_again(services: Services) -> None:
    slow(services)
    looked_up = []
    for _ in range(3):
        with pytest.raises(TooOften), throttling.pinging(services, HERE, hash_of("old ping key")):
            looked_up.append(1)
            raise UnknownKey("ping key")
    assert looked_up == [1]


def test_no_ping_is_refused_because_somebody_else_guesses(services: Services) -> None:
    for number in range(3 * LIMIT):
        guess(services, number)
        try_ping(services, f"ping {number}")
    assert try_ping(services, "good", known=True) == "taken"


def test_a_ping_by_code_is_none_of_this(services: Services) -> None:
    slow(services)
    with intercepted.operations() as calls, throttling.pinging(services, HERE, ""):
        pass
    assert calls == []
