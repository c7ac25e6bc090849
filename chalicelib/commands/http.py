"""http(): a page, and what can be read of it. The request is made when the first of that is asked for, and once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any, ClassVar

from chalicelib.commands import actuator, prometheus, web
from chalicelib.commands.base import CommandError, Context, HttpError, text, whole
from chalicelib.languages.conditions.exposed import Exposed

METHODS = ("GET", "HEAD")
RETRIES = 5


def make(context: Context) -> Callable[..., Page]:
    def http(
        url: object,
        method: object = "GET",
        params: object = None,
        timeout: object = 10,
        max_retries: object = 0,
        allow_redirects: object = None,
        verify: object = True,
        oauth2: object = False,
        oauth2_token_name: object = "uid",
        headers: object = None,
    ) -> Page:
        spelt = text(method, "method").upper()
        if spelt not in METHODS:
            raise CommandError(f"method must be one of {', '.join(METHODS)}")
        request = {
            "method": spelt,
            "params": _table(params, "params"),
            "headers": _table(headers, "headers"),
            "timeout": timeout,
            "follow": spelt == "GET" if allow_redirects is None else bool(allow_redirects),
            "verify": bool(verify),
            "token": text(oauth2_token_name, "oauth2_token_name") if oauth2 else "",
        }
        return Page(context, _absolute(context, text(url, "url")), request, whole(max_retries, "max_retries", 0, 100))

    return http


def _table(value: object, name: str) -> Mapping[str, Any] | None:
    if value is None or isinstance(value, Mapping):
        return value
    raise CommandError(f"{name} must be a dict")


def _absolute(context: Context, url: str) -> str:
    """An address that does not say where is behind that of the entity."""
    if url.lower().startswith(("http://", "https://")):
        return url
    base = context.entity.get("url") or (f"http://{context.entity['host']}" if context.entity.get("host") else "")
    if not base or not isinstance(base, str):
        raise CommandError("http() needs a whole web address: the entity has neither url nor host")
    return base.rstrip("/") + url if url.startswith(("/", ":")) else base + url


class Page(Exposed):
    """The answer to http()."""

    names: ClassVar[frozenset[str]] = frozenset(
        {
            *("json", "text", "code", "time", "headers", "cookies", "content_size", "actuator_metrics"),
            *("prometheus", "prometheus_flat", "jolokia"),
        }
    )

    def __init__(self, context: Context, url: str, request: dict[str, Any], retries: int) -> None:
        self._context, self._url, self._request = context, url, request
        self._retries = min(retries, RETRIES)
        self._page: web.Page | None = None

    def _fetched(self, raise_error: object = False) -> web.Page:
        if self._page is None:
            self._page = self._tried()
        if raise_error:
            self._page.require()
        return self._page

    def _tried(self) -> web.Page:
        for _ in range(self._retries):
            try:
                return web.fetch(self._context, self._url, **self._request)
            except HttpError:
                """Once more: the last try's error is the one to tell."""
        return web.fetch(self._context, self._url, **self._request)

    def code(self) -> int:
        return self._fetched().status

    def time(self, raise_error: object = True) -> float:
        """Seconds, look-up and redirects included."""
        return self._fetched(raise_error).seconds

    def json(self, raise_error: object = True) -> Any:
        return self._fetched(raise_error).json()

    def text(self, raise_error: object = True) -> str:
        return self._fetched(raise_error).text()

    def headers(self, raise_error: object = True) -> dict[str, str]:
        return self._fetched(raise_error).headers()

    def cookies(self, raise_error: object = True) -> dict[str, str]:
        return self._fetched(raise_error).cookies()

    def content_size(self, raise_error: object = True) -> int:
        """Bytes, unpacked; of a HEAD, those that a GET would have."""
        page = self._fetched(raise_error)
        told = page.message.get("Content-Length", "").strip()
        return int(told) if self._request["method"] == "HEAD" and told.isdecimal() else page.body.size

    def actuator_metrics(self, prefix: object = "zmon.response.", raise_error: object = True) -> actuator.Ordered:
        page = self._fetched(raise_error)
        document = page.json()
        if not isinstance(document, dict):
            raise page.error("invalid actuator metrics: the answer must be a JSON object")
        return actuator.ordered(document, text(prefix, "prefix"))

    def prometheus(self, flat: object = False) -> dict[str, Any]:
        """Lists of (labels, value) by name; `flat` is that of prometheus_flat()."""
        return self._read(prometheus.flat if flat else prometheus.listed)

    def prometheus_flat(self, include_keys: object = None) -> dict[str, Any]:
        """Values by name, or by name and labels; of the names that one of `include_keys` is like ("http_*"), or all."""
        found = self._read(prometheus.flat)
        if include_keys is None:
            return found
        wanted = [str(one) for one in include_keys] if isinstance(include_keys, (list, tuple, set)) else []
        return {name: value for name, value in found.items() if any(fnmatchcase(name, one) for one in wanted)}

    def _read(self, read: Callable[[str], Mapping[str, Any]]) -> dict[str, Any]:
        page = self._fetched(raise_error=True)
        try:
            return dict(read(page.text()))
        except ValueError as error:
            raise page.error(f"not Prometheus' text format: {error}") from None

    def jolokia(self, read_requests: object, raise_error: object = True) -> Any:
        """What Jolokia answers to several reads, each with at least an `mbean`."""
        if not self._url.endswith("/jolokia/") or set("?&#") & set(self._url):
            raise CommandError("jolokia() needs an address that ends in /jolokia/ and holds none of ?, & and #")
        given = read_requests if isinstance(read_requests, (list, tuple)) else [read_requests]
        body = json.dumps([_read_request(one) for one in given])
        headers = {**(self._request["headers"] or {}), "Content-Type": "application/json"}
        page = web.fetch(
            self._context, self._url, **self._request | {"method": "POST", "body": body, "headers": headers}
        )
        if raise_error:
            page.require()
        return page.json()


def _read_request(given: object) -> dict[str, Any]:
    """It may read, and nothing else that Jolokia can do."""
    if not isinstance(given, Mapping) or "mbean" not in given:
        raise CommandError('jolokia() needs an "mbean" in each of its reads')
    return {**given, "type": "read"}
