"""Where requests come from, and how many with unknown keys a source may send in a minute before they are slowed."""

from __future__ import annotations

import ipaddress
from datetime import datetime

LIMIT = 20
WINDOW = 60
# What one customer of a provider has (RFC 6177): any address of it is his.
_OWN_PREFIX = 64
UNKNOWN = "unknown"


def source_of(address: str) -> str:
    """The source that an IP address belongs to: an IPv4 address alone, an IPv6 address with its network of 64 bits."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return UNKNOWN
    if ip.version == 4:
        return str(ip)
    if ip.ipv4_mapped:
        return str(ip.ipv4_mapped)
    return str(ipaddress.ip_network((ip, _OWN_PREFIX), strict=False))


def window_of(now: datetime) -> int:
    """The minute in which attempts are counted together, since 1970."""
    return int(now.timestamp()) // WINDOW


def seconds_left(now: datetime) -> int:
    """Until the next window, from 1 to 60."""
    return WINDOW - int(now.timestamp()) % WINDOW
