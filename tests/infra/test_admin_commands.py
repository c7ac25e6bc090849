import json
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.core.check import Check
from chalicelib.monitor.managing import checks, projects
from chalicelib.monitor.managing.projects import Keyring
from chalicelib.monitor.services import Services
from chalicelib.store import directory
from infra import tables
from infra.admin import commands, faults

Run = Callable[..., str]


@pytest.fixture
def run(services: Services) -> Run:
    """Runs a command that must succeed, and answers what it prints."""

    def answer(*argv: str) -> str:
        code, output = commands.answer(services, argv)
        assert code == 0, output
        return output

    return answer


@pytest.fixture
def document(run: Run) -> Callable[..., Any]:
    return lambda *argv: json.loads(run(*argv, "--json"))


@pytest.fixture
def refused(services: Services) -> Callable[..., tuple[int, str]]:
    """Runs a command that must fail, and answers its code and its line."""

    def answer(*argv: str) -> tuple[int, str]:
        code, output = commands.answer(services, argv)
        assert code != 0, output
        assert len(output.splitlines()) == 1, output
        return code, output

    return answer


def opens(key: str) -> str | None:
    found = projects.opened_by(key)
    return found.access if found else None


def new_check(services: Services, keyring: Keyring) -> Check:
    return checks.create(services, keyring.project, {"name": "Backup"})


# project create


def test_creating_a_project_shows_its_code_and_keys_to_scripts(
    services: Services, document: Callable[..., Any]
) -> None:
    made = document("project", "create", "--name", "Website")
    assert list(made) == ["code", "name", "api_key", "api_key_readonly", "ping_key"]
    assert directory.project(made["code"]).name == made["name"] == "Website"
    assert [opens(made[field]) for field in ("api_key", "api_key_readonly", "ping_key")] == ["write", "read", "ping"]


def test_creating_a_project_shows_each_key_once_and_says_so(services: Services, run: Run) -> None:
    text = run("project", "create", "--name", "Website")
    (project,) = directory.projects()
    assert f"Project Website is made. Its code is {project.code}" in text
    assert "This is the only time that they are shown" in text
    shown = [word for word in text.split() if opens(word)]
    assert [opens(key) for key in shown] == ["write", "read", "ping"]
    listed = run("key", "list", project.code)
    assert not any(key in listed for key in shown)


def test_a_project_can_be_given_its_own_limit(document: Callable[..., Any]) -> None:
    made = document("project", "create", "--name", "Small", "--limit", "2")
    assert directory.project(made["code"]).limit == 2


@pytest.mark.parametrize("limit", ["0", "-1", "2.5", "many", "10000001", "9" * 5000, "²"])
def test_a_limit_that_makes_no_sense_is_refused(refused: Callable[..., tuple[int, str]], limit: str) -> None:
    code, line = refused("project", "create", "--name", "Small", f"--limit={limit}")
    assert code == 2
    assert line.startswith("argument --limit: must be a whole number from 1 to 10000000")
    assert directory.projects() == []


@pytest.mark.parametrize("name", ["", " ", "x" * 101, "two\nlines", "\udcff", "\0"])
def test_a_name_that_makes_no_sense_is_refused(refused: Callable[..., tuple[int, str]], name: str) -> None:
    code, line = refused("project", "create", f"--name={name}")
    assert (code, line.split()[0]) == (1, "name")
    assert directory.projects() == []


# project list


def test_projects_are_listed_with_what_they_hold(services: Services, keyring: Keyring, run: Run) -> None:
    new_check(services, keyring)
    projects.create(services, "Tiny one", limit=5)
    head, *rows = run("project", "list").splitlines()
    assert head.split() == ["CODE", "NAME", "CHECKS", "LIMIT", "CREATED"]
    assert {tuple(row.split()[1:-2]) for row in rows} == {("Website", "1", "-"), ("Tiny", "one", "0", "5")}


def test_projects_are_listed_for_scripts(keyring: Keyring, document: Callable[..., Any]) -> None:
    assert document("project", "list") == [
        {
            "code": keyring.project.code,
            "name": "Website",
            "checks": 0,
            "limit": None,
            "created": "2026-11-21T12:00:00+00:00",
        }
    ]


def test_an_empty_installation_says_so(run: Run, document: Callable[..., Any]) -> None:
    assert run("project", "list") == "No projects yet."
    assert document("project", "list") == []


# project delete


