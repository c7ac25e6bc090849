"""Creates with `unique` that meet: whoever comes second finds the check of the first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chalicelib.core.check import Check
from chalicelib.core.errors import LimitReached
from chalicelib.monitor.managing import checks as manage
from chalicelib.monitor.managing.projects import Keyring
from chalicelib.monitor.services import Services
from chalicelib.store import directory

VALUES = {"name": "Backups", "slug": "backups"}


def create(services: Services, keyring: Keyring, wanted: dict[str, Any]) -> tuple[Check, bool]:
    return manage.find_or_create(services, keyring.project, wanted, lambda: dict(VALUES))


@pytest.mark.parametrize("other", [{"name": "Backups"}, {"slug": "backups"}])
def test_a_create_that_looked_before_another_was_done_finds_its_check(
    services: Services, keyring: Keyring, monkeypatch: pytest.MonkeyPatch, other: dict[str, Any]
) -> None:
    original, made = manage.matching, list[tuple[Check, bool]]()
    waiting = [other]

    def then_other(*arguments: Any) -> Check | None:
        found = original(*arguments)
        if waiting:
            made.append(create(services, keyring, waiting.pop()))
        return found

    monkeypatch.setattr(manage, "matching", then_other)
    check, is_new = create(services, keyring, {"name": "Backups"})

    assert made == [(check, True)]
    assert not is_new
    assert manage.of_project(keyring.project) == [check]


def test_ten_creates_at_once_make_one_check(services: Services, keyring: Keyring) -> None:
    with ThreadPoolExecutor(10) as pool:
        found = list(pool.map(lambda _: create(services, keyring, {"name": "Backups"}), range(10)))

    assert sorted(is_new for _, is_new in found) == [False] * 9 + [True]
    assert len({check.code for check, _ in found}) == len(manage.of_project(keyring.project)) == 1


def test_creates_of_different_checks_do_not_keep_each_other_out(services: Services, keyring: Keyring) -> None:
    def one(number: int) -> bool:
        name = f"Check {number}"
        return manage.find_or_create(services, keyring.project, {"name": name}, lambda: {"name": name})[1]

    with ThreadPoolExecutor(5) as pool:
        assert all(pool.map(one, range(10)))

    assert (directory.project(keyring.project.code).checks, len(manage.of_project(keyring.project))) == (10, 10)


def test_a_check_that_was_deleted_since_can_be_made_again(services: Services, keyring: Keyring) -> None:
    first, _ = create(services, keyring, {"name": "Backups"})
    manage.delete(services, first)

    second, is_new = create(services, keyring, {"name": "Backups"})

    assert is_new
    assert second.code != first.code


def test_at_the_limit_nothing_is_made(services: Services, keyring: Keyring, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manage, "limit_of", lambda *_: 0)

    with pytest.raises(LimitReached):
        create(services, keyring, {"name": "Backups"})
