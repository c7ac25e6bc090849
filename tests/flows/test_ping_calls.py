"""What a ping asks of AWS, and what a process may not rely on because it remembers it."""

from __future__ import annotations

import pytest

from chalicelib.core.check import PingKind, Signal
from chalicelib.core.errors import Conflict, Missing
from chalicelib.monitor.intake import pings
from chalicelib.monitor.managing import checks as manage
from chalicelib.monitor.managing import projects
from chalicelib.monitor.managing.projects import Keyring, hash_of
from chalicelib.monitor.memory import Memory
from tests.conftest import Clock
from tests.flows.conftest import Heartbeat, trouble, unavailable


def calls_of(heartbeat: Heartbeat, kind: PingKind = "success", address: pings.Address | None = None) -> list[str]:
    """The calls that a ping makes a little later."""
    clock = heartbeat.services.clock
    assert isinstance(clock, Clock)
    clock.move(seconds=1)
    with trouble(0, unavailable, after=False) as calls:
        pings.receive(heartbeat.services, address or pings.Address(code=heartbeat.code), Signal(kind, clock.now))
    return [call for call in calls if call != "GetQueueUrl"]


def by_slug(heartbeat: Heartbeat, keyring: Keyring) -> pings.Address:
    manage.change(heartbeat.services, heartbeat.now, {"slug": "backups"})
    return pings.Address(key_hash=hash_of(keyring.keys["ping"]), slug="backups")


def test_the_fast_path_is_one_update_and_one_record(heartbeat: Heartbeat) -> None:
    heartbeat.ping()

    assert calls_of(heartbeat) == ["UpdateItem", "PutItem"]


def test_the_slow_path_of_a_process_that_knows_the_check_reads_it_once(heartbeat: Heartbeat) -> None:
    heartbeat.ping()

    assert calls_of(heartbeat, "start") == ["GetItem", "UpdateItem", "PutItem"]
    assert calls_of(heartbeat, "fail") == ["GetItem", "TransactWriteItems", "SendMessageBatch"]


def test_a_process_that_does_not_know_the_check_asks_whose_it_is_and_reads_it_once(heartbeat: Heartbeat) -> None:
    heartbeat.ping()
    heartbeat.services.memory = Memory()

    assert calls_of(heartbeat, "start") == ["GetItem", "GetItem", "UpdateItem", "PutItem"]


def test_a_ping_by_slug_asks_for_key_and_slug_with_one_call(heartbeat: Heartbeat, keyring: Keyring) -> None:
    address = by_slug(heartbeat, keyring)
    calls_of(heartbeat, address=address)

    assert calls_of(heartbeat, address=address) == ["BatchGetItem", "UpdateItem", "PutItem"]


def test_a_slug_that_names_a_second_check_is_refused_at_once(heartbeat: Heartbeat, keyring: Keyring) -> None:
    address = by_slug(heartbeat, keyring)
    for _ in range(2):
        calls_of(heartbeat, address=address)
    manage.create(heartbeat.services, keyring.project, {"name": "Another", "slug": "backups"})

    with pytest.raises(Conflict):
        calls_of(heartbeat, address=address)


def test_a_slug_leads_to_its_next_check_at_once(heartbeat: Heartbeat, keyring: Keyring) -> None:
    address = by_slug(heartbeat, keyring)
    for _ in range(2):
        calls_of(heartbeat, address=address)
    manage.change(heartbeat.services, heartbeat.now, {"slug": "elsewhere"})

    with pytest.raises(Missing):
        calls_of(heartbeat, address=address)
    other = manage.create(heartbeat.services, keyring.project, {"name": "Another", "slug": "backups"})
    calls_of(heartbeat, address=address)

    assert manage.find(heartbeat.project, other.code).n_pings == 1


def test_a_ping_key_that_was_replaced_ends_at_once(heartbeat: Heartbeat, keyring: Keyring) -> None:
    address = by_slug(heartbeat, keyring)
    for _ in range(2):
        calls_of(heartbeat, address=address)
    projects.rotate(heartbeat.services, heartbeat.project, ("ping",))

    with pytest.raises(Missing):
        calls_of(heartbeat, address=address)
