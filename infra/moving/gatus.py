"""Endpoints of Gatus: its configuration, which is YAML."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import yaml

from infra.moving import conditions
from infra.moving.wanted import Found, Unreadable, Wanted, device, within

Endpoint = dict[str, Any]

_METHODS = {
    "http": "HTTP",
    "https": "HTTPS",
    "ws": "WS",
    "wss": "WS",
    "tcp": "TCP",
    "tls": "CERT",
    "starttls": "SMTP",
    "icmp": "PING",
    "ssh": "SSH",
    "grpc": "GRPC",
    "grpcs": "GRPC",
}
_OF_URLS = ("HTTP", "HTTPS", "WS")
_TAKEN = frozenset({"name", "group", "url", "enabled", "interval", "conditions", "method", "headers", "body", "dns"})
_OF_CLIENT = {"insecure": "VerifySSL", "ignore-redirect": "FollowRedirects"}
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3_600.0}
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h)")


def read(text: str) -> Found:
    """Raises Unreadable."""
    try:
        config = yaml.safe_load(text)
        endpoints = [dict(one) for one in config.get("endpoints") or []]
        external = [dict(one) for one in config.get("external-endpoints") or []]
    except (yaml.YAMLError, AttributeError, TypeError, ValueError, RecursionError) as error:
        raise Unreadable("it is not a configuration of Gatus: endpoints: [...]") from error
    if not endpoints and not external:
        raise Unreadable("it holds no endpoints")
    found = Found(left=sorted(str(key) for key in config if key not in ("endpoints", "external-endpoints")))
    for read_one, listed in ((_endpoint, endpoints), (_external, external)):
        for one in listed:
            try:
                found.wanted.append(read_one(one, _name(one)))
            except _Skipped as error:
                found.skipped.append((_name(one), str(error)))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                found.skipped.append((_name(one), f"it cannot be read: {error!r}"))
    return found


class _Skipped(Exception):
    """The endpoint cannot be made; the message says why."""


def _name(one: Endpoint) -> str:
    return " / ".join(str(one[key]) for key in ("group", "name") if one.get(key))


def _endpoint(one: Endpoint, name: str) -> Wanted:
    if "${" in str(one):
        raise _Skipped("it holds a variable: put its value in the place of ${...}")
    every = seconds(one.get("interval", "60s"))
    method, about, url = _looked_at(one)
    wanted = device(name, method, every, URL=url, HostData=about)
    wanted.document.setdefault("HostData", {})
    wanted.paused = one.get("enabled") is False
    _client(wanted, dict(one.get("client") or {}))
    _alerts(wanted, list(one.get("alerts") or []))
    for condition in one.get("conditions") or []:
        if not conditions.take(wanted.document, str(condition)):
            wanted.left.append(f"the condition {condition}")
    if method in ("TCP", "WS", "SSH") and "KeyPhrase" in wanted.document["HostData"]:
        wanted.document["HostData"]["Expect"] = wanted.document["HostData"].pop("KeyPhrase")
    wanted.left += [str(key) for key, value in one.items() if key not in {*_TAKEN, "client", "alerts"} and value]
    return wanted


def _looked_at(one: Endpoint) -> tuple[str, dict[str, Any], str]:
    """The method, its HostData, and the URL where it has one."""
    url = str(one["url"])
    if one.get("dns"):
        query = one["dns"]
        server = url.partition("://")[2] or url
        about = {
            "Host": query["query-name"].rstrip("."),
            "DNSType": query["query-type"],
            "DNSServer": server.partition(":")[0],
        }
        return "DNS", about, ""
    parts = urlsplit(url)
    method = _METHODS.get(parts.scheme.lower())
    if method is None:
        raise _Skipped(f"its address begins with {parts.scheme or url}:")
    about = {"Verb": one.get("method"), "headers": one.get("headers"), "Body": one.get("body")}
    if method not in _OF_URLS:
        sent = {"Send": one.get("body")} if method == "TCP" else {}
        about = {"Host": parts.hostname, "Port": parts.port} | _secured(parts.scheme.lower()) | sent
    elif method == "WS":
        about = {"Send": one.get("body")}
    given = {key: value for key, value in about.items() if value not in (None, "", {})}
    return method, given, url if method in _OF_URLS else ""


def _secured(scheme: str) -> dict[str, Any]:
    if scheme == "starttls":
        return {"TLS": "starttls"}
    return {"TLS": True} if scheme == "grpcs" else {}


def _client(wanted: Wanted, client: dict[str, Any]) -> None:
    for key, value in client.items():
        if key == "timeout":
            wanted.document["Timeout"] = within(wanted, "seconds of patience", seconds(value), 1, 60)
        elif key in _OF_CLIENT and isinstance(value, bool):
            wanted.document["HostData"] |= {_OF_CLIENT[key]: False} if value else {}
        else:
            wanted.left.append(f"client.{key}")


def _alerts(wanted: Wanted, alerts: list[dict[str, Any]]) -> None:
    """Of the alerts the earliest: what failed so often in a row is down."""
    failures = min((int(alert.get("failure-threshold") or 3) for alert in alerts), default=1)
    wanted.document["Retries"] = within(wanted, "retries", failures - 1, 0, 5)


def _external(one: Endpoint, name: str) -> Wanted:
    period = dict(one.get("heartbeat") or {}).get("interval")
    if not period:
        raise _Skipped("it has no heartbeat.interval, so its silence says nothing")
    wanted = Wanted("heartbeat", name[:100], {"name": name[:100], "channels": "*", "grace": 60})
    wanted.document["timeout"] = within(wanted, "seconds of period", seconds(period), 60, 31_536_000)
    wanted.paused = one.get("enabled") is False
    wanted.left.append("its token: it has a ping address now")
    return wanted


def seconds(text: Any) -> float:
    """A duration as Go writes it: 1m30s, 500ms. Raises ValueError."""
    parts = _DURATION.findall(str(text))
    if not parts or "".join(number + unit for number, unit in parts) != str(text):
        raise ValueError(f"{text} is no duration")
    return sum(float(number) * _UNITS[unit] for number, unit in parts)
