"""The dialect's words and ours: methods and the keys of HostData beside the types and definitions of probes.

Where a published name is known it is that (Method, HostData.headers, Frequency ...); the others are ours in its manner.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib import probes
from chalicelib.core.specs import ProbeSpec

# Method -> type of probe. A type that is not among them is called by its own name in capital letters.
_PUBLISHED = {
    "HTTP": "http",
    "HTTPS": "http",
    "PING": "ping",
    "DNS": "dns",
    "SMTP": "smtp",
    "POP3": "pop3",
    "IMAP": "imap",
    "FTP": "ftp",
    "TCP": "tcp",
    "SSH": "ssh",
    "TELNET": "telnet",
    "MYSQL": "mysql",
    "CERT": "tls",
    "WHOIS": "domain",
    "WS": "websocket",
}


def methods() -> dict[str, str]:
    """Method -> type of probe: the published ones, and those of every type that none of them means."""
    others = {name.upper(): name for name in probes.NAMES if name not in _PUBLISHED.values()}
    return _PUBLISHED | others


# Those that look at a URL; the others at a host.
OF_URLS = {"http": ("http", "https"), "websocket": ("ws", "wss")}

# Key of HostData -> key of a probe's definition.
HOST_DATA = {
    "Host": "host",
    "Port": "port",
    "Path": "path",
    "Verb": "method",
    "headers": "headers",
    "Body": "body",
    "User": "user",
    "Password": "password",
    "KeyPhrase": "keyword",
    "NotKeyPhrase": "not_keyword",
    "ExpectCodes": "expect_codes",
    "MinSize": "min_size",
    "MaxSize": "max_size",
    "Digest": "digest",
    "JSON": "json",
    "FollowRedirects": "follow_redirects",
    "VerifySSL": "verify",
    "CertDays": "cert_days",
    "CertWarnDays": "cert_warn_days",
    "ServerName": "server_name",
    "DNSType": "record",
    "DNSExpect": "expected",
    "DNSMatch": "match",
    "DNSServer": "server",
    "Send": "send",
    "Expect": "expect",
    "TLS": "tls",
    "Domain": "domain",
    "Days": "days",
    "WarnDays": "warn_days",
    "Database": "database",
    "Service": "service",
}
_NAMES = {ours: f"HostData.{theirs}" for theirs, ours in HOST_DATA.items()}
_NAMES |= {"url": "URL", "timeout": "Timeout", "type": "Method"}

# Shown in place of a password; sent back unchanged it means the password that is kept.
MASK = "********"
# What is sent to the host as its owner wrote it.
_SENT = ("body", "send")


def field(ours: str) -> str:
    """What the dialect calls a key of a probe's definition."""
    return _NAMES.get(ours, f"HostData.{ours}")


def method(spec: ProbeSpec) -> str:
    """The Method of a probe; a type that is known no more, or not yet, is shown by its name."""
    if spec.type == "http":
        return "HTTPS" if spec.host.lower().startswith("https:") else "HTTP"
    return next((name for name, of in methods().items() if of == spec.type), spec.type.upper())


def host_data(definition: Mapping[str, Any], *, covered: bool = False) -> dict[str, Any]:
    """HostData of a definition: what is set, and `headers` in any case. A password is never shown; `covered`, nothing
    is that is sent to the host and may hold one."""
    ours = {key: value for key, value in definition.items() if value not in (None, "", [], {})}
    if ours.get("server_name") == ours.get("host"):
        # That is what it is without being set: a change of the host is to change it too.
        ours.pop("server_name", None)
    headers: dict[str, str] = definition.get("headers", {})
    shown: dict[str, Any] = {"headers": {name: MASK if covered else value for name, value in headers.items()}}
    hidden = ("password", *_SENT) if covered else ("password",)
    for theirs, key in HOST_DATA.items():
        if key in ours and key != "headers":
            shown[theirs] = MASK if key in hidden else ours[key]
    return shown
