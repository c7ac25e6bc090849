"""The requests of one HTTP probe: the first, made of its definition, and those that redirects ask for (RFC 9110, 15.4).

Both engines send one request at a time and ask here for the next, so that the rules are the same whoever sends.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit

from chalicelib.net import urls as addresses
from chalicelib.net.urls import Target
from chalicelib.probes import phrases, urls
from chalicelib.probes.base import AGENT, Failed

if TYPE_CHECKING:
    from chalicelib.probes.http import Definition

REDIRECTS = 10
# Log-in pages put what they want to know again into the address that they send their visitors to.
LONGEST = 16_384

# What may follow a redirect to another origin; everything else may be a secret that was meant for the first one.
_TRAVELLING = frozenset({"accept", "accept-language", "content-type", "user-agent"})
_FORM = "application/x-www-form-urlencoded"
_MORE = re.compile(r"[\x00-\x20\x7f/?#@\\%]")
_SECRET = re.compile("auth|cookie|credential|key|pass|secret|session|sig|token", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Request:
    """`headers` lack Host, Content-Length and Accept-Encoding, which are the engine's business, and the `cookie` that
    was set on the way here, which `lines` have too."""

    method: str
    target: Target
    headers: dict[str, str]
    body: bytes | None
    cookie: str = ""

    @property
    def lines(self) -> dict[str, str]:
        """The headers as they are sent."""
        if not self.cookie:
            return self.headers
        own = [value for name, value in self.headers.items() if name.lower() == "cookie"]
        others = {name: value for name, value in self.headers.items() if name.lower() != "cookie"}
        return others | {"Cookie": "; ".join([*own, self.cookie])}


def first(definition: Definition) -> Request:
    """The request that a clean definition describes."""
    headers = dict(definition.headers)
    given = {name.lower() for name in headers} if headers else ()
    body = body_of(definition) or None
    added = {"User-Agent": AGENT, "Accept": "*/*"}
    if body:
        added["Content-Type"] = _FORM
    if definition.user:
        added["Authorization"] = _basic(definition.user, definition.password)
    if given:
        added = {name: value for name, value in added.items() if name.lower() not in given} | headers
    return Request(definition.method, urls.parse(definition.url), added, body)


def body_of(definition: Definition) -> bytes:
    """What is sent, in the charset that its own Content-Type names. Raises UnicodeEncodeError."""
    types = [value for name, value in definition.headers.items() if name.lower() == "content-type"]
    return definition.body.encode(phrases.charset_in(types[0] if types else "") or "utf-8")


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode("ascii")


def redirected(request: Request, status: int, location: str) -> Request:
    """The request that a redirect asks for. Raises Failed where it must not be made."""
    target = _target(request, location)
    following = _method(replace(request, target=replace(target, user=None, password=None)), status)
    if target.origin != request.target.origin:
        if request.target.encrypted and not target.encrypted and _carries_secrets(following):
            raise Failed("redirected from https to http with credentials")
        travelling = {name: value for name, value in following.headers.items() if name.lower() in _TRAVELLING}
        following = replace(following, headers=travelling)
    if target.user is None:
        return following
    others = {name: value for name, value in following.headers.items() if name.lower() != "authorization"}
    given = {"Authorization": _basic(unquote(target.user), unquote(target.password or ""))}
    return replace(following, headers=others | given)


def _target(request: Request, location: str) -> Target:
    """Where a Location leads. What no address holds has been escaped in it, also in a host's name, which has another
    way to be written."""
    try:
        joined = urljoin(request.target.url, location)
        authority = urlsplit(joined).netloc
        if len(joined) <= LONGEST:
            return addresses.parse(joined.replace(authority, _authority(authority), 1))
    except ValueError:
        pass
    raise Failed("redirected to what is no web address")


def _authority(text: str) -> str:
    """User, host and port of an address, the host as it is meant. Raises ValueError where it would become more than a
    host."""
    user, at, host = text.rpartition("@")
    if "%" not in host:
        return text
    meant = unquote(host)
    if _MORE.search(meant):
        raise ValueError
    return user + at + meant


def _method(request: Request, status: int) -> Request:
    """303 asks for a GET; 301 and 302 too when the request was a POST; the others repeat it."""
    if request.method in ("GET", "HEAD") or status in (307, 308) or (status != 303 and request.method != "POST"):
        return request
    headers = {name: value for name, value in request.headers.items() if name.lower() != "content-type"}
    return Request("GET", request.target, headers, None)


def _carries_secrets(request: Request) -> bool:
    return request.body is not None or any(_SECRET.search(name) for name in request.headers)
