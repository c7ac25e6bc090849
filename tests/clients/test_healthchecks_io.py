"""The client of the PyPI package healthchecks-io, synchronous and asynchronous, against the running service."""

from __future__ import annotations

import asyncio
import itertools
import warnings
from collections.abc import Iterator
from typing import Any
from urllib.request import Request, urlopen

import pytest

from tests.clients.conftest import Project

with warnings.catch_warnings():
    # It is written for an older pydantic, which the newer one says at length.
    warnings.simplefilter("ignore")
    from healthchecks_io import AsyncClient, CheckCreate, CheckTrap, CheckUpdate, Client
    from healthchecks_io.client import exceptions

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

# To a type checker every field of these looks as if it had to be given.
New: Any = CheckCreate
Changed: Any = CheckUpdate
Kind = type[Client] | type[AsyncClient]
_numbers = itertools.count(1)


def fresh(name: str) -> str:
    """A name that no other test uses: they share the service."""
    return f"{name} {next(_numbers)}"


class Caller:
    """Either client; every call returns when it is done."""

    def __init__(self, kind: Kind, project: Project, key: str = "", version: int = 1) -> None:
        self.runner = asyncio.Runner()
        self.client = kind(
            api_key=key or project.api_key,
            ping_key=project.ping_key,
            api_url=f"{project.base_url}/api/",
            ping_url=f"{project.base_url}/ping/",
            api_version=version,
        )

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.client, name)
        if isinstance(self.client, Client):
            return method
        return lambda *args, **more: self.runner.run(method(*args, **more))

    def close(self) -> None:
        if isinstance(self.client, AsyncClient):
            self.runner.run(self.client._afinalizer_method())
        else:
            self.client._finalizer_method()
        self.runner.close()

    def create(self, name: str, **fields: Any) -> Any:
        return self.create_check(New(name=fresh(name), **fields))


@pytest.fixture(params=[Client, AsyncClient], ids=["sync", "async"])
def caller(request: pytest.FixtureRequest, project: Project) -> Iterator[Caller]:
    caller = Caller(request.param, project)
    yield caller
    caller.close()


@pytest.fixture
def reader(caller: Caller, project: Project) -> Iterator[Caller]:
    reader = Caller(type(caller.client), project, project.api_key_readonly)
    yield reader
    reader.close()


@pytest.fixture
def stranger(caller: Caller, other_project: Project) -> Iterator[Caller]:
    stranger = Caller(type(caller.client), other_project)
    yield stranger
    stranger.close()


def test_it_creates_a_simple_check_and_finds_it_again(caller: Caller) -> None:
    check = caller.create("Backup", tags="prod www", desc="d", timeout=3600, grace=60)
    assert (check.tags, check.desc, check.timeout, check.grace, check.status) == ("prod www", "d", 3600, 60, "new")
    assert check.ping_url.endswith(f"/ping/{check.uuid}")
    assert caller.get_check(check.uuid) == check
    assert check in caller.get_checks()


def test_it_creates_a_cron_check(caller: Caller) -> None:
    check = caller.create("Backup", schedule="15 5 * * *", tz="Europe/Riga")
    assert (check.status, check.timeout) == ("new", None)


def test_it_creates_a_check_once_when_told_what_is_unique(caller: Caller) -> None:
    name = fresh("Backup")
    first, second = (caller.create_check(New(name=name, unique=["name"])) for _ in range(2))
    assert first.uuid == second.uuid


def test_it_lists_the_checks_that_have_all_the_tags(caller: Caller) -> None:
    tag = fresh("tag").replace(" ", "-")
    both, one = caller.create("Both", tags=f"{tag} {tag}-x"), caller.create("One", tags=tag)
    assert [check.uuid for check in caller.get_checks([tag])] == [both.uuid, one.uuid]
    assert [check.uuid for check in caller.get_checks([tag, f"{tag}-x"])] == [both.uuid]


