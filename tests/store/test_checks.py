"""Checks in the table: what is kept comes back, and what must not be overwritten is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.core import status
from chalicelib.core.check import Check, Filters, Signal
from chalicelib.core.errors import LimitReached, Missing
from chalicelib.monitor.managing.projects import Keyring
from chalicelib.monitor.services import Services
from chalicelib.store import check_items, checks, directory, history, refreshes
from chalicelib.store.faults import Refused
from tests.conftest import NOW


@pytest.fixture
def check(services: Services, keyring: Keyring) -> Check:
    made = Check(keyring.project.code, "31365bce-8da9-4729-8ff3-aaa71d56b712", NOW, name="Backups", badge="b1")
    checks.create(made, 10)
    return made


FULL = {
    "slug": "backups",
    "tags": "prod www",
    "desc": "Žurnāls 備份",
    "schedule_kind": "cron",
    "schedule": "15 5 * * *",
    "tz": "Europe/Riga",
    "manual_resume": True,
    "methods": "POST",
    "filters": Filters(success_kw="DONE", http_body=True),
    "channels": ("a", "b"),
    "extra": {"healthchecks": {"n": 1}},
}


def test_every_field_comes_back_as_it_was(check: Check) -> None:
    changed = status.decide(check, status.Redefined(NOW, FULL))
    assert changed is not None
    checks.write(changed)

    assert checks.get(check.project, check.code) == changed.after


def test_fields_that_return_to_their_defaults_are_kept_no_more(check: Check) -> None:
    there = status.decide(check, status.Redefined(NOW, FULL))
    assert there is not None
    checks.write(there)
    back = status.decide(there.after, status.Redefined(NOW, {name: getattr(check, name) for name in FULL}))
    assert back is not None
    checks.write(back)

    assert checks.get(check.project, check.code) == replace(check, edition=2, version=2)


def test_a_decision_on_an_older_version_is_refused(check: Check) -> None:
    change = status.decide(check, Signal("success", NOW))
    assert change is not None
    checks.write(change)

    with pytest.raises(Refused):
        checks.write(change)


def test_a_decision_that_flips_is_kept_whole_or_not_at_all(check: Check) -> None:
    change = status.decide(check, Signal("fail", NOW))
    assert change is not None
    checks.write(replace(change, flips=()))

    with pytest.raises(Refused):
        checks.write(change)
    assert history.flips(check.project, check.code, NOW - timedelta(1), NOW + timedelta(1), NOW) == []


def test_a_refresh_answers_the_check_as_it_is_now(check: Check) -> None:
    up = status.decide(check, Signal("success", NOW))
    assert up is not None
    checks.write(up)
    again = status.decide(up.after, Signal("success", NOW + timedelta(seconds=9)))
    assert again is not None

    assert refreshes.keep(again) == again.after == checks.get(check.project, check.code)


def test_a_refused_refresh_tells_what_stands_in_the_way(check: Check) -> None:
    up = status.decide(check, Signal("success", NOW))
    assert up is not None
    again = status.decide(up.after, Signal("success", NOW + timedelta(seconds=9)))
    assert again is not None

    with pytest.raises(Refused) as refused:
        refreshes.keep(again)
    assert refused.value.item is not None
    assert check_items.from_raw(refused.value.item) == check


def test_a_refresh_of_a_deleted_check_makes_no_ghost(check: Check) -> None:
    up = status.decide(replace(check, status="up"), Signal("success", NOW))
    assert up is not None
    checks.delete(check, NOW)

    with pytest.raises(Refused):
        refreshes.keep(up)
    with pytest.raises(Missing):
        checks.get(check.project, check.code)


def test_only_live_deadlines_stand_in_the_index(check: Check) -> None:
    up = status.decide(check, Signal("success", NOW))
    assert up is not None
    checks.write(up)
    due = up.after.due
    assert due is not None
    assert nominated(due) == [(check.project, check.code, due)]
    assert nominated(due - timedelta(seconds=1)) == []

    paused = status.decide(up.after, status.Paused(NOW))
    assert paused is not None
    checks.write(paused)
    assert nominated(due) == []


def nominated(until: datetime) -> list[tuple[str, str, datetime]]:
    pages = (page for shard in check_items.due_shards() for page in checks.due(shard, until))
    return [(one.project, one.code, one.at) for page in pages for one in page]


def test_a_check_is_found_by_every_name_it_has_and_by_none_when_it_is_gone(check: Check) -> None:
    changed = status.decide(check, status.Redefined(NOW, {"slug": "backups"}))
    assert changed is not None
    checks.write(changed)
    ways = (
        lambda: directory.project_of(check.code),
        lambda: directory.by_unique_key(check.unique_key),
        lambda: directory.by_badge("b1"),
        lambda: directory.by_slug(check.project, "backups"),
    )
    assert all(way() for way in ways)

    checks.delete(changed.after, NOW)
    assert not any(way() for way in ways)


def test_a_slug_moves_with_its_check(check: Check) -> None:
    for slug in ("first", "second"):
        seen = checks.get(check.project, check.code)
        changed = status.decide(seen, status.Redefined(NOW, {"slug": slug}))
        assert changed is not None
        checks.write(changed)

    assert directory.by_slug(check.project, "first") == []
    assert directory.by_slug(check.project, "second") == [check.code]


def test_no_check_is_kept_beyond_the_limit(check: Check) -> None:
    with pytest.raises(LimitReached):
        checks.create(replace(check, code="803f680d-e89b-492b-82ef-2be7b774a92d"), 1)

    assert [found.code for found in checks.of_project(check.project)] == [check.code]


def test_a_deleted_check_makes_room(check: Check) -> None:
    checks.delete(check, NOW)
    checks.create(replace(check, code="803f680d-e89b-492b-82ef-2be7b774a92d"), 1)

    assert directory.project(check.project).checks == 1


def test_a_usual_check_is_below_one_kilobyte(check: Check) -> None:
    """One write unit holds 1,024 bytes; a check that outgrows them doubles the price of every ping."""
    values = {
        "name": "Nightly database backup",
        "tags": "prod db",
        "channels": ("1bdea468-03bf-47b8-ab27-29a9dd0e4b94",),
    }
    changed = status.decide(check, status.Redefined(NOW, {**values, "desc": "Runs ~/db-backup.sh", "slug": "nightly"}))
    assert changed is not None
    pinged = status.decide(changed.after, Signal("success", NOW))
    assert pinged is not None
    item = check_items.item_of(pinged.after).serialize()

    size = sum(len(name) + len(str(*value.values())) for name, value in item.items())
    assert size < 900
