import json
from contextlib import suppress

import pytest

from chalicelib.core.errors import Invalid, Missing
from chalicelib.monitor.managing import checks, projects
from chalicelib.monitor.managing.projects import KINDS, Keyring
from chalicelib.monitor.services import Services
from chalicelib.store import directory, history
from chalicelib.store.connection import shared
from chalicelib.store.faults import StoreFault
from chalicelib.store.models import MODELS
from tests.conftest import Clock, Queues
from tests.flows.conftest import trouble, unavailable


def everything_kept() -> str:
    """All items of all tables, as text."""
    names = sorted({model.Meta.table_name for model in MODELS})
    answers = [shared().dispatch("Scan", {"TableName": name, "ConsistentRead": True}) for name in names]
    assert not any("LastEvaluatedKey" in answer for answer in answers)
    return json.dumps([answer["Items"] for answer in answers], default=str)


def opens(key: str) -> str | None:
    found = projects.opened_by(key)
    return found.access if found else None


def test_a_project_has_a_key_of_each_kind(keyring: Keyring) -> None:
    assert {kind: opens(key) for kind, key in keyring.keys.items()} == {
        "write": "write",
        "read": "read",
        "ping": "ping",
    }


def test_the_keys_look_like_those_of_healthchecks(keyring: Keyring) -> None:
    assert keyring.keys["write"].startswith("hcw_") and len(keyring.keys["write"]) == 32
    assert keyring.keys["read"].startswith("hcr_") and len(keyring.keys["read"]) == 32
    assert len(keyring.keys["ping"]) == 22 and keyring.keys["ping"].islower()


def test_no_key_is_kept_in_the_clear(services: Services, keyring: Keyring) -> None:
    rotated = projects.rotate(services, keyring.project.code, keep_old=True)
    kept = everything_kept()
    assert projects.hash_of(keyring.keys["write"]) in kept
    for key in (*keyring.keys.values(), *rotated.keys.values()):
        assert key not in kept


def test_an_unknown_key_opens_nothing(keyring: Keyring) -> None:
    assert opens("hcw_" + "x" * 28) is None
    assert opens("\ud800") is None


@pytest.mark.parametrize("name", ["", "  ", "x" * 101])
def test_a_project_needs_a_name_of_sensible_length(services: Services, name: str) -> None:
    with pytest.raises(Invalid, match=r"^name "):
        projects.create(services, name)
    assert directory.projects() == []


def test_projects_are_listed_oldest_first(services: Services, clock: Clock) -> None:
    for name in ("Zebra", "Ant"):
        projects.create(services, name)
        clock.move(seconds=1)
    assert [project.name for project in directory.projects()] == ["Zebra", "Ant"]


def test_keys_are_listed_by_how_they_begin(keyring: Keyring) -> None:
    listed = {key.access: key.hint for key in projects.keys(directory.project(keyring.project.code))}
    assert listed == {kind: keyring.keys[kind][:8] for kind in KINDS}


def test_rotated_keys_work_and_the_old_ones_stop(services: Services, keyring: Keyring) -> None:
    new = projects.rotate(services, keyring.project.code)
    assert [opens(new.keys[kind]) for kind in KINDS] == list(KINDS)
    assert [opens(keyring.keys[kind]) for kind in KINDS] == [None, None, None]


def test_rotating_one_kind_leaves_the_others_alone(services: Services, keyring: Keyring) -> None:
    new = projects.rotate(services, keyring.project.code, ("read",))
    assert list(new.keys) == ["read"]
    assert [opens(keyring.keys[kind]) for kind in KINDS] == ["write", None, "ping"]


def test_old_keys_go_on_working_when_they_are_kept(services: Services, keyring: Keyring) -> None:
    new = projects.rotate(services, keyring.project.code, ("write",), keep_old=True)
    assert opens(keyring.keys["write"]) == opens(new.keys["write"]) == "write"


def test_the_next_rotation_ends_every_key_that_was_kept(services: Services, keyring: Keyring) -> None:
    kept = projects.rotate(services, keyring.project.code, ("write",), keep_old=True)
    projects.rotate(services, keyring.project.code, ("write",))
    assert opens(keyring.keys["write"]) is None
    assert opens(kept.keys["write"]) is None


@pytest.mark.parametrize("call", range(1, 8))
def test_whichever_call_of_a_rotation_fails_somebody_knows_keys_that_work(
    services: Services, keyring: Keyring, call: int
) -> None:
    """The new keys are told, or the old ones are as they were: a fault after the change would lock everybody out."""
    known = keyring.keys
    with trouble(call, unavailable, after=False), suppress(StoreFault):
        known = projects.rotate(services, keyring.project.code).keys
    assert [opens(known[kind]) for kind in KINDS] == list(KINDS)


def test_the_keys_of_an_unknown_project_cannot_be_rotated(services: Services) -> None:
    with pytest.raises(Missing):
        projects.rotate(services, "nowhere")


def test_deleting_a_project_leaves_the_others_alone(services: Services, keyring: Keyring, queues: Queues) -> None:
    other = projects.create(services, "Elsewhere")
    check = checks.create(services, other.project, {"name": "Backup"})
    checks.pause(services, check)
    projects.delete(services, keyring.project.code)
    queues.work()
    assert [project.name for project in directory.projects()] == ["Elsewhere"]
    assert opens(other.keys["write"]) == "write"
    now = services.clock()
    assert history.flips(other.project.code, check.code, check.created, now.replace(year=2027), now) != []


def test_an_unknown_project_cannot_be_deleted(services: Services) -> None:
    with pytest.raises(Missing):
        projects.delete(services, "nowhere")
