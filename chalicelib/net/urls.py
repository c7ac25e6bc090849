"""The web addresses that users give: what may be one, and how it is taken apart. Nothing is looked up here."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import IPv6Address
from urllib.parse import quote, urlsplit

# The statuses of HTTP that send a caller to another address.
MOVED = frozenset({301, 302, 303, 307, 308})

_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_RESERVED = "%/?:@!$&'()*+,;=[]~"


@dataclass(frozen=True, slots=True)
class Target:
    """A web address taken apart. `host` is ASCII (IDNA) or a bare IP address; `path` includes the query; `user` and
    `password` are spelt as in the address, None where it has none. They are no part of `url`."""

    scheme: str
    host: str
    port: int
    path: str
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)

    @property
    def encrypted(self) -> bool:
        return self.scheme in ("https", "wss")

    @property
    def origin(self) -> tuple[str, str, int]:
        return self.scheme, self.host, self.port

    @property
    def authority(self) -> str:
        """Host and, unless it is the usual one, port, as a Host header has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def site(self) -> str:
        return f"{self.scheme}://{self.authority}"

    @property
    def url(self) -> str:
        return self.site + self.path


def parse(url: str, schemes: tuple[str, ...] = ("http", "https")) -> Target:
    """Raises ValueError, worded to stand behind the name of a field ("must begin with http:// or https://")."""
    if _UNSAFE.search(url):
        raise ValueError("must not hold spaces, control characters or backslashes")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("is not a valid web address") from None
    if parts.scheme not in schemes:
        raise ValueError(f"must begin with {' or '.join(f'{scheme}://' for scheme in schemes)}")
    if port == 0:
        raise ValueError("is not a valid web address")
    if not parts.hostname:
        raise ValueError("does not hold a host")
    host, path = host_name(parts.hostname), _path(parts.path, parts.query)
    return Target(parts.scheme, host, port or _PORTS[parts.scheme], path, parts.username, parts.password)


def host_name(host: str) -> str:
    """The ASCII form of a host name or an IP address. Raises ValueError, worded to stand behind the name of a field."""
    try:
        if ":" in host and "%" not in host:
            return str(IPv6Address(host))
        name = host.encode("idna").decode("ascii").lower().removesuffix(".")
    except ValueError:
        name = ""
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in name.split(".")):
        raise ValueError("does not hold a valid host name")
    return name


def escaped(location: bytes) -> str:
    """A Location header with everything that no address holds escaped."""
    return quote(location, safe=_RESERVED + "#")


def _path(path: str, query: str) -> str:
    return quote(path or "/", safe=_RESERVED) + (f"?{quote(query, safe=_RESERVED)}" if query else "")
