"""From what a client writes of a device to the attributes of a check. Every error names the field that is wrong.

A change is merged into the device as it is, deep: what it does not name stays, null takes a value away. What an answer
shows and nobody can write (Status, LastCheckResult ...) is passed over, so that a document that was read can be sent
back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import SplitResult, urlsplit, urlunsplit

from chalicelib import probes
from chalicelib.api.alertra import wire, words
from chalicelib.core.check import Check
from chalicelib.core.errors import Invalid
from chalicelib.monitor import devices, manage

READ_ONLY = ("device_id", "Status", "StatusSince", "LastCheckResult")
WRITABLE = (
    *("ShortName", "FullName", "Method", "URL", "Frequency", "Active", "Timeout", "Retries", "RetryDelay", "PerfWarn"),
    *("PerfCrit", "PerfDown", "Locations", "MasterDevice", "Contacts", "HostData"),
)
SHORT_NAME, FULL_NAME = 8, 100
RETRIES, RETRY_DELAY = 5, 300
PERF_MAX = 60_000
PLACES = 20
VERDICTS = ("", "Slow", "Critical")

_NUMBER = re.compile(r"-?[0-9]{1,18}")
_ITEM = re.compile(r"[A-Z][A-Za-z0-9]*")
_YES = {"y": True, "yes": True, "true": True, "1": True, "n": False, "no": False, "false": False, "0": False}
_URL_PARTS = ("Host", "Port", "Path")
_LISTS = ("json", "expected")


def values(project: str, given: dict[str, Any], device: Check | None = None) -> dict[str, Any]:
    """The attributes of a check that `given` means, for a new device or a changed one; `paused` among them tells
    whether it is to be inactive. Raises Invalid."""
    _refuse_unknown(given, (*WRITABLE, *READ_ONLY), "")
    given = {key: value for key, value in given.items() if key in WRITABLE}
    before = wire.device(device, device.created, config=True) if device else {}
    merged = _merged({key: value for key, value in before.items() if key in WRITABLE}, given)
    definition = _definition(merged, given, device)
    watch = {"probe": definition, **_watch(merged)}
    found: dict[str, Any] = {
        "name": _text(merged, "FullName", FULL_NAME),
        "period": _frequency(merged.get("Frequency")),
        "watch": watch,
        "master": _master(merged.get("MasterDevice")),
    }
    if given.get("Contacts") is not None:
        found["channels"] = _contacts(project, given["Contacts"])
    if "Active" in given:
        found["paused"] = not _flag(given["Active"], "Active")
    return found


def _refuse_unknown(given: dict[str, Any], known: Iterable[str], before: str) -> None:
    for key in given:
        if key not in known:
            raise Invalid(f"{before}{ascii(key)[1:-1][:60]}", "is not a field of a device")


def _merged(before: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """`before` with `change` in it, object by object; null removes."""
    result = dict(before)
    for key, value in change.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict) and isinstance(result.get(key), dict):
            result[key] = _merged(result[key], value)
        else:
            result[key] = value
    return result


def _definition(merged: dict[str, Any], given: dict[str, Any], device: Check | None) -> dict[str, Any]:
    """The clean definition of the probe. Errors of its type are told in the dialect's words."""
    method = _method(merged)
    kind = words.METHODS[method]
    host_data = _host_data(merged, given, method, device)
    draft: dict[str, Any] = {
        words.HOST_DATA[key]: _typed(words.HOST_DATA[key], value) for key, value in host_data.items()
    }
    draft |= {"type": kind, "timeout": _number(merged.get("Timeout"), "Timeout", 1, 60, 30)}
    _keep_password(draft, device)
    if kind in words.OF_URLS:
        draft["url"] = _url(merged, given, draft, method, kind)
        for part in ("host", "port", "path"):
            draft.pop(part, None)
    elif merged.get("URL") and "host" not in draft:
        _host_of_url(draft, str(merged["URL"]), kind)
    try:
        return probes.kind_named(kind).clean(draft)
    except Invalid as error:
        raise Invalid(words.field(error.field), error.message) from None


