"""Where a device is: a URL, or the host, port and path of HostData, whichever of the two was changed."""

from __future__ import annotations

from typing import Any
from urllib.parse import SplitResult, urlsplit, urlunsplit

from chalicelib.api.alertra import words
from chalicelib.api.alertra.values import number
from chalicelib.core.errors import Invalid

PORT_MAX = 65_535

_PARTS = ("Host", "Port", "Path")


def placed(draft: dict[str, Any], merged: dict[str, Any], news: dict[str, Any], method: str) -> dict[str, Any]:
    """A probe's draft definition with its address in it. `merged` is the device as it is to be, `news` what of it is
    new. Raises Invalid."""
    kind = words.methods()[method]
    url = merged.get("URL") or ""
    if not isinstance(url, str):
        raise Invalid("URL", "is not a string")
    fresh = news.get("HostData") or {}
    if kind in words.OF_URLS:
        rest = {key: value for key, value in draft.items() if key not in ("host", "port", "path")}
        return rest | {"url": _url(url, draft, news, method)}
    return _with_host(draft, url, kind, news, fresh)


def _url(url: str, draft: dict[str, Any], news: dict[str, Any], method: str) -> str:
    """The URL: as it was given, or with the new host, port and path of HostData in their places."""
    fresh = news.get("HostData") or {}
    if not url and not draft.get("host"):
        raise Invalid("URL", "is missing")
    if url and not news.get("URL"):
        url = _without(url, [part for part in ("Port", "Path") if part in fresh and fresh[part] is None])
    if not url or any(fresh.get(part) is not None for part in _PARTS):
        secure = method == "HTTPS" or url.lower().startswith(("https:", "wss:"))
        url = _assembled(_split(url), draft, words.OF_URLS[words.methods()[method]][secure])
    return _as_method(url, method, news) if "Method" in news else url


def _without(url: str, parts: list[str]) -> str:
    """`url` with what a URL has that was never given one or the other of these parts."""
    if not parts:
        return url
    split = _split(url)
    if "Port" in parts and split.port is not None:
        split = split._replace(netloc=split.netloc.rpartition(":")[0])
    return urlunsplit(split._replace(path="/", query="") if "Path" in parts else split)


def _assembled(split: SplitResult, draft: dict[str, Any], scheme: str) -> str:
    host, path = draft.get("host") or split.hostname or "", draft.get("path") or split.path or "/"
    for value, name, unfit in ((host, "Host", "\r\n@#/?"), (path, "Path", "\r\n#")):
        if not isinstance(value, str) or any(character in value for character in unfit):
            raise Invalid(f"HostData.{name}", "cannot stand in a web address")
    port = number(draft.get("port"), "HostData.Port", 1, PORT_MAX, 0) or split.port
    bracketed = f"[{host}]" if ":" in host and not host.startswith("[") else host
    path, _, query = (path if path.startswith("/") else f"/{path}").partition("?")
    return urlunsplit((scheme, f"{bracketed}:{port}" if port else bracketed, path, query or split.query, ""))


def _as_method(url: str, method: str, news: dict[str, Any]) -> str:
    """A URL whose scheme is the new method's; a new URL beside a method that it contradicts is a slip."""
    scheme, _, rest = url.partition(":")
    if scheme.lower() == method.lower() or {scheme.lower(), method.lower()} != {"http", "https"}:
        return url
    if news.get("URL"):
        raise Invalid("Method", f"does not fit a URL that begins with {scheme.lower()}:")
    return f"{method.lower()}:{rest}"


def _with_host(
    draft: dict[str, Any], url: str, kind: str, news: dict[str, Any], fresh: dict[str, Any]
) -> dict[str, Any]:
    """The draft of what has no URLs: a host (or the domain that is looked up) and its port, from HostData or from
    `URL`, which is then a host, or host and port, with or without something:// before it."""
    key = "host"
    if kind == "domain":
        key, draft = "domain", _with_domain(draft, fresh)
    named = fresh.get("Host") is not None or fresh.get("Domain") is not None
    if not url or (draft.get(key) and (named or not news.get("URL"))):
        return draft
    split = _split(url if "://" in url else f"//{url}")
    found = draft | {key: split.hostname or ""}
    if split.port and fresh.get("Port") is None:
        found["port"] = split.port
    return found


def _with_domain(draft: dict[str, Any], fresh: dict[str, Any]) -> dict[str, Any]:
    """HostData.Host is understood as the domain, unless that is given itself."""
    rest = {key: value for key, value in draft.items() if key != "host"}
    if draft.get("host") and (fresh.get("Domain") is None or not draft.get("domain")):
        rest["domain"] = draft["host"]
    return rest


def _split(url: str) -> SplitResult:
    try:
        split = urlsplit(url)
        _ = split.port
    except ValueError:
        raise Invalid("URL", "is not a web address") from None
    if "@" in split.netloc:
        raise Invalid("URL", "must not hold a user name or password: give them as HostData.User and HostData.Password")
    return split
