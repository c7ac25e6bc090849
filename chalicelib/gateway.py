"""Every habit of Chalice and API Gateway, met once: requests come in as plain values, replies go out as plain values.

A dialect declares its resources with `resource`; each is one Chalice route with every method, so that a method that is
not allowed, a preflight and an error are answered in the dialect's own shape and never in Chalice's.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol
from urllib.parse import unquote

import chalice

from chalicelib import log
from chalicelib.core.check import Key
from chalicelib.core.errors import Busy, TocsinError
from chalicelib.monitor.managing import projects
from chalicelib.monitor.services import Services
from chalicelib.store.faults import StoreFault

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Request:
    """A request as a dialect sees it. Header names are lower case, path parts and query values are decoded once."""

    services: Services
    method: str
    path: str
    root: str
    parts: dict[str, str]
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes
    source_ip: str

    def header(self, name: str) -> str:
        return self.headers.get(name.lower(), "")


@dataclass(slots=True)
class Reply:
    """An answer: a text, or a document that is sent as JSON."""

    status: int = 200
    body: str | dict[str, Any] | list[Any] = ""
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"


Handler = Callable[[Request], Reply]


class Dialect(Protocol):
    """How one dialect speaks of what went wrong, and what it adds to every answer."""

    def wrong(self, request: Request, error: TocsinError) -> Reply: ...

    def broken(self, status: int, message: str) -> Reply: ...

    def finish(self, request: Request, methods: tuple[str, ...], reply: Reply) -> Reply: ...


_request: ContextVar[chalice.app.Request] = ContextVar("request")


class _Serving:
    services: Services | None = None
    apps: ClassVar[list[chalice.Chalice]] = []


def serve(app: chalice.Chalice, services: Services) -> None:
    """Lets `app` answer for `services`, from now on for this one.

    The request travels in a context variable: Chalice's own is shared by threads.
    """
    _Serving.services = services
    if app not in _Serving.apps:
        _Serving.apps.append(app)
        app.register_middleware(_keep_request, "http")


def _keep_request(event: Any, get_response: Callable[[Any], Any]) -> Any:
    _request.set(event)
    return get_response(event)


def resource(blueprint: chalice.Blueprint, path: str, dialect: Dialect, handlers: Mapping[str, Handler]) -> None:
    """Declares one resource: `handlers` maps methods to what answers them; all others are refused by the dialect."""
    allowed = tuple(handlers)

    def view(**parts: str) -> chalice.Response:
        request = _received(parts)
        reply = _answer(request, dialect, handlers)
        return _sent(dialect.finish(request, allowed, reply))

    view.__name__ = "view" + "".join(character if character.isalnum() else "_" for character in path)
    blueprint.route(path, methods=list(METHODS), content_types=["*/*"])(view)


def _answer(request: Request, dialect: Dialect, handlers: Mapping[str, Handler]) -> Reply:
    handler = handlers.get(request.method)
    if handler is None:
        return Reply(204) if request.method == "OPTIONS" else dialect.broken(405, "method not allowed")
    try:
        return handler(request)
    except (StoreFault, Busy) as fault:
        log.error("cannot serve now", path=request.path, reason=str(fault))
        return dialect.broken(503, "temporarily unavailable, try again")
    except TocsinError as error:
        return dialect.wrong(request, error)
    except Exception:  # noqa: BLE001
        # Whatever else goes wrong is our fault: the log has the trace, the caller an answer in the dialect's shape.
        log.error("request failed", path=request.path, method=request.method)
        return dialect.broken(500, "internal error")


def _received(parts: dict[str, str]) -> Request:
    """The present request, from the event as API Gateway sends it (or a local gateway in its place)."""
    services, event = _Serving.services, _request.get()
    assert services is not None, "serve() comes first"
    about: dict[str, Any] = event.context
    log.begin(about.get("requestId", ""))
    headers = {name.lower(): value for name, value in event.headers.items()}
    query = event.query_params
    return Request(
        services=services,
        method=event.method,
        path=event.path,
        root=services.settings.site_root or _root(headers, about),
        parts={name: unquote(value) for name, value in parts.items()},
        query={name: query.getlist(name) for name in query} if query else {},
        headers=headers,
        body=_body(event),
        source_ip=about.get("identity", {}).get("sourceIp", ""),
    )


def presented(request: Request, header: str = "") -> list[str]:
    """Everything in the request that may be a key, in every form that any dialect knows: its own header, `api_key` in
    the query, a bearer token, and user name and password, or what has no colon, of basic authentication."""
    texts = [request.header(header), *request.query.get("api_key", [])[-1:]]
    scheme, _, rest = request.header("authorization").strip().partition(" ")
    if scheme.lower() == "bearer":
        texts.append(rest.strip())
    return [text for text in (*texts, *_basic(request)) if text]


def _basic(request: Request) -> list[str]:
    """User name and password."""
    scheme, _, rest = request.header("authorization").strip().partition(" ")
    if scheme.lower() != "basic":
        return []
    try:
        user, _, password = base64.b64decode(rest.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return []
    return [user, password]


def opened(request: Request, header: str = "") -> tuple[Key | None, str]:
    """The first key in the request that opens anything; and, where it was the password, the user's name beside it."""
    for text in presented(request, header):
        key = projects.opened_by(text)
        if key:
            user, password = (_basic(request) or ["", ""])[:2]
            return key, user[:100] if text == password else ""
    return None, ""


def _root(headers: dict[str, str], about: dict[str, Any]) -> str:
    """The address under which the caller reaches us, where the owner has not set one."""
    scheme = headers.get("x-forwarded-proto", "http").split(",")[0].strip()
    stage = about.get("stage", "")
    on_gateway = about.get("domainName", "").endswith(".amazonaws.com")
    return f"{scheme}://{headers.get('host', 'localhost')}" + (f"/{stage}" if on_gateway and stage else "")


def _body(event: chalice.app.Request) -> bytes:
    try:
        raw = event.raw_body
        return raw if isinstance(raw, bytes) else raw.encode()
    except UnicodeEncodeError:
        # A gateway handed on text that is no Unicode: keep what can be kept, a ping counts whatever its body.
        return str(event._body).encode("utf-8", "replace")


def _sent(reply: Reply) -> chalice.Response:
    body = reply.body if isinstance(reply.body, str) else json.dumps(reply.body)
    headers: dict[str, Any] = {"Content-Type": reply.content_type, **reply.headers}
    return chalice.Response(body, headers, reply.status)
