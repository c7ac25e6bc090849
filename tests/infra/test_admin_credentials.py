"""Credentials of a project from the command line: the password comes beside the words, and is never shown."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.monitor.managing import credentials, projects
from chalicelib.monitor.managing.projects import Keyring
from chalicelib.monitor.services import Services
from chalicelib.store import credentials as stored
from infra.admin import __main__ as admin
from infra.admin import caller, commands, door

SECRET = "correct-horse-battery"
ADD = ("shop", "--kind", "postgresql", "--host", "db.example.org", "--host", "*.db.example.org", "--user", "watch")

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(services: Services, keyring: Keyring) -> Run:
    """`run(verb, words)` with the project's code between the two, and the password beside them."""
    return lambda verb, *words: commands.answer(services, ("credential", verb, keyring.project.code, *words), SECRET)


def passwords(keyring: Keyring) -> list[str]:
    return [one.password for one in credentials.of_project(keyring.project.code)]


def test_a_credential_is_kept_with_the_password_that_came_beside_the_words(run: Run, keyring: Keyring) -> None:
    code, said = run("add", *ADD, "--tls")
    assert (code, said) == (0, "Commands of the project may use shop (postgresql) now.")
    (made,) = credentials.of_project(keyring.project.code)
    assert (made.kind, made.hosts) == ("postgresql", ("db.example.org", "*.db.example.org"))
    assert (made.user, made.password, made.tls, made.verify) == ("watch", SECRET, True, True)


def test_a_list_shows_all_but_the_password(run: Run) -> None:
    run("add", *ADD)
    run("add", "watch", "--kind", "aws", "--role", "arn:aws:iam::123456789012:role/watch")
    head, *rows = run("list")[1].splitlines()
    assert head.split() == ["NAME", "KIND", "HOSTS", "AS", "TLS", "CREATED"]
    assert [row.split()[0] for row in rows] == ["shop", "watch"]
    document = json.loads(run("list", "--json")[1])
    assert document[0] == {
        "name": "shop",
        "kind": "postgresql",
        "hosts": ["db.example.org", "*.db.example.org"],
        "as": "watch",
        "tls": "no",
        "created": "2026-11-21T12:00:00+00:00",
    }
    assert SECRET not in run("list")[1] + json.dumps(document) + run("add", *ADD, "--json")[1]


def test_one_of_the_same_name_takes_the_place_of_the_other(run: Run, services: Services, keyring: Keyring) -> None:
    run("add", *ADD)
    commands.answer(services, ("credential", "add", keyring.project.code, *ADD), "another-password")
    assert passwords(keyring) == ["another-password"]


def test_one_that_is_removed_is_gone(run: Run) -> None:
    run("add", *ADD)
    assert run("remove", "shop") == (0, "Commands of the project have shop no more.")
    assert run("list") == (0, "No credentials yet.")
    assert run("remove", "shop") == (1, "credential not found")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("shop", "--kind", "postgresql", "--user", "u"), 1, "host must be given"),
        (("shop", "--kind", "redis", "--host", "a b"), 1, "host must be a name"),
        (("shop", "--kind", "ldap"), 2, "argument --kind: invalid choice"),
        (("shop", "--kind", "aws", "--user", "u"), 2, "--role is for --kind aws"),
        (("shop", "--kind", "redis", "--host", "*", "--role", "r"), 2, "--role is for --kind aws"),
        (("shop", "--kind", "aws", "--role", "r"), 1, "role must be the ARN"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_line(run: Run, words: tuple[str, ...], code: int, said: str) -> None:
    answered, line = run("add", *words)
    assert answered == code
    assert line.startswith(said) and len(line.splitlines()) == 1
    assert SECRET not in line
    assert run("list")[1] == "No credentials yet."


def test_a_project_has_so_many_and_no_more(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credentials, "COUNT_MAX", 1)
    run("add", *ADD)
    assert run("add", *ADD)[0] == 0
    assert run("add", "second", *ADD[1:]) == (
        1,
        "name is one too many: a project has at most 1 credentials",
    )


@pytest.mark.parametrize("argv", [("add", "nowhere", *ADD), ("list", "nowhere"), ("remove", "nowhere", "shop")])
def test_an_unknown_project_is_named_as_such(services: Services, argv: tuple[str, ...]) -> None:
    assert commands.answer(services, ("credential", *argv), SECRET) == (1, "project not found")


def test_they_go_with_their_project(run: Run, services: Services, keyring: Keyring) -> None:
    run("add", *ADD)
    projects.delete(services, keyring.project.code)
    assert stored.of_project(keyring.project.code) == []


# Where the password comes from


class Typed(io.StringIO):
    """Standard input that is somebody at a keyboard."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What was asked of a service: the words of the command, and last the password."""
    found: list[tuple[str, ...]] = []

    def ask(_url: str, argv: list[str], secret: str = "", _document: str = "") -> tuple[int, str]:
        found.append((*argv, secret))
        return 0, "done"

    monkeypatch.setattr(caller, "ask", ask)
    return found


def line(*argv: str) -> list[str]:
    return ["--url", "http://127.0.0.1:8000", "credential", *argv]


def test_a_password_is_read_from_standard_input(monkeypatch: pytest.MonkeyPatch, asked: list[Any]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{SECRET}\r\nmore\n"))
    assert admin.main(line("add", "code", *ADD)) == 0
    assert asked == [("credential", "add", "code", *ADD, SECRET)]


def test_a_password_is_asked_for_where_somebody_types(monkeypatch: pytest.MonkeyPatch, asked: list[Any]) -> None:
    monkeypatch.setattr("sys.stdin", Typed())
    monkeypatch.setattr("getpass.getpass", lambda _prompt: SECRET)
    assert admin.main(line("add", "code", *ADD)) == 0
    assert asked[0][-1] == SECRET


def test_nothing_else_waits_for_standard_input(monkeypatch: pytest.MonkeyPatch, asked: list[Any]) -> None:
    monkeypatch.setattr("sys.stdin", None)
    admin.main(line("list", "code"))
    admin.main(line("add", "code", "watch", "--kind", "aws", "--no-password"))
    assert [one[-1] for one in asked] == ["", ""]


def test_a_password_that_is_no_text_is_refused_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], asked: list[Any]
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"abc\xffdef\n"), "utf-8"))
    assert admin.main(line("add", "code", *ADD)) == 2
    assert capsys.readouterr().err == "infra.admin: the password that came on standard input is not UTF-8\n"
    assert asked == []


def test_there_is_no_word_for_a_password(run: Run) -> None:
    code, _ = run("add", *ADD, "--password", SECRET)
    assert code == 2


def test_the_door_takes_a_password_beside_the_words(services: Services, keyring: Keyring) -> None:
    body = json.dumps({"argv": ["credential", "add", keyring.project.code, *ADD], "secret": SECRET}).encode()
    environ = {
        "REQUEST_METHOD": "POST",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1:8000",
        "HTTP_X_TOCSIN_LOCAL": "1",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }
    status, answer = door.handle(services, environ)
    assert (status, answer["code"]) == (200, 0)
    assert passwords(keyring) == [SECRET]
