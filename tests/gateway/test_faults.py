"""Whatever goes wrong, also with an error or an answer, is told in the dialect's shape and once in the log."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chalicelib import gateway
from chalicelib.core.errors import Busy, Conflict, Invalid, Missing, TocsinError
from chalicelib.gateway import Reply, Request
from tests.gateway.entrances import Sent, rest
from tests.gateway.sample import Voice, answering

BROKEN = (500, {"oh": "internal error"})


class Unheard(TocsinError):
    """An error that no voice knows."""


class Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(json.loads(self.format(record)))


@pytest.fixture
def complaints() -> Iterator[list[dict[str, Any]]]:
    handler, logger = Kept(), logging.getLogger("tocsin")
    logger.addHandler(handler)
    yield handler.lines
    logger.removeHandler(handler)


def raising(error: Exception) -> Callable[[Request], Reply]:
    def handler(_request: Request) -> Reply:
        raise error

    return handler


def asked(handler: Callable[[Request], Reply], voice: gateway.Voice | None = None) -> tuple[int, Any]:
    answer = answering(handler, voice or Voice())(rest(Sent("GET", "/sample", [])), None)
    return answer["statusCode"], json.loads(answer["body"])


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (Invalid("name", "is missing"), (400, {"oh": "name is missing"})),
        (gateway.Denied("no key"), (401, {"oh": "no key"})),
        (Missing("check"), (404, {"oh": "check not found"})),
        (Conflict("twice"), (409, {"oh": "twice"})),
        (gateway.TooLarge("much"), (413, {"oh": "much"})),
    ],
)
def test_what_a_caller_did_wrong_has_a_status_and_no_line_in_the_log(
    error: TocsinError, answer: Any, complaints: list[Any]
) -> None:
    assert asked(raising(error)) == answer
    assert complaints == []


def test_what_may_be_tried_again_says_so(complaints: list[Any]) -> None:
    assert asked(raising(Busy("full"))) == (503, {"oh": "temporarily unavailable, try again"})
    assert len(complaints) == 1


def unheard(_request: Request) -> Reply:
    raise Unheard("secret")


def not_json(_request: Request) -> Reply:
    return Reply(body={"what": object()})


def two_headers(_request: Request) -> Reply:
    return Reply(headers={"X-Name": "a\r\nX-Other: b"})


@pytest.mark.parametrize("handler", [raising(ZeroDivisionError("secret")), unheard, not_json, two_headers])
def test_a_fault_of_ours_is_told_in_the_dialects_shape(
    handler: Callable[[Request], Reply], complaints: list[dict[str, Any]]
) -> None:
    assert asked(handler) == BROKEN
    (line,) = complaints
    assert (line["path"], line["method"]) == ("/sample", "GET")
    assert line["error"] and line["trace"]


class BadWords(Voice):
    def words(self, error: TocsinError) -> str:
        raise KeyError(str(error))


class BadHeaders(Voice):
    def finish(self, request: Request, methods: tuple[str, ...], reply: Reply) -> Reply:
        raise KeyError("headers")


@pytest.mark.parametrize("voice", [BadWords(), BadHeaders()])
def test_an_error_inside_an_error_handler_is_told_in_the_dialects_shape(voice: Voice, complaints: list[Any]) -> None:
    assert asked(raising(Missing("check")), voice) == BROKEN
    assert complaints


class Mute(Voice):
    def broken(self, status: int, message: str, _field: str = "") -> Reply:
        raise KeyError("no words")


def test_a_dialect_that_has_no_words_at_all_is_helped_out(complaints: list[Any]) -> None:
    assert asked(raising(Missing("check")), Mute()) == (500, {"error": "internal error"})
    assert complaints


def test_what_stands_in_the_place_of_a_variable_never_comes_to_the_log(complaints: list[dict[str, Any]]) -> None:
    from chalicelib.gateway import public, resource
    from tests.gateway.sample import VOICE, application, dialect

    app = application(dialect(resource("/ping/{key}", VOICE, GET=public(raising(ZeroDivisionError("x"))))))
    assert app(rest(Sent("GET", "/ping/very-secret", [])), None)["statusCode"] == 500
    (line,) = complaints
    assert line["path"] == "/ping/{key}" and "very-secret" not in json.dumps(line)
