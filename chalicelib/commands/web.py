"""Pages that commands fetch: the HTTP of the probes without a verdict."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from email.message import Message
from typing import Any
from urllib.parse import quote, unquote, urlencode

from chalicelib.commands.base import Context, HttpError, asking
from chalicelib.net import urls
from chalicelib.net.urls import Target
from chalicelib.probes import bodies, http, phrases, plain, redirects
from chalicelib.probes.connection import Session
from chalicelib.probes.redirects import Request

_ERRORS = 400
# So much of a text is looked at for its charset.
_BEGINNING = phrases.BEGINNING


class _Call(http.Exam):
    """One request, whose answer is kept."""

    __slots__ = ()

    def __init__(self, definition: http.Definition, request: Request, session: Session) -> None:
        super().__init__(definition, session.now)
        self.request = request

    @property
    def takes_packed(self) -> bool:
        return True

    def body(self, packing: str, content_type: str) -> bodies.Body:
        return bodies.Body(packing, content_type, keep=True, judges=True)


@dataclass(frozen=True, slots=True)
class Page:
    """An answer. `address` is where it was asked for, without what may be secret; `seconds` how long it took."""

    address: str
    status: int
    message: Message
    body: bodies.Body
    seconds: float

    def require(self) -> None:
        """Raises HttpError for an answer that is an error."""
        if self.status >= _ERRORS:
            raise self.error(http.said(self.status))

    def error(self, why: str) -> HttpError:
        return HttpError(f"HTTP request failed for {self.address}: {why}")

    def content(self) -> bytes:
        """Raises HttpError for what did not come whole."""
        self.body.end()
        if self.body.broken:
            raise self.error(bodies.UNREADABLE)
        if self.body.cut or self.body.size > bodies.KEPT:
            raise self.error(f"answer is larger than {bodies.KEPT} bytes")
        return bytes(self.body.kept)

    def text(self) -> str:
        content = self.content()
        charset = phrases.charset_of(self.message.get("Content-Type", ""), content[:_BEGINNING])
        return content.decode(charset, "replace").removeprefix("\ufeff")

    def json(self) -> Any:
        try:
            return json.loads(self.content())
        except (ValueError, RecursionError):
            raise self.error("answer is not JSON") from None

    def headers(self) -> dict[str, str]:
        """By their names as they came; those that came in small letters alone as they are written otherwise."""
        found: dict[str, str] = {}
        for name, value in self.message.items():
            written = "-".join(part.capitalize() for part in name.split("-")) if name.islower() else name
            found[written] = f"{found[written]}, {value}" if written in found else value
        return found

    def cookies(self) -> dict[str, str]:
        lines = self.message.get_all("Set-Cookie", [])
        pairs = (line.partition(";")[0].partition("=") for line in lines)
        return {name.strip(): value.strip() for name, _, value in pairs if name.strip()}


def fetch(
    context: Context,
    url: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, Any] | None = None,
    body: str = "",
    timeout: object = 10,
    follow: bool = True,
    verify: bool = True,
    token: str = "",
) -> Page:
    """One request, redirects included; `token` names what to show of oneself (OAuth 2.0). Raises HttpError."""
    session = context.session(timeout)
    target = _target(url, params)
    address = shown(target)
    with asking(f"HTTP request failed for {address}", session, HttpError):
        given = {"url": target.url, "method": method, "body": body, "follow_redirects": follow, "verify": verify}
        user, password = (unquote(part or "") for part in (target.user, target.password))
        definition = http.clean({**given, "headers": dict(headers or {}), "user": user, "password": password})
        request = redirects.first(definition)
        if token:
            request = replace(request, headers=request.headers | _shown(context, target, token, verify))
        return exchange(definition, request, session, address)


def exchange(definition: http.Definition, request: Request, session: Session, address: str) -> Page:
    """The answer to a request. Raises what `asking` has words for."""
    answer, message = plain.fetch(_Call(definition, request, session), session)
    return Page(address, answer.status, message, answer.body, session.phases().total / 1e3)


def shown(target: Target) -> str:
    """An address as it may be seen: without user, password and query."""
    return target.site + target.path.partition("?")[0]


def _target(url: str, params: Mapping[str, Any] | None) -> Target:
    try:
        target = urls.parse(quote(url.strip(), safe="%/?:@!$&'()*+,;=[]~#"))
    except ValueError as error:
        raise HttpError(f"the web address {error}") from None
    if not params:
        return target
    sign = "&" if "?" in target.path else "?"
    return replace(target, path=f"{target.path}{sign}{urlencode(dict(params), doseq=True)}")


def _shown(context: Context, target: Target, name: str, verify: bool) -> dict[str, str]:
    if not target.encrypted:
        raise HttpError("a token is sent over https alone")
    found = context.credential("oauth2", target.host, name)
    if found is None:
        raise HttpError(f"the project has no token {name!r} for {target.host}")
    if found.verify and not verify:
        raise HttpError(f"the token {name!r} is sent to a host that is verified alone")
    return {"Authorization": f"Bearer {found.password}"}