def _method(merged: dict[str, Any]) -> str:
    given = merged.get("Method")
    if given is None:
        url = merged.get("URL")
        if url is None:
            raise Invalid("Method", "is missing")
        if not isinstance(url, str):
            raise Invalid("URL", "is not a string")
        given = {"https": "HTTPS", "ws": "WS", "wss": "WS"}.get(url.partition(":")[0].lower(), "HTTP")
    method = given.upper() if isinstance(given, str) else ""
    if method not in words.METHODS:
        raise Invalid("Method", f"is not one of {', '.join(words.METHODS)}")
    return method


def _host_data(merged: dict[str, Any], given: dict[str, Any], method: str, device: Check | None) -> dict[str, Any]:
    """HostData as it is to be; what only the former method knew goes with it."""
    host_data = merged.get("HostData") or {}
    if not isinstance(host_data, dict):
        raise Invalid("HostData", "must be an object")
    _refuse_unknown(host_data, words.HOST_DATA, "HostData.")
    if device and words.METHODS[method] != device.watch["probe"]["type"]:
        fresh = given.get("HostData") or {}
        host_data = {key: value for key, value in host_data.items() if key in (*_URL_PARTS[:1], *fresh)}
    headers = host_data.get("headers")
    if not headers:
        host_data = {key: value for key, value in host_data.items() if key != "headers"}
    return host_data


def _typed(key: str, value: Any) -> Any:
    """XML and forms know texts alone: what is a number or a truth there becomes one."""
    if not isinstance(value, str):
        return [value] if key in _LISTS and isinstance(value, dict) else value
    if key in ("port", "min_size", "max_size", "cert_days", "cert_warn_days", "days", "warn_days"):
        return int(value) if _NUMBER.fullmatch(value) else value
    if key in ("follow_redirects", "verify") or (key == "tls" and value.lower() in _YES):
        return _YES.get(value.lower(), value)
    return value


def _keep_password(draft: dict[str, Any], device: Check | None) -> None:
    if draft.get("password") == words.MASK:
        kept = device.watch["probe"].get("password") if device else None
        draft["password"] = kept or words.MASK


def _url(merged: dict[str, Any], given: dict[str, Any], draft: dict[str, Any], method: str, kind: str) -> str:
    """The URL: as it was given, or with the host, port and path of HostData in their places."""
    url = merged.get("URL") or ""
    if not isinstance(url, str):
        raise Invalid("URL", "is not a string")
    parts = [part for part in _URL_PARTS if (given.get("HostData") or {}).get(part) is not None]
    if not url and "host" not in draft:
        raise Invalid("URL", "is missing")
    secure = method in ("HTTPS",) or url.lower().startswith(("https:", "wss:"))
    scheme = words.OF_URLS[kind][secure]
    if parts or not url:
        url = _assembled(_split(url), draft, scheme)
    if method in ("HTTP", "HTTPS") and "Method" in given and "://" in url:
        return _as_method(url, method, given)
    return url


def _split(url: str) -> SplitResult:
    try:
        split = urlsplit(url)
        _ = split.port
    except ValueError:
        raise Invalid("URL", "is not a web address") from None
    return split


def _assembled(split: SplitResult, draft: dict[str, Any], scheme: str) -> str:
    host, port = draft.get("host") or split.hostname or "", draft.get("port") or split.port
    path = draft.get("path") or split.path or "/"
    for value, name in ((host, "Host"), (path, "Path")):
        if not isinstance(value, str) or any(character in value for character in "\r\n@#"):
            raise Invalid(f"HostData.{name}", "cannot stand in a web address")
    bracketed = f"[{host}]" if ":" in host and not host.startswith("[") else host
    netloc = f"{bracketed}:{port}" if port else bracketed
    path, _, query = (path if path.startswith("/") else f"/{path}").partition("?")
    return urlunsplit((scheme, netloc, path, query or split.query, ""))


