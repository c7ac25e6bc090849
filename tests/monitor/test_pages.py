"""Pages of checks: which address leads where, when it is made new, switched off, and when its check goes."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from chalicelib.core import pages
from chalicelib.core.check import Check, Signal
from chalicelib.core.errors import Missing
from chalicelib.monitor.intake import pings
from chalicelib.monitor.managing import checks, projects
from chalicelib.monitor.managing.projects import Keyring
from chalicelib.monitor.services import Services
from chalicelib.monitor.views.pages import check_behind
from chalicelib.store import checks as stored
from chalicelib.store import directory
from chalicelib.store.models import CheckItem
from tests.conftest import Story
from tests.flows.conftest import Killed, interrupted, strikes, trouble

# Making the address new takes so many calls; a test holds the number.
CALLS = 2


@pytest.fixture
def backup(services: Services, keyring: Keyring) -> Check:
    return checks.create(services, keyring.project, {"name": "Backup", "timeout": 60, "grace": 60})


def address_of(check: Check) -> str:
    return pages.address(directory.project(check.project), stored.get(check.project, check.code))


def is_open(address: str) -> bool:
    try:
        check_behind(address)
    except Missing:
        return False
    return True


def test_every_check_has_a_page_from_the_beginning(backup: Check) -> None:
    assert check_behind(address_of(backup)).code == backup.code


def test_a_check_keeps_nothing_of_its_page_until_somebody_changes_it(services: Services, backup: Check) -> None:
    assert {"page", "page_off"}.isdisjoint(raw(backup))
    checks.close_page(services, checks.renew_page(services, backup))
    assert {"page", "page_off"} <= raw(backup).keys()


def raw(check: Check) -> dict[str, object]:
    found = CheckItem._get_connection().get_item(check.project, check.code, consistent_read=True)
    return dict(found["Item"])


def test_an_address_that_is_made_new_leaves_the_old_one_dead_at_once(services: Services, backup: Check) -> None:
    old = address_of(backup)
    new = pages.address(directory.project(backup.project), checks.renew_page(services, backup))
    assert (is_open(old), is_open(new)) == (False, True)


def test_a_page_that_is_switched_off_is_at_no_address(services: Services, backup: Check) -> None:
    old = address_of(backup)
    checks.close_page(services, backup)
    assert not is_open(old)
    assert address_of(backup) == ""


def test_an_address_that_was_switched_off_never_comes_back(services: Services, backup: Check) -> None:
    dead = []
    for _ in range(3):
        dead.append(address_of(backup))
        checks.close_page(services, backup)
        checks.close_page(services, backup)
        checks.renew_page(services, backup)
        assert is_open(address_of(backup))
    assert not any(is_open(address) for address in dead)
    assert len({*dead, address_of(backup)}) == 4


def test_the_page_goes_with_its_check(services: Services, backup: Check) -> None:
    address = address_of(backup)
    checks.delete(services, backup)
    assert not is_open(address)
    for change in (checks.renew_page, checks.close_page):
        with pytest.raises(Missing):
            change(services, backup)


def test_the_pages_of_a_project_go_with_its_closing(story: Story, backup: Check) -> None:
    address = address_of(backup)
    with trouble(4, Killed, after=True), pytest.raises(Killed):
        projects.delete(story.services, story.project)
    assert directory.closing(story.project).closed
    assert stored.get(backup.project, backup.code) == backup
    assert not is_open(address)
    projects.delete(story.services, story.project)
    for _ in range(4):
        story.queues.until(story.clock.now + timedelta(minutes=1))
    assert not is_open(address)


def test_the_address_of_a_check_of_another_project_leads_nowhere(services: Services, backup: Check) -> None:
    other = projects.create(services, "Elsewhere").project
    project, _, token = address_of(backup).partition("-")
    assert is_open(f"{project}-{token}")
    assert not is_open(f"{other.code}-{token}")
    assert not is_open(f"nobody-{token}")


def test_neither_badge_nor_code_nor_unique_key_is_an_address(backup: Check, keyring: Keyring) -> None:
    project = keyring.project
    for known in (backup.badge, backup.code, backup.unique_key, project.badge, project.code):
        assert not is_open(known)
        assert not is_open(f"{project.code}-{known}")


def test_making_an_address_new_is_one_read_and_one_write(services: Services, backup: Check) -> None:
    with trouble(0, Killed, after=False) as calls:
        checks.renew_page(services, backup)
    assert calls == ["GetItem", "UpdateItem"]
    assert len(calls) == CALLS


@pytest.mark.parametrize(("at_call", "after"), strikes(CALLS))
def test_who_dies_while_making_an_address_new_leaves_one_that_opens(
    services: Services, backup: Check, at_call: int, after: bool
) -> None:
    old = address_of(backup)
    with trouble(at_call, Killed, after=after), pytest.raises(Killed):
        checks.renew_page(services, backup)
    assert is_open(address_of(backup))
    assert is_open(old) == (address_of(backup) == old)
    checks.renew_page(services, backup)
    assert not is_open(old)


# Between which calls of a change something else happens.
MOMENTS = range(1, CALLS + 1)


@pytest.mark.parametrize("at_call", MOMENTS)
def test_a_check_that_is_deleted_while_its_address_is_made_new_is_gone(
    services: Services, backup: Check, at_call: int
) -> None:
    address = address_of(backup)
    with interrupted(at_call, lambda: checks.delete(services, backup)), pytest.raises(Missing):
        checks.renew_page(services, backup)
    assert not is_open(address)
    with pytest.raises(Missing):
        stored.get(backup.project, backup.code)


def test_a_check_whose_address_is_made_new_while_it_is_deleted_is_gone(services: Services, backup: Check) -> None:
    with trouble(0, Killed, after=False) as calls:
        checks.delete(services, other_than(services, backup))
    for at_call in range(1, len(calls) + 1):
        doomed = other_than(services, backup)
        with interrupted(at_call, partial(checks.renew_page, services, doomed)):
            checks.delete(services, doomed)
        addresses = [pages.address(directory.project(doomed.project), replace(doomed, page=page)) for page in (0, 1)]
        assert not any(is_open(address) for address in addresses)


def other_than(services: Services, check: Check) -> Check:
    return checks.create(services, directory.project(check.project), {"name": "Other"})


@pytest.mark.parametrize("at_call", MOMENTS)
def test_of_two_who_make_an_address_new_both_have_their_way(services: Services, backup: Check, at_call: int) -> None:
    old, project = address_of(backup), directory.project(backup.project)
    made: list[Check] = []
    with interrupted(at_call, lambda: made.append(checks.renew_page(services, backup))):
        made.append(checks.renew_page(services, backup))
    first, second = (pages.address(project, one) for one in made)
    assert [is_open(address) for address in (old, first, second)] == [False, False, True]


@pytest.mark.parametrize("at_call", MOMENTS)
def test_a_page_that_is_switched_off_while_it_is_made_new_has_no_old_address(
    services: Services, backup: Check, at_call: int
) -> None:
    old = address_of(backup)
    with interrupted(at_call, lambda: checks.close_page(services, backup)):
        checks.renew_page(services, backup)
    assert not is_open(old)
    assert is_open(address_of(backup))


@pytest.mark.parametrize("at_call", MOMENTS)
def test_a_ping_while_an_address_is_made_new_is_counted(services: Services, backup: Check, at_call: int) -> None:
    def ping() -> None:
        pings.receive(services, pings.Address(code=backup.code), Signal("success", services.clock()))

    ping()
    old = address_of(backup)
    with interrupted(at_call, ping):
        checks.renew_page(services, backup)
    assert stored.get(backup.project, backup.code).n_pings == 2
    assert not is_open(old)


def test_a_ping_turns_no_page_back(services: Services, backup: Check) -> None:
    """The process that takes pings remembers the check as it was."""
    numbers = itertools.count()

    def ping() -> None:
        signal = Signal("success", services.clock(), request=f"r{next(numbers)}")
        pings.receive(services, pings.Address(code=backup.code), signal)

    ping()
    checks.close_page(services, backup)
    ping()
    assert address_of(backup) == ""
    checks.renew_page(services, backup)
    address = address_of(backup)
    pings.receive(services, pings.Address(code=backup.code), Signal("fail", services.clock(), request="last"))
    assert is_open(address)
