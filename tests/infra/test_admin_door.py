import io
import json
from typing import Any

import pytest

from chalicelib.monitor.services import Services
from chalicelib.store import directory
from infra.admin import door

ARGV = ["project", "create", "--name", "Website", "--json"]


def request(body: object = None, **changes: str | None) -> dict[str, Any]:
    """A request as `infra.admin` itself sends it, with these WSGI variables changed, or left out where None."""
    content = json.dumps({"argv": ARGV} if body is None else body).encode() if not isinstance(body, bytes) else body
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1:8000",
        "HTTP_X_TOCSIN_LOCAL": "1",
        "CONTENT_LENGTH": str(len(content)),
        "wsgi.input": io.BytesIO(content),
        **changes,
    }
    return {name: value for name, value in environ.items() if value is not None}


def test_a_program_on_this_machine_is_served(services: Services) -> None:
    status, answer = door.handle(services, request())
    assert (status, answer["code"]) == (200, 0)
    assert json.loads(answer["output"])["name"] == "Website"


def test_what_goes_wrong_with_the_command_is_an_answer_too(services: Services) -> None:
    assert door.handle(services, request({"argv": ["key", "list", "nowhere"]})) == (
        200,
        {"output": "project not found", "code": 1},
    )


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("REMOTE_ADDR", "::1"),
        ("REMOTE_ADDR", "::ffff:127.0.0.1"),
        ("REMOTE_ADDR", "127.8.8.8"),
        ("HTTP_HOST", "localhost:8000"),
        ("HTTP_HOST", "LOCALHOST"),
        ("HTTP_HOST", "[::1]:8000"),
    ],
)
def test_this_machine_has_several_names(services: Services, variable: str, value: str) -> None:
    assert door.handle(services, request(**{variable: value}))[0] == 200


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("REMOTE_ADDR", "192.0.2.7"),
        ("REMOTE_ADDR", "10.0.0.1"),
        ("REMOTE_ADDR", "::ffff:192.0.2.7"),
        ("REMOTE_ADDR", ""),
        ("REMOTE_ADDR", None),
        ("HTTP_HOST", "evil.example.org:8000"),
        ("HTTP_HOST", "127.0.0.1.example.org"),
        ("HTTP_HOST", "localhost@evil.example.org"),
        ("HTTP_HOST", "[::1"),
        ("HTTP_HOST", None),
        ("HTTP_X_TOCSIN_LOCAL", None),
        ("HTTP_X_TOCSIN_LOCAL", "yes"),
        ("HTTP_ORIGIN", "http://127.0.0.1:8000"),
        ("HTTP_X_FORWARDED_FOR", "192.0.2.7"),
        ("HTTP_FORWARDED", "for=192.0.2.7"),
        ("HTTP_VIA", "1.1 proxy"),
    ],
)
def test_nobody_else_gets_in(services: Services, variable: str, value: str | None) -> None:
    status, answer = door.handle(services, request(**{variable: value}))
    assert (status, list(answer)) == (403, ["error"])
    assert directory.projects() == []


@pytest.mark.parametrize("method", ["GET", "PUT", "OPTIONS", "DELETE"])
def test_only_a_post_is_a_command(services: Services, method: str) -> None:
    assert door.handle(services, request(REQUEST_METHOD=method))[0] == 405
    assert directory.projects() == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b"[" * 60_000,
        [],
        {},
        {"argv": "project list"},
        {"argv": [1]},
        {"argv": None},
        {"argv": ["x" * 70_000]},
    ],
)
def test_a_body_that_is_no_command_is_refused(services: Services, body: object) -> None:
    assert door.handle(services, request(body))[0] == 400


@pytest.mark.parametrize("length", ["-1", "a", "33000000"])
def test_a_length_that_makes_no_sense_is_refused(services: Services, length: str) -> None:
    assert door.handle(services, request(CONTENT_LENGTH=length))[0] == 400


def test_a_command_cannot_be_sent_on_to_other_tables(services: Services) -> None:
    status, answer = door.handle(services, request({"argv": ["--stage", "prod", *ARGV]}))
    assert (status, answer["code"]) == (200, 2)
