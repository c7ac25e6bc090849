"""The web addresses that users give to probes: what may be one, and how it is taken apart. It looks nothing up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, urlsplit

from chalicelib.probes.fields import ascii_host

LIMIT = 2_000

_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")
_RESERVED = "%/?:@!$&'()*+,;=[]~"


@dataclass(frozen=True, slots=True)
class Target:
    """A web address taken apart. `host` is ASCII (IDNA) or a bare IP address; `path` includes the query."""

    scheme: str
    host: str
    port: int
    path: str

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
    def url(self) -> str:
        return f"{self.scheme}://{self.authority}{self.path}"


@lru_cache(maxsize=2_048)
def parse(url: str, schemes: tuple[str, ...] = ("http", "https")) -> Target:
    """Raises ValueError, worded to stand behind the name of a field ("must begin with http:// or https://")."""
    if len(url) > LIMIT:
        raise ValueError(f"is too long (at most {LIMIT} characters)")
    if _UNSAFE.search(url):
        raise ValueError("must not hold spaces, control characters or backslashes")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("is not a valid web address") from None
    if parts.scheme not in schemes:
        raise ValueError(f"must begin with {' or '.join(f'{scheme}://' for scheme in schemes)}")
    if "@" in parts.netloc:
        raise ValueError("must not hold a user name or password: give them as user and password")
    if not parts.hostname or port == 0:
        raise ValueError("does not hold a host" if port != 0 else "is not a valid web address")
    return Target(
        parts.scheme, ascii_host(parts.hostname), port or _PORTS[parts.scheme], _path(parts.path, parts.query)
    )


def _path(path: str, query: str) -> str:
    return quote(path or "/", safe=_RESERVED) + (f"?{quote(query, safe=_RESERVED)}" if query else "")