def test_it_reads_with_a_read_only_key_by_unique_key(caller: Caller, reader: Caller) -> None:
    check = caller.create("Backup")
    (seen,) = [found for found in reader.get_checks() if found.name == check.name]
    assert (seen.uuid, seen.ping_url, seen.channels) == (None, None, None)
    assert reader.get_check(seen.unique_key) == seen
    with pytest.raises(exceptions.HCAPIAuthError):
        reader.create("Not allowed")


def test_it_updates_a_check(caller: Caller) -> None:
    check = caller.create("Backup", tags="old", timeout=3600)
    updated = caller.update_check(check.uuid, Changed(tags="new", desc="changed"))
    assert (updated.name, updated.tags, updated.desc, updated.timeout) == (check.name, "new", "changed", 3600)
    assert caller.get_check(check.uuid) == updated


def test_it_pauses_a_check(caller: Caller) -> None:
    check = caller.create("Backup")
    assert caller.pause_check(check.uuid).status == "paused"
    assert caller.get_check(check.uuid).status == "paused"


def test_it_deletes_a_check(caller: Caller) -> None:
    check = caller.create("Backup")
    assert caller.delete_check(check.uuid) == check
    with pytest.raises(exceptions.CheckNotFoundError):
        caller.get_check(check.uuid)


@pytest.mark.parametrize("by", ["uuid", "slug"])
def test_it_sends_every_kind_of_ping(by: str, caller: Caller, project: Project) -> None:
    check = caller.create("Backup")
    whom = {by: getattr(check, by)}
    assert caller.start_ping(**whom, data="beginning") == (True, "OK")
    assert caller.get_check(check.uuid).status == "started"
    assert caller.success_ping(**whom, data="fine") == (True, "OK")
    assert caller.get_check(check.uuid).status == "up"
    assert caller.exit_code_ping(0, **whom) == (True, "OK")
    assert caller.exit_code_ping(3, **whom, data="exit") == (True, "OK")
    assert caller.get_check(check.uuid).status == "down"
    assert caller.fail_ping(**whom, data="broken") == (True, "OK")
    pings = caller.get_check_pings(check.uuid)
    assert [ping.type for ping in pings] == ["fail", "fail", "success", "success", "start"]
    assert [ping.number_of_pings for ping in pings] == [5, 4, 3, 2, 1]
    assert {ping.method for ping in pings} == {"POST"}
    assert all(ping.user_agent.startswith("py-healthchecks.io") for ping in pings)
    assert pings[3].duration is not None
    assert [body_of(project, check.uuid, n) for n in (1, 2, 4, 5)] == ["beginning", "fine", "exit", "broken"]


def body_of(project: Project, code: str, n: int) -> str:
    """The body of a ping, which the client cannot ask for."""
    url = f"{project.base_url}/api/v1/checks/{code}/pings/{n}/body"
    with urlopen(Request(url, headers={"X-Api-Key": project.api_key})) as answer:
        return str(answer.read().decode())


def test_it_lists_the_integrations(caller: Caller, project: Project) -> None:
    body = b'{"kind": "email", "name": "Ops", "settings": {"address": "ops@example.org"}}'
    request = Request(f"{project.base_url}/api/v1/channels/", body, {"X-Api-Key": project.api_key})
    with urlopen(request) as answer:
        assert answer.status == 201
    found = caller.get_integrations()
    assert {(channel.kind, channel.name) for channel in found} == {("email", "Ops")}
    check = caller.create("Backup", channels=found[0].id)
    assert check.channels == found[0].id


def test_it_lists_the_badges(caller: Caller) -> None:
    tag = fresh("badge").replace(" ", "-")
    caller.create("Backup", tags=tag)
    badges = caller.get_badges()
    assert {"*", tag} <= set(badges)
    for url in (badges[tag].svg, badges["*"].svg3, badges[tag].shields):
        with urlopen(url) as answer:
            assert answer.status == 200


