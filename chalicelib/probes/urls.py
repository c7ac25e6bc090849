"""The web addresses that users give to probes: not too long, and without a user name or a password."""

from __future__ import annotations

from functools import lru_cache

from chalicelib.net import urls
from chalicelib.net.urls import Target

LIMIT = 2_000


@lru_cache(maxsize=2_048)
def parse(url: str, schemes: tuple[str, ...] = ("http", "https")) -> Target:
    """Raises ValueError, worded to stand behind the name of a field ("must begin with http:// or https://")."""
    if len(url) > LIMIT:
        raise ValueError(f"is too long (at most {LIMIT} characters)")
    target = urls.parse(url, schemes)
    if target.user is not None:
        raise ValueError("must not hold a user name or password, which have fields of their own")
    return target
