"""The requests of one HTTP probe: the first, made of its definition, and those that redirects ask for (RFC 9110, 15.4).

Both engines send one request at a time and ask here for the next, so that the rules are the same whoever sends.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from chalicelib.net.urls import Target
from chalicelib.probes import urls
from chalicelib.probes.base import AGENT, Failed

if TYPE_CHECKING:
    from chalicelib.probes.http import Definition

REDIRECTS = 10

# What may follow a redirect to another origin; everything else may be a secret that was meant for the first one.
_TRAVELLING = frozenset({"accept", "accept-language", "content-type", "user-agent"})
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Request:
    """`headers` lack Host, Content-Length and Accept-Encoding, which are the engine's business."""

    method: str
    target: Target
    headers: dict[str, str]
    body: bytes | None


def first(definition: Definition) -> Request:
    """The request that a clean definition describes."""
    headers = dict(definition.headers)
    given = {name.lower() for name in headers} if headers else ()
    body = definition.body.encode() or None
    added = {"User-Agent": AGENT, "Accept": "*/*"}
    if body:
        added["Content-Type"] = _FORM
    if definition.user:
        pair = f"{definition.user}:{definition.password}".encode()
        added["Authorization"] = "Basic " + base64.b64encode(pair).decode("ascii")
    if given:
        added = {name: value for name, value in added.items() if name.lower() not in given} | headers
    return Request(definition.method, urls.parse(definition.url), added, body)


def redirected(request: Request, status: int, location: str) -> Request:
    """The request that a redirect asks for. Raises Failed where it must not be made."""
    try:
        target = urls.parse(urljoin(request.target.url, location))
    except ValueError as error:
        raise Failed("redirected to what is no web address") from error
    following = _method(replace(request, target=target), status)
    if target.origin == request.target.origin:
        return following
    if request.target.encrypted and not target.encrypted and _carries_secrets(following):
        raise Failed("redirected from https to http with credentials")
    travelling = {name: value for name, value in following.headers.items() if name.lower() in _TRAVELLING}
    return replace(following, headers=travelling)


def _method(request: Request, status: int) -> Request:
    """303 asks for a GET; 301 and 302 too when the request was a POST; the others repeat it."""
    if request.method in ("GET", "HEAD") or status in (307, 308) or (status != 303 and request.method != "POST"):
        return request
    headers = {name: value for name, value in request.headers.items() if name.lower() != "content-type"}
    return Request("GET", request.target, headers, None)


def _carries_secrets(request: Request) -> bool:
    return request.body is not None or any(name.lower() not in _TRAVELLING for name in request.headers)