def test_it_cannot_read_status_changes_neither_here_nor_from_the_original(caller: Caller) -> None:
    """The client expects a list where the original answers {"flips": [...]}, as we do."""
    with pytest.raises(TypeError):
        caller.get_check_flips(caller.create("Backup").uuid)


def test_it_tells_a_wrong_key_a_missing_check_and_a_wrong_value_apart(caller: Caller, project: Project) -> None:
    wrong = Caller(type(caller.client), project, "X" * 32)
    with pytest.raises(exceptions.HCAPIAuthError):
        wrong.get_checks()
    wrong.close()
    with pytest.raises(exceptions.CheckNotFoundError):
        caller.get_check("00000000-1111-4222-8333-444444444444")
    with pytest.raises(exceptions.BadAPIRequestError, match="timeout is too small"):
        caller.create("Backup", timeout=1)


def test_a_check_of_another_project_is_refused(caller: Caller, stranger: Caller) -> None:
    check = caller.create("Backup")
    with pytest.raises(exceptions.HCAPIAuthError):
        stranger.get_check(check.uuid)
    with pytest.raises(exceptions.HCAPIAuthError):
        stranger.delete_check(check.uuid)


def test_it_tells_a_ping_that_was_not_taken(caller: Caller) -> None:
    name = fresh("Twin")
    check, _ = (caller.create_check(New(name=name)) for _ in range(2))
    with pytest.raises(exceptions.NonUniqueSlugError):
        caller.success_ping(slug=check.slug)
    with pytest.raises(exceptions.CheckNotFoundError):
        caller.success_ping(slug="nothing-of-this-name")
    with pytest.raises(exceptions.CheckNotFoundError):
        caller.success_ping(uuid="00000000-1111-4222-8333-444444444444")
    with pytest.raises(exceptions.BadAPIRequestError):
        caller.exit_code_ping(256, uuid=check.uuid)


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("kind", [Client, AsyncClient], ids=["sync", "async"])
def test_newer_versions_of_the_api_work_too(kind: Kind, version: int, project: Project) -> None:
    caller = Caller(kind, project, version=version)
    check = caller.create("Backup")
    caller.start_ping(uuid=check.uuid)
    assert caller.get_check(check.uuid).status == "new"
    assert caller.pause_check(check.uuid).status == "paused"
    caller.close()


def types(caller: Caller, code: str) -> list[str]:
    return [ping.type for ping in caller.get_check_pings(code)]


@pytest.mark.parametrize("by", ["uuid", "slug"])
def test_a_trap_tells_how_a_block_of_code_went(by: str, project: Project) -> None:
    caller = Caller(Client, project)
    check = caller.create("Trap")
    with CheckTrap(caller.client, **{by: getattr(check, by)}) as trap:
        trap.add_log("a line")
        trap.add_log("another")
    with pytest.raises(ZeroDivisionError), CheckTrap(caller.client, **{by: getattr(check, by)}):
        _ = 1 / 0
    assert types(caller, check.uuid) == ["fail", "start", "success", "start"]
    assert body_of(project, check.uuid, 2) == "a line\nanother"
    assert "division by zero" in body_of(project, check.uuid, 4)
    caller.close()


@pytest.mark.parametrize("by", ["uuid", "slug"])
def test_an_asynchronous_trap_does_the_same(by: str, project: Project) -> None:
    caller = Caller(AsyncClient, project)
    check = caller.create("Trap")
    whom = {by: getattr(check, by)}

    async def work() -> None:
        async with CheckTrap(caller.client, **whom) as trap:
            trap.add_log("a line")
        async with CheckTrap(caller.client, **whom, suppress_exceptions=True):
            _ = 1 / 0

    caller.runner.run(work())
    assert types(caller, check.uuid) == ["fail", "start", "success", "start"]
    assert body_of(project, check.uuid, 2) == "a line"
    caller.close()
