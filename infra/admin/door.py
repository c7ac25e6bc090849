"""The way into a running service on this machine: POST /admin with {"argv": [...]} answers {"output", "code"}; a
password stands beside that as {"secret": "..."}, a text to be imported as {"document": "..."}.

Whoever may call it owns every project, so it opens only for a program on the same machine; a page in a browser there is
none.

1. The caller's address is a loopback address, and no proxy speaks for somebody farther away.
2. The Host header names this machine: a page whose own name was made to point here (DNS rebinding) sends its own name.
3. The header X-Tocsin-Local is there, which a page of another site cannot send without leave, and no Origin is.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from chalicelib.monitor.services import Services
from infra.admin import commands

PATH = "/admin"
HEADER, HEADER_VALUE = "X-Tocsin-Local", "1"
WORDS_MAX = 65_536
# What is imported comes along.
BODY_MAX = 32_000_000
HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
FROM_AFAR = ("HTTP_ORIGIN", "HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_VIA")


def handle(services: Services, environ: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
    """The HTTP status and JSON document that answer a WSGI request to PATH."""
    if not _is_local(environ):
        return 403, {"error": "this address is for programs on the same machine"}
    if environ["REQUEST_METHOD"] != "POST":
        return 405, {"error": "method not allowed"}
    asked = _asked(environ)
    if asked is None:
        return 400, {"error": 'the body must be {"argv": [...]}, a list of strings'}
    code, output = commands.answer(services, *asked)
    return 200, {"output": output, "code": code}


def _is_local(environ: Mapping[str, Any]) -> bool:
    return (
        _is_loopback(environ.get("REMOTE_ADDR", ""))
        and _host(environ.get("HTTP_HOST", "")) in HOSTS
        and environ.get("HTTP_X_TOCSIN_LOCAL") == HEADER_VALUE
        and not any(name in environ for name in FROM_AFAR)
    )


def _is_loopback(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def _host(header: str) -> str:
    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""


def _asked(environ: Mapping[str, Any]) -> tuple[list[str], str, str] | None:
    """The words of the command, its secret and its document; None if the body is no such thing."""
    try:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = json.loads(environ["wsgi.input"].read(length)) if 0 <= length <= BODY_MAX else None
    except (ValueError, RecursionError):
        return None
    given = body if isinstance(body, dict) else {}
    argv, secret, document = given.get("argv"), given.get("secret", ""), given.get("document", "")
    if not isinstance(argv, list) or not all(isinstance(word, str) for word in (*argv, secret, document)):
        return None
    return (argv, secret, document) if sum(map(len, (*argv, secret))) <= WORDS_MAX else None
