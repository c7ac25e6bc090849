from typing import Any

import pytest

from chalicelib.core.check import Check, Signal
from chalicelib.core.errors import Missing
from chalicelib.monitor.intake import pings
from chalicelib.monitor.managing import checks, projects
from chalicelib.monitor.managing.projects import Keyring
from chalicelib.monitor.services import Services
from chalicelib.monitor.views import badges
from chalicelib.monitor.views.badges import Badge
from tests.conftest import Clock

HOUR = 3_600


def new(services: Services, keyring: Keyring, **values: Any) -> Check:
    return checks.create(services, keyring.project, {"timeout": HOUR, "grace": 600, **values})


def ping(services: Services, check: Check, kind: Any = "success") -> None:
    pings.receive(services, pings.Address(code=check.code), Signal(kind, services.clock()))


def of_tag(services: Services, keyring: Keyring, tag: str = "*", *, late: bool = True) -> Badge:
    project = keyring.project
    return badges.of_tag(services, project.badge, badges.signature(project, tag), tag, late=late)


def test_a_check_that_pings_in_time_is_up(services: Services, keyring: Keyring) -> None:
    check = new(services, keyring, name="Backup")
    ping(services, check)
    assert badges.of_check(services, check.badge, late=True) == Badge("Backup", "up", 1, 0, 0)


def test_a_check_in_its_grace_time_is_late_with_three_states_and_up_with_two(
    services: Services, keyring: Keyring, clock: Clock
) -> None:
    check = new(services, keyring, name="Backup")
    ping(services, check)
    clock.move(seconds=HOUR)
    assert badges.of_check(services, check.badge, late=True) == Badge("Backup", "late", 1, 1, 0)
    assert badges.of_check(services, check.badge, late=False) == Badge("Backup", "up", 1, 1, 0)


def test_a_missed_deadline_shows_before_the_sweep_has_seen_it(
    services: Services, keyring: Keyring, clock: Clock
) -> None:
    check = new(services, keyring, name="Backup")
    ping(services, check)
    clock.move(seconds=HOUR + 600)
    assert badges.of_check(services, check.badge, late=True) == Badge("Backup", "down", 1, 0, 1)


def test_new_paused_and_started_checks_count_as_up(services: Services, keyring: Keyring) -> None:
    started, paused = new(services, keyring), new(services, keyring)
    new(services, keyring)
    ping(services, started, "start")
    checks.pause(services, paused)
    assert of_tag(services, keyring) == Badge("Tocsin", "up", 3, 0, 0)


def test_down_outweighs_late(services: Services, keyring: Keyring, clock: Clock) -> None:
    late, down = new(services, keyring), new(services, keyring)
    ping(services, late)
    clock.move(seconds=HOUR)
    ping(services, down, "fail")
    assert of_tag(services, keyring) == Badge("Tocsin", "down", 2, 1, 1)


def test_a_tag_covers_its_checks_alone(services: Services, keyring: Keyring) -> None:
    new(services, keyring, tags="prod db")
    ping(services, new(services, keyring, tags="production"), "fail")
    assert of_tag(services, keyring, "prod") == Badge("prod", "up", 1, 0, 0)


def test_a_tag_without_checks_is_up(services: Services, keyring: Keyring) -> None:
    assert of_tag(services, keyring, "nothing") == Badge("nothing", "up", 0, 0, 0)


def test_a_check_without_a_name_is_not_called_by_its_code(services: Services, keyring: Keyring) -> None:
    check = new(services, keyring, name=" ")
    assert badges.of_check(services, check.badge, late=True).label == "unnamed check"


def test_another_projects_checks_are_not_counted(services: Services, keyring: Keyring) -> None:
    other = projects.create(services, "Elsewhere")
    ping(services, new(services, other), "fail")
    assert of_tag(services, keyring) == Badge("Tocsin", "up", 0, 0, 0)


@pytest.mark.parametrize("signature", ["", "AAAAAAAA", "sïgnatür", "\ud800"])
def test_a_wrong_signature_is_refused(services: Services, keyring: Keyring, signature: str) -> None:
    with pytest.raises(Missing):
        badges.of_tag(services, keyring.project.badge, signature, "*", late=True)


def test_the_signature_of_one_tag_does_not_open_another(services: Services, keyring: Keyring) -> None:
    signature = badges.signature(keyring.project, "prod")
    with pytest.raises(Missing):
        badges.of_tag(services, keyring.project.badge, signature, "*", late=True)


def test_the_signature_of_one_project_does_not_open_another(services: Services, keyring: Keyring) -> None:
    other = projects.create(services, "Elsewhere").project
    with pytest.raises(Missing):
        badges.of_tag(services, keyring.project.badge, badges.signature(other, "*"), "*", late=True)


def test_an_unknown_address_is_missing(services: Services, keyring: Keyring) -> None:
    with pytest.raises(Missing):
        badges.of_check(services, "00000000-0000-4000-8000-000000000000", late=True)
    with pytest.raises(Missing):
        badges.of_tag(services, "nobody", badges.signature(keyring.project, "*"), "*", late=True)


def test_the_addresses_of_checks_and_of_projects_do_not_stand_for_each_other(
    services: Services, keyring: Keyring
) -> None:
    check = new(services, keyring)
    with pytest.raises(Missing):
        badges.of_check(services, keyring.project.badge, late=True)
    with pytest.raises(Missing):
        badges.of_tag(services, check.badge, badges.signature(keyring.project, "*"), "*", late=True)


def test_the_code_of_a_check_is_not_its_badge(services: Services, keyring: Keyring) -> None:
    check = new(services, keyring)
    with pytest.raises(Missing):
        badges.of_check(services, check.code, late=True)


def test_a_deleted_check_has_no_badge(services: Services, keyring: Keyring) -> None:
    check = new(services, keyring)
    checks.delete(services, check)
    with pytest.raises(Missing):
        badges.of_check(services, check.badge, late=True)


def test_every_tag_has_a_badge_and_everything_comes_first(services: Services, keyring: Keyring) -> None:
    new(services, keyring, tags="prod  web")
    new(services, keyring, tags="* db prod")
    assert badges.of_project(keyring.project) == ["*", "db", "prod", "web"]
