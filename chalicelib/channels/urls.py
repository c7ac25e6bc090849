"""The web addresses that users give: what may be one, and how it is taken apart. Nothing is looked up here."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from ipaddress import IPv6Address
from urllib.parse import quote, unquote_to_bytes, urlsplit

from chalicelib.channels.fields import MASK

_PORTS = {"http": 80, "https": 443}
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_RESERVED = "%/?:@!$&'()*+,;=[]~"


@dataclass(frozen=True, slots=True)
class Target:
    """A web address taken apart. `host` is ASCII (IDNA) or a bare IP address; `path` includes the query;
    `authorization` is the header that stands for a user name and password in the address."""

    scheme: str
    host: str
    port: int
    path: str
    authorization: str | None = None

    @property
    def origin(self) -> tuple[str, str, int]:
        return self.scheme, self.host, self.port

    @property
    def site(self) -> str:
        """Scheme, host and, unless it is the usual one, port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port == _PORTS[self.scheme] else f":{self.port}")

    @property
    def url(self) -> str:
        return self.site + self.path


def parse(url: str) -> Target:
    """Raises ValueError, worded to stand behind the name of a setting ("must begin with http:// or https://")."""
    if _UNSAFE.search(url):
        raise ValueError("must not hold spaces, control characters or backslashes")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("is not a valid web address") from None
    if parts.scheme not in _PORTS:
        raise ValueError("must begin with http:// or https://")
    if port == 0:
        raise ValueError("is not a valid web address")
    host = host_name(parts.hostname or "")
    path = quote(parts.path or "/", safe=_RESERVED) + (f"?{quote(parts.query, safe=_RESERVED)}" if parts.query else "")
    return Target(parts.scheme, host, port or _PORTS[parts.scheme], path, _basic(parts.username, parts.password))


def host_name(host: str) -> str:
    """The ASCII form of a host name or an IP address. Raises ValueError."""
    try:
        if ":" in host and "%" not in host:
            return str(IPv6Address(host))
        name = host.encode("idna").decode("ascii").lower().removesuffix(".")
    except ValueError:
        name = ""
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in name.split(".")):
        raise ValueError("does not hold a valid host name")
    return name


def masked(url: str) -> str:
    """Where the address leads, without what may be a secret: tokens stand in paths as often as in queries."""
    if not url:
        return ""
    try:
        return f"{parse(url).site}/{MASK}"
    except ValueError:
        return MASK


def _basic(username: str | None, password: str | None) -> str | None:
    if username is None:
        return None
    pair = unquote_to_bytes(username) + b":" + unquote_to_bytes(password or "")
    return "Basic " + base64.b64encode(pair).decode("ascii")
