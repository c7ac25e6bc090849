"""Monitors of Uptime Kuma: the file that Settings, Backup, Export writes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from infra.moving.wanted import Found, Unreadable, Wanted, device, within

Monitor = dict[str, Any]

# What every monitor carries, whatever its type; it says nothing of what is looked at, or has no meaning elsewhere.
_PASSED = frozenset(
    {"id", "userId", "user_id", "name", "type", "active", "weight", "pathName", "path", "childrenIDs", "forceInactive"}
    | {"maintenance", "includeSensitiveData", "screenshot", "dns_last_result", "packetSize", "httpBodyEncoding"}
    | {"notificationIDList", "resendInterval", "dns_resolve_server", "dns_resolve_type", "authMethod", "parent"}
    | {"interval", "retryInterval", "maxretries", "timeout", "oauth_auth_method", "gamedigGivenPortOnly", "pushToken"}
    | {"kafkaProducerSaslOptions", "kafkaProducerBrokers", "expiryNotification", "jsonPathOperator"}
    | {"mqttCheckType", "snmpVersion", "retryOnlyOnStatusCodeFailure", "ipFamily", "ping_numeric", "ping_count"}
    | {"ping_per_request_timeout"}
)
_OF_HTTP = frozenset(
    {"url", "method", "headers", "body", "basic_auth_user", "basic_auth_pass", "accepted_statuscodes", "maxredirects"}
    | {"ignoreTls", "keyword", "invertKeyword", "jsonPath", "expectedValue"}
)
_OF_HOSTS = frozenset({"hostname", "port"})
# A type that looks at something else leaves these empty, or as they are at first.
_DEFAULTS: Monitor = {"method": "GET", "maxredirects": 10, "accepted_statuscodes": ["200-299"], "url": "https://"}
_PATH = re.compile(r"\$?\.?[\w.\[\]]+")
_LOGIN = ("basic_auth_user", "User"), ("basic_auth_pass", "Password")


def read(text: str) -> Found:
    """Raises Unreadable."""
    try:
        export = dict(json.loads(text))
        monitors = [dict(monitor) for monitor in export["monitorList"]]
    except (ValueError, KeyError, TypeError) as error:
        raise Unreadable('it is not a backup of Uptime Kuma: {"monitorList": [...]}') from error
    found = Found()
    for monitor in monitors:
        _take(monitor, found)
    others = {key: value for key, value in export.items() if key not in ("version", "monitorList") and value}
    found.left = [f"{key} ({len(value)})" if isinstance(value, list) else key for key, value in others.items()]
    return found


def _take(monitor: Monitor, found: Found) -> None:
    name, kind = str(monitor.get("name", "")), str(monitor.get("type", ""))
    make, known = _TYPES.get(kind, (None, frozenset[str]()))
    if make is None:
        found.skipped.append((name, f"its type is {kind}"))
    elif monitor.get("upsideDown"):
        found.skipped.append((name, "it is upside down: up is what is down here"))
    else:
        try:
            found.wanted.append(_finished(make(monitor, name), monitor, known))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            found.skipped.append((name, f"it cannot be read: {error!r}"))


def _finished(wanted: Wanted, monitor: Monitor, known: frozenset[str]) -> Wanted:
    wanted.paused = monitor.get("active") in (False, 0)
    wanted.left += [
        key
        for key, value in monitor.items()
        if key not in _PASSED | known
        and value not in (None, "", False, 0, [], {}, "null")
        and value != _DEFAULTS.get(key)
    ]
    if wanted.kind == "device":
        document = wanted.document
        document["Retries"] = within(wanted, "retries", float(monitor.get("maxretries") or 0), 0, 5)
        document["RetryDelay"] = within(
            wanted, "seconds between retries", float(monitor.get("retryInterval") or 5), 0, 300
        )
        document["Timeout"] = within(wanted, "seconds of patience", float(monitor.get("timeout") or 30), 1, 60)
    return wanted


def _every(monitor: Monitor) -> float:
    return float(monitor.get("interval") or 60)


def _http(monitor: Monitor, name: str) -> Wanted:
    method = "HTTPS" if str(monitor["url"]).lower().startswith("https:") else "HTTP"
    about: dict[str, Any] = {
        "Verb": monitor.get("method") or "GET",
        "headers": json.loads(monitor.get("headers") or "{}") or None,
        "Body": monitor.get("body"),
        "ExpectCodes": ",".join(monitor.get("accepted_statuscodes") or []),
        "FollowRedirects": None if monitor.get("maxredirects", 10) else False,
        "VerifySSL": False if monitor.get("ignoreTls") else None,
        "CertWarnDays": 14 if monitor.get("expiryNotification") and method == "HTTPS" else None,
    }
    about |= {ours: monitor.get(theirs) for theirs, ours in _LOGIN}
    return device(name, method, _every(monitor), URL=monitor["url"], HostData=_given(about))


def _keyword(monitor: Monitor, name: str) -> Wanted:
    wanted = _http(monitor, name)
    wanted.document["HostData"]["NotKeyPhrase" if monitor.get("invertKeyword") else "KeyPhrase"] = monitor["keyword"]
    return wanted


def _json(monitor: Monitor, name: str) -> Wanted:
    wanted, path = _http(monitor, name), str(monitor["jsonPath"])
    operator = {"==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge", "contains": "contains"}.get(
        str(monitor.get("jsonPathOperator") or "==")
    )
    if not _PATH.fullmatch(path) or operator is None:
        wanted.left.append(f"what it asks of the JSON: {path}")
        return wanted
    rule = {"path": path.removeprefix("$").removeprefix("."), "op": operator, "value": _value(monitor["expectedValue"])}
    wanted.document["HostData"]["JSON"] = [rule]
    return wanted


def _value(text: Any) -> Any:
    """The value that a text means in JSON, or the text."""
    try:
        return json.loads(text)
    except (ValueError, TypeError):
        return text


def _host(method: str, *more: tuple[str, str]) -> Callable[[Monitor, str], Wanted]:
    def make(monitor: Monitor, name: str) -> Wanted:
        about = {"Host": monitor["hostname"]} | {ours: monitor.get(theirs) for ours, theirs in more}
        return device(name, method, _every(monitor), HostData=_given(about))

    return make


def _push(monitor: Monitor, name: str) -> Wanted:
    """A push monitor is down when nothing came for its interval and its retries."""
    wanted = Wanted("heartbeat", name[:100], {"name": name[:100], "channels": "*"})
    patience = float(monitor.get("maxretries") or 0) * float(monitor.get("retryInterval") or 60)
    wanted.document["timeout"] = within(wanted, "seconds of period", _every(monitor), 60, 31_536_000)
    wanted.document["grace"] = max(int(patience), 60)
    wanted.left.append("its push address: it has a ping address now")
    return wanted


def _given(about: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in about.items() if value not in (None, "")}


_TYPES: dict[str, tuple[Callable[[Monitor, str], Wanted], frozenset[str]]] = {
    "http": (_http, _OF_HTTP),
    "keyword": (_keyword, _OF_HTTP),
    "json-query": (_json, _OF_HTTP),
    "port": (_host("TCP", ("Port", "port")), _OF_HOSTS),
    "smtp": (_host("SMTP", ("Port", "port")), _OF_HOSTS),
    "ping": (_host("PING"), _OF_HOSTS),
    "dns": (_host("DNS", ("DNSType", "dns_resolve_type"), ("DNSServer", "dns_resolve_server")), _OF_HOSTS),
    "push": (_push, frozenset()),
}
