from typing import Any

import pytest

from chalicelib.core.check import Check, Signal
from chalicelib.core.errors import Missing
from chalicelib.monitor.intake import pings
from chalicelib.monitor.managing import checks, projects
from chalicelib.monitor.managing.projects import Keyring
from chalicelib.monitor.services import House
from chalicelib.monitor.views import badges
from chalicelib.monitor.views.badges import Badge
from tests.conftest import Clock

HOUR = 3_600


def new(house: House, keyring: Keyring, **values: Any) -> Check:
    return checks.create(house, keyring.project, {"timeout": HOUR, "grace": 600, **values})


def ping(house: House, check: Check, kind: Any = "success") -> None:
    pings.receive(house, pings.Address(code=check.code), Signal(kind, house.clock()))


def of_tag(house: House, keyring: Keyring, tag: str = "*", *, late: bool = True) -> Badge:
    project = keyring.project
    return badges.of_tag(house, project.badge, badges.signature(project, tag), tag, late=late)


def test_a_check_that_pings_in_time_is_up(house: House, keyring: Keyring) -> None:
    check = new(house, keyring, name="Backup")
    ping(house, check)
    assert badges.of_check(house, check.badge, late=True) == Badge("Backup", "up", 1, 0, 0)


def test_a_check_in_its_grace_time_is_late_with_three_states_and_up_with_two(
    house: House, keyring: Keyring, clock: Clock
) -> None:
    check = new(house, keyring, name="Backup")
    ping(house, check)
    clock.move(seconds=HOUR)
    assert badges.of_check(house, check.badge, late=True) == Badge("Backup", "late", 1, 1, 0)
    assert badges.of_check(house, check.badge, late=False) == Badge("Backup", "up", 1, 1, 0)


def test_a_missed_deadline_shows_before_the_sweep_has_seen_it(house: House, keyring: Keyring, clock: Clock) -> None:
    check = new(house, keyring, name="Backup")
    ping(house, check)
    clock.move(seconds=HOUR + 600)
    assert badges.of_check(house, check.badge, late=True) == Badge("Backup", "down", 1, 0, 1)


def test_new_paused_and_started_checks_count_as_up(house: House, keyring: Keyring) -> None:
    started, paused = new(house, keyring), new(house, keyring)
    new(house, keyring)
    ping(house, started, "start")
    checks.pause(house, paused)
    assert of_tag(house, keyring) == Badge("Tocsin", "up", 3, 0, 0)


def test_down_outweighs_late(house: House, keyring: Keyring, clock: Clock) -> None:
    late, down = new(house, keyring), new(house, keyring)
    ping(house, late)
    clock.move(seconds=HOUR)
    ping(house, down, "fail")
    assert of_tag(house, keyring) == Badge("Tocsin", "down", 2, 1, 1)


def test_a_tag_covers_its_checks_alone(house: House, keyring: Keyring) -> None:
    new(house, keyring, tags="prod db")
    ping(house, new(house, keyring, tags="production"), "fail")
    assert of_tag(house, keyring, "prod") == Badge("prod", "up", 1, 0, 0)


def test_a_tag_without_checks_is_up(house: House, keyring: Keyring) -> None:
    assert of_tag(house, keyring, "nothing") == Badge("nothing", "up", 0, 0, 0)


def test_a_check_without_a_name_is_not_called_by_its_code(house: House, keyring: Keyring) -> None:
    check = new(house, keyring, name=" ")
    assert badges.of_check(house, check.badge, late=True).label == "unnamed check"


def test_another_projects_checks_are_not_counted(house: House, keyring: Keyring) -> None:
    other = projects.create(house, "Elsewhere")
    ping(house, new(house, other), "fail")
    assert of_tag(house, keyring) == Badge("Tocsin", "up", 0, 0, 0)


@pytest.mark.parametrize("signature", ["", "AAAAAAAA", "sïgnatür", "\ud800"])
def test_a_wrong_signature_is_refused(house: House, keyring: Keyring, signature: str) -> None:
    with pytest.raises(Missing):
        badges.of_tag(house, keyring.project.badge, signature, "*", late=True)


def test_the_signature_of_one_tag_does_not_open_another(house: House, keyring: Keyring) -> None:
    signature = badges.signature(keyring.project, "prod")
    with pytest.raises(Missing):
        badges.of_tag(house, keyring.project.badge, signature, "*", late=True)


def test_the_signature_of_one_project_does_not_open_another(house: House, keyring: Keyring) -> None:
    other = projects.create(house, "Elsewhere").project
    with pytest.raises(Missing):
        badges.of_tag(house, keyring.project.badge, badges.signature(other, "*"), "*", late=True)


def test_an_unknown_address_is_missing(house: House, keyring: Keyring) -> None:
    with pytest.raises(Missing):
        badges.of_check(house, "00000000-0000-4000-8000-000000000000", late=True)
    with pytest.raises(Missing):
        badges.of_tag(house, "nobody", badges.signature(keyring.project, "*"), "*", late=True)


def test_the_addresses_of_checks_and_of_projects_do_not_stand_for_each_other(house: House, keyring: Keyring) -> None:
    check = new(house, keyring)
    with pytest.raises(Missing):
        badges.of_check(house, keyring.project.badge, late=True)
    with pytest.raises(Missing):
        badges.of_tag(house, check.badge, badges.signature(keyring.project, "*"), "*", late=True)


def test_the_code_of_a_check_is_not_its_badge(house: House, keyring: Keyring) -> None:
    check = new(house, keyring)
    with pytest.raises(Missing):
        badges.of_check(house, check.code, late=True)


def test_a_deleted_check_has_no_badge(house: House, keyring: Keyring) -> None:
    check = new(house, keyring)
    checks.delete(house, check)
    with pytest.raises(Missing):
        badges.of_check(house, check.badge, late=True)


def test_every_tag_has_a_badge_and_everything_comes_first(house: House, keyring: Keyring) -> None:
    new(house, keyring, tags="prod  web")
    new(house, keyring, tags="* db prod")
    assert badges.of_project(keyring.project) == ["*", "db", "prod", "web"]
