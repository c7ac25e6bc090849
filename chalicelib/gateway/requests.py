"""Requests as plain values, whichever entrance of AWS they came through.

| entrance | event | path | query | repeated headers |
|---|---|---|---|---|
| REST API | 1.0, without `version` | as the client encoded it | decoded, lists | lists |
| HTTP API | 1.0 or 2.0 | decoded, after the stage unless that is `$default` | lists, or the raw string | joined |
| function URL | 2.0 | as the client encoded it | the raw string | joined |

(Amazon API Gateway Developer Guide, "Lambda proxy integrations"; Lambda Developer Guide, "Function URLs". That an HTTP
API decodes the path while the others do not is in neither; it was observed.)
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote

from chalicelib.monitor.services import Services

Event = Mapping[str, Any]

# The addresses that AWS gives: of an API, whose stage is part of every path, and of a function.
_API_DOMAINS, _FUNCTION_DOMAIN = (".amazonaws.com", ".amazonaws.com.cn"), ".on.aws"
_DEFAULT_STAGE = "$default"

_FORM = "application/x-www-form-urlencoded"
_FIELD = re.compile(rb"\s*[\w.\[\]%+-]+=")
# What is said of a form where JSON belongs.
FORM = 'is a form: send a JSON object in its place, such as {"name": "value"}'


@dataclass(frozen=True, slots=True)
class Request:
    """A request as a dialect sees it. Header names are lower case, path parts and query values are decoded once.

    `path` is the path of the resource as it was declared, with the names of its parts, so that it can be logged: what
    stands in their places may be a key. `id` is the name that the entrance gave the request. `root` is the address
    under which the caller reaches us, without a slash at its end.
    """

    services: Services
    method: str
    path: str
    root: str
    parts: dict[str, str]
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes
    source_ip: str
    id: str

    def header(self, name: str) -> str:
        return self.headers.get(name.lower(), "")

    @property
    def is_form(self) -> bool:
        """Whether the body is a form. The type alone does not say: it is what curl calls all that it is given."""
        kind = self.header("content-type").partition(";")[0].strip().lower()
        return kind == "multipart/form-data" or (kind == _FORM and bool(_FIELD.match(self.body)))


def received(event: Event, services: Services, path: str, parts: dict[str, str]) -> Request:
    """The request that `event` hands on, for the resource that is declared as `path`."""
    headers = headers_of(event)
    return Request(
        services=services,
        method=method_of(event),
        path=path,
        root=services.settings.site_root or _root(event, headers),
        parts=parts,
        query=_query(event),
        headers=headers,
        body=_body(event),
        source_ip=_about(event, "identity").get("sourceIp") or _about(event, "http").get("sourceIp") or "",
        id=request_id(event),
    )


def request_id(event: Event) -> str:
    """The name that the entrance gave the request, the same when it hands the request on twice."""
    return str(_context(event).get("requestId") or "")


def method_of(event: Event) -> str:
    found = event.get("httpMethod") or _context(event).get("httpMethod") or _about(event, "http").get("method")
    return str(found or "").upper()


def takes_bytes(event: Event) -> bool:
    """Whether the entrance hands an answer on that is no text. A REST API does so only for clients whose Accept names
    one of its binary types, which none of ours do."""
    return bool(_version(event))


def parts_of(event: Event) -> list[str]:
    """The decoded parts of the path, none for the root. One slash at the end means nothing."""
    path = _path(event)[len(_base(event)) :]
    if path and not path.startswith("/"):
        return ["", path]  # nothing is called so
    if len(path) > 1 and path.endswith("/"):
        path = path[:-1]
    parts = path.split("/")[1:]
    if parts == [""]:
        return []
    return [unquote(part) for part in parts] if _is_encoded(event) else parts


def _context(event: Event) -> dict[str, Any]:
    return event.get("requestContext") or {}


def _about(event: Event, name: str) -> dict[str, Any]:
    return _context(event).get(name) or {}


def _version(event: Event) -> str:
    """The version of the event's format, empty from a REST API, which does not say it."""
    return str(event.get("version") or "")


def _path(event: Event) -> str:
    return str(event.get("rawPath") or event.get("path") or _context(event).get("path") or "/")


def _is_encoded(event: Event) -> bool:
    return not _version(event) or _domain(event).endswith(_FUNCTION_DOMAIN)


def _domain(event: Event) -> str:
    return str(_context(event).get("domainName") or "")


def _base(event: Event) -> str:
    """What stands before our own paths in the event's: the stage of an HTTP API, or the path at which a domain of the
    owner's leads to a REST API."""
    path = _path(event)
    if _version(event):
        stage = _stage(event)
        return stage if stage and f"{path}/".startswith(f"{stage}/") else ""
    if event.get("resource") == "/":
        return path.rstrip("/")
    ours = (event.get("pathParameters") or {}).get("proxy")
    end = f"/{ours}".rstrip("/")
    return path.rstrip("/").removesuffix(end) if ours and path.rstrip("/").endswith(end) else ""


def _stage(event: Event) -> str:
    """The stage as the first part of a path, where it is one."""
    stage = _context(event).get("stage")
    return f"/{stage}" if stage and stage != _DEFAULT_STAGE and _domain(event).endswith(_API_DOMAINS) else ""


def _root(event: Event, headers: dict[str, str]) -> str:
    """The address under which the caller reaches us, where the owner has not set one."""
    scheme = headers.get("x-forwarded-proto", "http").split(",")[0].strip()
    return f"{scheme}://{headers.get('host', 'localhost')}{_base(event) or _stage(event)}"


def headers_of(event: Event) -> dict[str, str]:
    """The headers by lower-case name; the values of one that is repeated are joined."""
    several = event.get("multiValueHeaders")
    if several:
        found = {name.lower(): _joined(name.lower(), values) for name, values in several.items()}
    else:
        found = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    if event.get("cookies"):
        found["cookie"] = _joined("cookie", event["cookies"])
    return found


def _joined(name: str, values: list[str]) -> str:
    return ("; " if name == "cookie" else ", ").join(values)


def _query(event: Event) -> dict[str, list[str]]:
    """The values of each parameter, in the order in which they were given."""
    if "rawQueryString" in event:
        return parse_qs(event["rawQueryString"], keep_blank_values=True)
    several = event.get("multiValueQueryStringParameters")
    if several:
        return {name: list(values) for name, values in several.items()}
    return {name: [value] for name, value in (event.get("queryStringParameters") or {}).items()}


def _body(event: Event) -> bytes:
    body = event.get("body") or b""
    if isinstance(body, bytes):
        return body
    if event.get("isBase64Encoded"):
        try:
            return base64.b64decode(body)
        except binascii.Error:
            pass
    # A gateway may hand on text that is no Unicode: keep what can be kept, a ping counts whatever its body.
    return str(body).encode("utf-8", "replace")
