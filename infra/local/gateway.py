"""API Gateway in front of the app: HTTP requests, as WSGI has them, become the events of a REST API.

(Amazon API Gateway Developer Guide, "Lambda proxy integrations in API Gateway".)
"""

from __future__ import annotations

import base64
import re
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from infra.local.wsgi import Answer, Environ, error

# Amazon API Gateway quotas, "Payload size".
BODY_LIMIT = 10 * 1024 * 1024

NOT_FOUND = error(404, "not found")
TOO_LARGE = error(413, "request body too large")

App = Callable[[dict[str, Any], Any], dict[str, Any]]

_ORIGIN = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]*://[^/?#]*")
_ODD_IN_PATH = re.compile(r"[^!-~]|[;\[\]]")
_ODD_IN_QUERY = re.compile(r"[^!-~]")


class Gateway:
    """`app` behind a REST API, callable by any number of threads at once."""

    def __init__(self, app: App) -> None:
        self._app = app

    def handle(self, environ: Environ) -> Answer:
        if int(environ.get("CONTENT_LENGTH") or 0) > BODY_LIMIT:
            return TOO_LARGE
        return _answer(self._app(event(environ), None))


def event(environ: Environ) -> dict[str, Any]:
    """The request as a REST API hands it on. A body is base64, so that it comes through byte by byte: that is what an
    API does whose owner lists binary types."""
    path, query = target(environ)
    method = environ["REQUEST_METHOD"]
    body = environ["wsgi.input"].read()
    context = {"requestId": str(uuid.uuid4()), "identity": {"sourceIp": environ["REMOTE_ADDR"]}, "httpMethod": method}
    return {
        "httpMethod": method,
        "path": path,
        "headers": headers(environ),
        "multiValueQueryStringParameters": parse_qs(query, keep_blank_values=True) or None,
        "requestContext": context,
        "body": base64.b64encode(body).decode() if body else None,
        "isBase64Encoded": bool(body),
    }


def target(environ: Environ) -> tuple[str, str]:
    """(path, query) of the request as sent, percent-encoded, in ASCII; the path without an origin before it."""
    uri = _ORIGIN.sub("", environ["REQUEST_URI"], count=1)
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
