"""The entrances of AWS before the application: each makes of one request the event that it would hand on.

(Amazon API Gateway Developer Guide, "Lambda proxy integrations" and "Payload format version"; AWS Lambda Developer
Guide, "Function URLs".)
"""

from __future__ import annotations

import base64
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote

Event = dict[str, Any]
Headers = list[tuple[str, str]]
# An entrance gives each request a name of its own.
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Sent:
    """A request as the client sent it."""

    method: str
    target: str
    headers: Headers
    body: bytes | str = b""

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]

    def several(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, value in self.headers:
            found.setdefault(name, []).append(value)
        return found

    def joined(self) -> dict[str, str]:
        """Lower-case names; the values of a repeated header joined; cookies left out."""
        found = {name.lower(): ",".join(values) for name, values in self.several().items()}
        found.pop("cookie", None)
        return found


def rest(sent: Sent) -> Event:
    """A REST API: format 1.0 without a version, the path as it was sent; a body that is no text came under one of the
    types that are told to be binary."""
    query = parse_qs(sent.query, keep_blank_values=True)
    return {
        "resource": "/{proxy+}" if sent.path != "/" else "/",
        "path": sent.path,
        "httpMethod": sent.method,
        "headers": dict(sent.headers) or None,
        "multiValueHeaders": sent.several() or None,
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": {"proxy": sent.path.strip("/")} if sent.path != "/" else None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": "/{proxy+}",
            "httpMethod": sent.method,
            "path": f"/dev{sent.path}",
            "stage": "dev",
            "domainName": "abc.execute-api.eu-north-1.amazonaws.com",
            "requestId": f"request-{next(_numbers)}",
            "identity": {"sourceIp": "127.0.0.1"},
        },
        "body": None,
        **_body(sent),
    }


def http_1(sent: Sent) -> Event:
    """An HTTP API whose integration asks for format 1.0: the path is decoded."""
    event = rest(sent)
    context = event["requestContext"] | {"stage": "$default", "path": unquote(sent.path)}
    return event | {"version": "1.0", "path": unquote(sent.path), "requestContext": context}


def http_2(sent: Sent) -> Event:
    """An HTTP API: format 2.0, the path decoded, the query as it was sent."""
    return _newest(sent, unquote(sent.path), "abc.execute-api.eu-north-1.amazonaws.com")


def function_url(sent: Sent) -> Event:
    """A function URL: format 2.0, the path as it was sent."""
    return _newest(sent, sent.path, "abc.lambda-url.eu-north-1.on.aws")


def _newest(sent: Sent, path: str, domain: str) -> Event:
    cookies = [one.strip() for name, value in sent.headers if name.lower() == "cookie" for one in value.split(";")]
    query = parse_qs(sent.query, keep_blank_values=True)
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": sent.query,
        **({"cookies": cookies} if cookies else {}),
        "headers": sent.joined(),
        **({"queryStringParameters": {name: ",".join(values) for name, values in query.items()}} if query else {}),
        "requestContext": {
            "domainName": domain,
            "http": {"method": sent.method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1"},
            "requestId": f"request-{next(_numbers)}",
            "stage": "$default",
        },
        **_body(sent),
    }


def _body(sent: Sent) -> dict[str, Any]:
    """A body that is no text is base64. A text is handed on as it is, whatever an entrance has made of it."""
    if not sent.body:
        return {"isBase64Encoded": False}
    if isinstance(sent.body, str):
        return {"body": sent.body, "isBase64Encoded": False}
    try:
        return {"body": sent.body.decode(), "isBase64Encoded": False}
    except UnicodeDecodeError:
        return {"body": base64.b64encode(sent.body).decode(), "isBase64Encoded": True}


ENTRANCES: dict[str, Callable[[Sent], Event]] = {
    "rest": rest,
    "http-1.0": http_1,
    "http-2.0": http_2,
    "function-url": function_url,
}
DECODED = ("http-1.0", "http-2.0")
TAKE_BYTES = ("http-1.0", "http-2.0", "function-url")
