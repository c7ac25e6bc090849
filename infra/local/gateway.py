"""API Gateway in front of the app: HTTP requests, as WSGI has them, go through Chalice's LocalGateway.

What LocalGateway takes more loosely than API Gateway is put right on the way: which paths and methods there are, how
odd bytes of a path are spelt, and how long a request may be.
"""

from __future__ import annotations

import base64
import re
from typing import Any

from chalice import Chalice
from chalice.config import Config
from chalice.local import LocalGateway, RouteMatcher

from infra.local.wsgi import Answer, Environ, error

# Amazon API Gateway quotas, "Payload size".
BODY_LIMIT = 10 * 1024 * 1024

NOT_FOUND = error(404, "not found")
TOO_LARGE = error(413, "request body too large")

_ORIGIN = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://[^/?#]*")
_ODD_IN_PATH = re.compile(r"[^!-~]|[;\[\]]")
_ODD_IN_QUERY = re.compile(r"[^!-~]")


class Gateway:
    """The routes of `app`, callable by any number of threads at once."""

    def __init__(self, app: Chalice) -> None:
        self._routes = app.routes
        self._matcher = RouteMatcher(list(app.routes))
        self._gateway = LocalGateway(app, Config())

    def handle(self, environ: Environ) -> Answer:
        path, query = target(environ)
        method = environ["REQUEST_METHOD"]
        if not self._knows(method, path):
            return NOT_FOUND
        if int(environ.get("CONTENT_LENGTH") or 0) > BODY_LIMIT:
            return TOO_LARGE
        body = environ["wsgi.input"].read()
        url = f"{path}?{query}" if query else path
        return _answer(self._gateway.handle_request(method, url, headers(environ), body or None))

    def _knows(self, method: str, path: str) -> bool:
        """Whether API Gateway would call the function at all. LocalGateway takes `//host/path` for `/path`."""
        if not path.startswith("/") or path.startswith("//"):
            return False
        try:
            return method in self._routes[self._matcher.match_route(path).route]
        except ValueError:
            return False


def target(environ: Environ) -> tuple[str, str]:
    """(path, query) of the request as sent, percent-encoded, in ASCII; the path without an origin before it."""
    uri = (
        _ORIGIN.sub("", environ["REQUEST_URI"], count=1)
        if _ORIGIN.match(environ["REQUEST_URI"])
        else environ["REQUEST_URI"]
    )
    path, _, query = uri.partition("#")[0].partition("?")
    return _ODD_IN_PATH.sub(_encoded, path) or "/", _ODD_IN_QUERY.sub(_encoded, query)


def _encoded(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode("latin-1"))


def headers(environ: Environ) -> dict[str, str]:
    """The request's headers by lower-case name, with those that API Gateway adds about where it came from."""
    found = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(name):
            found[name.replace("_", "-").lower()] = environ[name]
    return {
        "x-forwarded-for": environ["REMOTE_ADDR"],
        "x-forwarded-proto": environ["wsgi.url_scheme"],
        "x-forwarded-port": environ["SERVER_PORT"],
        **found,
    }


def _answer(response: dict[str, Any]) -> Answer:
    """What the function answered in the form of API Gateway's Lambda proxy integration."""
    several = response.get("multiValueHeaders") or {}
    listed = [(name, value) for name, values in several.items() for value in values]
    listed += [(name, str(value)) for name, value in (response.get("headers") or {}).items() if name not in several]
    body = response.get("body") or ""
    if response.get("isBase64Encoded"):
        return Answer(response["statusCode"], base64.b64decode(body), listed)
    return Answer(response["statusCode"], body if isinstance(body, bytes) else body.encode("utf-8"), listed)
