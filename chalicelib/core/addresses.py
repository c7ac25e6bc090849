"""Judges the addresses that the service may connect to when somebody else chose the URL. Pure: it looks nothing up.

Only what the world at large can reach is allowed, as the IANA special-purpose address registries have it; the owner may
add networks. The judgement is made on a *resolved* address. A name, or a spelling that only some resolvers take
(`127.1`, `0x7f000001`), is no address and is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")

# `is_global` differs between Python versions in these, and none of them is a place to send anything to.
_NEVER: tuple[Network, ...] = (
    ip_network("192.0.0.0/24"),
    ip_network("192.88.99.0/24"),
    ip_network("2001::/23"),
    ip_network("3fff::/20"),
)


def allowed(address: str, networks: tuple[str, ...] = ()) -> bool:
    """Whether `address`, as a resolver answered it, may be connected to.

    `networks` are the owner's own in CIDR form. An IPv6 address that carries an IPv4 address (mapped, 6to4, NAT64,
    Teredo) is judged by what it carries, for there the packets would go. Raises ValueError for a broken network.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    owned = _parsed(networks)
    return all(_is_public(end) or _within(end, owned) for end in _ends(parsed))


def _ends(address: Address) -> Iterator[Address]:
    """Where packets to `address` would arrive in the end: itself, or the addresses inside it."""
    if isinstance(address, IPv4Address):
        yield address
    elif address.ipv4_mapped:
        yield address.ipv4_mapped
    elif address.sixtofour:
        yield address.sixtofour
    elif address.teredo:
        yield from address.teredo
    elif address in _NAT64:
        yield IPv4Address(int(address) & 0xFFFF_FFFF)
    else:
        yield address


def _is_public(address: Address) -> bool:
    if not address.is_global or address.is_multicast or _within(address, _NEVER):
        return False
    return isinstance(address, IPv4Address) or address in _GLOBAL_UNICAST


def _within(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address in network for network in networks if network.version == address.version)


@lru_cache(maxsize=16)
def _parsed(networks: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ip_network(network, strict=False) for network in networks)