def _as_method(url: str, method: str, given: dict[str, Any]) -> str:
    """A URL whose scheme is the method's. A change of the method alone changes the scheme; one against the URL beside
    it is a slip."""
    scheme = url.partition(":")[0].lower()
    if scheme == method.lower() or scheme not in ("http", "https"):
        return url
    if given.get("URL"):
        raise Invalid("Method", f"does not fit a URL that begins with {scheme}:")
    return f"{method.lower()}:{url.partition(':')[2]}"


def _host_of_url(draft: dict[str, Any], url: str, kind: str) -> None:
    """`URL` of what has no URLs: a host, or host and port, with or without something:// before it."""
    split = _split(url if "://" in url else f"//{url}")
    draft["domain" if kind == "domain" else "host"] = split.hostname or ""
    if split.port and "port" not in draft:
        draft["port"] = split.port


def _watch(merged: dict[str, Any]) -> dict[str, Any]:
    warn = _number(merged.get("PerfWarn"), "PerfWarn", 0, PERF_MAX, 0)
    critical = _number(merged.get("PerfCrit"), "PerfCrit", 0, PERF_MAX, 0)
    if warn and critical and critical < warn:
        raise Invalid("PerfCrit", "is below PerfWarn")
    verdict = merged.get("PerfDown") or ""
    if verdict not in VERDICTS:
        raise Invalid("PerfDown", "is not one of Slow, Critical")
    found: dict[str, Any] = {
        "short_name": _text(merged, "ShortName", SHORT_NAME),
        "retries": _number(merged.get("Retries"), "Retries", 0, RETRIES, 1),
        "retry_delay": _number(merged.get("RetryDelay"), "RetryDelay", 0, RETRY_DELAY, 5),
        "locations": _names(merged.get("Locations"), "Locations"),
    }
    optional = {"perf_warn": warn, "perf_crit": critical, "perf_down": verdict}
    return found | {key: value for key, value in optional.items() if value}


def _frequency(value: Any) -> int:
    seconds = _number(value, "Frequency", 0, devices.PERIOD_MAX, 60)
    if not devices.valid_period(seconds):
        raise Invalid("Frequency", "must be 10, 30, or a whole number of minutes from 60 to 86400, in seconds")
    return seconds


def _text(merged: dict[str, Any], field: str, limit: int) -> str:
    value = merged.get(field, "")
    if not isinstance(value, str):
        raise Invalid(field, "is not a string")
    if len(value) > limit:
        raise Invalid(field, f"is too long (at most {limit} characters)")
    if any(character < " " or "\ud800" <= character <= "\udfff" for character in value):
        raise Invalid(field, "holds characters that cannot be shown")
    return value


def _number(value: Any, field: str, low: int, high: int, default: int) -> int:
    if value is None or value == "":
        return default
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise Invalid(field, f"must be a whole number from {low} to {high}")
    return value


def _flag(value: Any, field: str) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in _YES:
        return _YES[value.lower()]
    raise Invalid(field, 'must be "Y" or "N"')


def _names(value: Any, field: str) -> list[str]:
    """A list of texts: as JSON has it, as XML has it (one below the other), or separated by commas."""
    if value is None or value == "":
        return []
    if isinstance(value, dict):
        (value,) = value.values() if len(value) == 1 else (None,)
    if isinstance(value, str):
        value = [part.strip() for part in value.split(",")]
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value) or len(value) > PLACES:
        raise Invalid(field, f"must be a list of at most {PLACES} names")
    return list(dict.fromkeys(value))


def _master(value: Any) -> str:
    if value in (None, ""):
        return ""
    code = wire.code_of(value) if isinstance(value, str) else None
    if code is None:
        raise Invalid("MasterDevice", "is not a device_id")
    return code


def _contacts(project: str, value: Any) -> tuple[str, ...]:
    """Channels by their ids or names; "*" is all of them."""
    names = ["*"] if value == "*" else _names(value, "Contacts")
    try:
        return manage.resolve_channels(project, ",".join(names))
    except Invalid as error:
        raise Invalid("Contacts", error.message.replace("channel identifier", "contact")) from None