def test_a_project_is_not_deleted_without_a_yes(
    services: Services, keyring: Keyring, refused: Callable[..., tuple[int, str]]
) -> None:
    new_check(services, keyring)
    code, line = refused("project", "delete", keyring.project.code)
    assert code == 2
    assert "Website" in line and "1 check would" in line and "--yes" in line
    assert opens(keyring.keys["write"]) == "write"


def test_a_deleted_project_is_gone_with_its_checks(services: Services, keyring: Keyring, run: Run) -> None:
    check = new_check(services, keyring)
    assert run("project", "delete", keyring.project.code, "--yes").startswith("Deleted project Website")
    assert directory.projects() == []
    assert directory.project_of(check.code) is None
    assert opens(keyring.keys["write"]) is None


# keys


def test_keys_are_listed_by_how_they_begin(keyring: Keyring, document: Callable[..., Any], run: Run) -> None:
    listed = document("key", "list", keyring.project.code)
    assert {key["kind"]: key["begins"] for key in listed} == {kind: key[:8] for kind, key in keyring.keys.items()}
    assert f"api_key_readonly  {keyring.keys['read'][:8]}...  2026-11-21 12:00" in run(
        "key", "list", keyring.project.code
    )


def test_rotating_ends_the_old_keys(keyring: Keyring, document: Callable[..., Any]) -> None:
    new = document("key", "rotate", keyring.project.code)
    assert [opens(new[field]) for field in ("api_key", "api_key_readonly", "ping_key")] == ["write", "read", "ping"]
    assert not any(opens(key) for key in keyring.keys.values())


def test_rotating_says_what_became_of_the_old_keys(keyring: Keyring, run: Run) -> None:
    assert "The old ones go on working." in run("key", "rotate", keyring.project.code, "--keep-old")
    assert "The old ones have stopped working." in run("key", "rotate", keyring.project.code)


def test_old_keys_can_be_kept(keyring: Keyring, document: Callable[..., Any]) -> None:
    document("key", "rotate", keyring.project.code, "--keep-old")
    assert opens(keyring.keys["write"]) == "write"


def test_single_kinds_can_be_rotated(keyring: Keyring, document: Callable[..., Any]) -> None:
    new = document("key", "rotate", keyring.project.code, "--kind", "ping", "--kind", "read")
    assert list(new) == ["code", "name", "api_key_readonly", "ping_key"]
    assert opens(keyring.keys["write"]) == "write"
    assert opens(keyring.keys["read"]) is opens(keyring.keys["ping"]) is None


# What goes wrong


@pytest.mark.parametrize(
    "argv",
    [("project", "delete", "nowhere", "--yes"), ("key", "list", "nowhere"), ("key", "rotate", "nowhere")],
)
def test_an_unknown_project_is_named_as_such(refused: Callable[..., tuple[int, str]], argv: tuple[str, ...]) -> None:
    assert refused(*argv) == (1, "project not found")


@pytest.mark.parametrize(
    "argv",
    [
        (),
        ("project",),
        ("project", "paint"),
        ("project", "create"),
        ("key", "rotate", "x", "--kind", "gold"),
        ("--stage", "dev", "project", "list"),
    ],
)
def test_a_command_that_makes_no_sense_is_refused(
    refused: Callable[..., tuple[int, str]], argv: tuple[str, ...]
) -> None:
    code, line = refused(*argv)
    assert code == 2
    assert line.endswith("(see --help)")


def test_help_is_an_answer_and_ends_nothing(run: Run) -> None:
    assert "--stage" in run("--help")
    assert "--limit" in run("project", "create", "--help")


def test_a_stage_without_tables_is_named(services: Services, refused: Callable[..., tuple[int, str]]) -> None:
    tables.drop()
    for argv in (("project", "list"), ("project", "create", "--name", "x"), ("key", "list", "x")):
        code, line = refused(*argv)
        assert (code, line.partition(" here:")[0]) == (
            1,
            f"stage test has no table {services.settings.resource('directory')}",
        )
    tables.create(services.settings, _NoQueues())


class _NoQueues:
    """Takes the place of SQS where the queues are there already."""

    def create_queue(self, **_: str) -> dict[str, str]:
        return {"QueueUrl": ""}

    def get_queue_attributes(self, **_: object) -> dict[str, dict[str, str]]:
        return {"Attributes": {"QueueArn": ""}}


def test_a_fault_that_nobody_foresaw_keeps_its_own_words(services: Services) -> None:
    assert faults.in_a_line(RuntimeError("odd\n  thing"), services.settings) == "odd thing"
