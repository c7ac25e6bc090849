"""Answers of the runner as WSGI (PEP 3333) has them: never HTML for an error, never a body for HEAD."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], list[bytes]]

logger = logging.getLogger("infra.local")


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer; Content-Length is added when it is sent."""

    status: int
    body: bytes = b""
    headers: list[tuple[str, str]] = field(default_factory=list)


Handler = Callable[[Environ], Answer]


def json_answer(status: int, document: Any) -> Answer:
    return Answer(status, json.dumps(document).encode(), [("Content-Type", "application/json")])


def error(status: int, text: str) -> Answer:
    """What the gateway responses of a deployed stage look like."""
    return json_answer(status, {"error": text})


def application(handler: Handler) -> Application:
    """`handler` as a WSGI application that survives whatever the handler does."""

    def serve(environ: Environ, start_response: Callable[..., Any]) -> list[bytes]:
        try:
            return _send(handler(environ), environ, start_response)
        except Exception:
            # The last barrier: whatever went wrong is in the log, and the caller gets an answer of the usual shape. The
            # path stays out of the log: it may hold a ping key or a code.
            logger.exception("request failed: %s", environ.get("REQUEST_METHOD"))
            return _send(error(500, "internal error"), environ, start_response, sys.exc_info())

    return serve


def _send(answer: Answer, environ: Environ, start_response: Callable[..., Any], *exc_info: Any) -> list[bytes]:
    headers = [(name, value) for name, value in answer.headers if name.lower() != "content-length"]
    for name, value in headers:
        f"{name}: {value}".encode("latin-1")
    start_response(
        f"{answer.status} {_reason(answer.status)}", [*headers, ("Content-Length", str(len(answer.body)))], *exc_info
    )
    return [] if environ["REQUEST_METHOD"] == "HEAD" or answer.status == 204 else [answer.body]


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
