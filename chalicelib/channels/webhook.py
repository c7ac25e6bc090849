"""Webhooks with the rules of Healthchecks' webhook integration: for each direction a method, an address, headers and a
body, with placeholders. An empty address means that this direction is not told.

Any 2xx is a success.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

from chalicelib.channels import fields
from chalicelib.channels.answers import refused
from chalicelib.channels.base import Event, Outlet, in_turn
from chalicelib.channels.payloads import FORMATS
from chalicelib.channels.placeholders import expand
from chalicelib.core.news import News

name = "webhook"
service = "webhook"
opens_incidents = False

METHODS = ("GET", "POST", "PUT")
BODY_LIMIT = 10_000
HEADERS_LIMIT, HEADER_NAME_LIMIT, HEADER_LIMIT = 20, 100, 2_000

# Bodies by the name of the product whose receivers understand them.
BODIES = {form.name: f"${form.placeholder}" for form in FORMATS}

_DIRECTIONS = ("down", "up")
secrets = tuple(f"{part}_{direction}" for direction in _DIRECTIONS for part in ("url", "headers", "body"))
_SETTINGS = [f"{part}_{direction}" for direction in _DIRECTIONS for part in ("method", "url", "body", "headers")]
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# These are the sender's own, or would break the message around them.
_RESERVED = frozenset(
    {"accept-encoding", "connection", "content-length", "expect", "host", "idempotency-key", "keep-alive"}
    | {"proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"}
)


def clean(settings: dict[str, object]) -> dict[str, Any]:
    if "format" in settings:
        settings = _formatted(settings)
    fields.refuse_unknown(settings, _SETTINGS)
    cleaned: dict[str, Any] = {}
    for direction in _DIRECTIONS:
        cleaned |= _clean_direction(settings, direction)
    if not (cleaned["url_down"] or cleaned["url_up"]):
        raise fields.invalid("url_down", "is empty, and so is settings.url_up")
    return cleaned


def wants(settings: dict[str, Any], event: Event) -> bool:
    return event == "test" or bool(settings.get(f"url_{event}"))


@in_turn
def send(settings: dict[str, Any], news: News, outlet: Outlet) -> None:
    direction = _direction(settings, news)
    method = settings[f"method_{direction}"]
    url = expand(settings[f"url_{direction}"], news, _quoted)
    body = None if method == "GET" else expand(settings[f"body_{direction}"], news, in_body=True)
    headers = _headers(settings[f"headers_{direction}"], news, body)
    answer = outlet.http.send(method, url, headers, None if body is None else body.encode("utf-8", "replace"))
    if not answer.ok:
        raise refused(service, answer, news.now)


def public(settings: dict[str, Any]) -> dict[str, Any]:
    """Tokens are put into addresses, headers and bodies alike: of all three, a reader sees only that they are there."""
    shown = dict(settings)
    for direction in _DIRECTIONS:
        shown[f"url_{direction}"] = fields.masked(settings[f"url_{direction}"])
        shown[f"body_{direction}"] = fields.MASK if settings[f"body_{direction}"] else ""
        shown[f"headers_{direction}"] = dict.fromkeys(settings[f"headers_{direction}"], fields.MASK)
    return shown


def header_value(value: str) -> str:
    """A placeholder's value as a header can carry it: on one line, in Latin-1, other characters as `&#9731;`."""
    return _CONTROL.sub(" ", value).encode("latin-1", "xmlcharrefreplace").decode("latin-1")


def _formatted(settings: dict[str, object]) -> dict[str, object]:
    """The settings that `format` and `url` stand for: one ready-made body, to one address, in both directions."""
    fields.refuse_unknown(settings, ["format", "url"])
    form = fields.text(settings, "format", 50)
    if form not in BODIES:
        raise fields.invalid("format", f"is not one of {', '.join(BODIES)}")
    url = _clean_url(settings, "url")
    if not url:
        raise fields.invalid("url", "is empty" if "url" in settings else "is missing")
    one = {"method": "POST", "url": url, "body": BODIES[form]}
    return {f"{part}_{direction}": value for direction in _DIRECTIONS for part, value in one.items()}


def _clean_direction(settings: dict[str, object], direction: str) -> dict[str, Any]:
    body = fields.text(settings, f"body_{direction}", BODY_LIMIT, "")
    method = fields.text(settings, f"method_{direction}", 10, "POST" if body else "GET").upper()
    if method not in METHODS:
        raise fields.invalid(f"method_{direction}", f"is not one of {', '.join(METHODS)}")
    if body and method == "GET":
        raise fields.invalid(f"body_{direction}", "cannot be sent with GET")
    return {
        f"method_{direction}": method,
        f"url_{direction}": _clean_url(settings, f"url_{direction}"),
        f"body_{direction}": body,
        f"headers_{direction}": _clean_headers(settings, f"headers_{direction}"),
    }


def _clean_url(settings: dict[str, object], key: str) -> str:
    """An address whose host is fixed: placeholders may stand in its path and query only, so that a check's name cannot
    choose who is called."""
    url = fields.text(settings, key, fields.URL_LIMIT, "").strip()
    return fields.address(url, key) if url else ""


def _clean_headers(settings: dict[str, object], key: str) -> dict[str, str]:
    headers = settings.get(key, {})
    if not isinstance(headers, dict):
        raise fields.invalid(key, "is not an object")
    if len(headers) > HEADERS_LIMIT:
        raise fields.invalid(key, f"holds more than {HEADERS_LIMIT} headers")
    if len({str(header).lower() for header in headers}) < len(headers):
        raise fields.invalid(key, "names a header twice")
    return {_clean_header_name(header, key): _clean_header(value, key) for header, value in headers.items()}


def _clean_header_name(header: object, key: str) -> str:
    header = fields.plain(header, key, HEADER_NAME_LIMIT)
    if not _TOKEN.fullmatch(header):
        raise fields.invalid(key, "holds a name that is not a header's")
    if header.lower() in _RESERVED:
        raise fields.invalid(key, f"must not set {header}")
    return header


def _clean_header(value: object, key: str) -> str:
    value = fields.plain(value, key, HEADER_LIMIT).strip(" \t")
    if header_value(value) != value:
        raise fields.invalid(key, "holds a value with control characters or characters outside Latin-1")
    return value


def _direction(settings: dict[str, Any], news: News) -> str:
    """Which half of the settings is meant. A test uses the half of its flip, or the other if that has no address."""
    if news.event != "test":
        return news.event
    first, second = _DIRECTIONS if news.flip.new == "down" else reversed(_DIRECTIONS)
    return first if settings.get(f"url_{first}") else second


def _headers(given: dict[str, str], news: News, body: str | None) -> dict[str, str]:
    """The owner's headers over our defaults, and the idempotency key."""
    headers = {header: expand(value, news, header_value) for header, value in given.items()}
    names = {header.lower() for header in headers}
    if body and "content-type" not in names:
        headers["Content-Type"] = "application/json" if _is_json(body) else "text/plain; charset=utf-8"
    if "user-agent" not in names:
        headers["User-Agent"] = "Tocsin"
    return headers | {"Idempotency-Key": header_value(news.id)}


def _quoted(value: str) -> str:
    return quote(value.encode("utf-8", "replace"), safe="")


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
