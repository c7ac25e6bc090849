"""Which addresses a user's URL may lead to: a table of ranges and of spellings."""

import ipaddress

import pytest

from chalicelib.core.addresses import allowed
from tests.cases import each

PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "52.94.236.248",
    "223.255.255.254",
    "2606:4700:4700::1111",
    "2a00:1450:400f:80d::200e",
    "2600:1f18::1",
    "::ffff:8.8.8.8",
    "::ffff:808:808",
    "64:ff9b::8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::1",
]

REFUSED = {
    "loopback": "127.0.0.1",
    "all of loopback": "127.255.255.254",
    "this host": "0.0.0.0",
    "this network": "0.1.2.3",
    "private 10": "10.0.0.1",
    "private 172.16": "172.16.0.1",
    "the end of private 172.16": "172.31.255.255",
    "private 192.168": "192.168.1.1",
    "instance metadata": "169.254.169.254",
    "container credentials": "169.254.170.2",
    "link-local": "169.254.1.1",
    "shared address space": "100.64.0.1",
    "IETF protocol assignments": "192.0.0.1",
    "the anycast exceptions inside them": "192.0.0.9",
    "6to4 relays": "192.88.99.1",
    "documentation": "192.0.2.1",
    "benchmarking": "198.18.0.1",
    "multicast that is global": "224.0.1.1",
    "multicast": "239.255.255.250",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "IPv6 loopback": "::1",
    "IPv6 loopback at length": "0000:0000:0000:0000:0000:0000:0000:0001",
    "IPv6 unspecified": "::",
    "IPv4-compatible loopback": "::127.0.0.1",
    "IPv4-compatible public": "::8.8.8.8",
    "mapped loopback": "::ffff:127.0.0.1",
    "mapped loopback in hex": "::ffff:7f00:1",
    "mapped loopback in capitals": "::FFFF:7F00:0001",
    "mapped metadata": "::ffff:169.254.169.254",
    "mapped private": "::ffff:10.1.2.3",
    "translated loopback": "::ffff:0:127.0.0.1",
    "6to4 loopback": "2002:7f00:1::1",
    "6to4 metadata": "2002:a9fe:a9fe::1",
    "NAT64 loopback": "64:ff9b::7f00:1",
    "NAT64 metadata": "64:ff9b::169.254.169.254",
    "local NAT64": "64:ff9b:1::808:808",
    "Teredo with a private client": "2001:0:808:808:0:0:f5ff:fffe",
    "Teredo with a private server": "2001:0:a00:1:0:0:f7f7:f7f7",
    "unique local": "fc00::1",
    "metadata over IPv6": "fd00:ec2::254",
    "IPv6 link-local": "fe80::1",
    "IPv6 link-local with a zone": "fe80::1%eth0",
    "loopback with a zone": "::1%lo",
    "site-local": "fec0::1",
    "IPv6 multicast": "ff02::1",
    "IPv6 multicast of global scope": "ff0e::1",
    "IPv6 documentation": "2001:db8::1",
    "newer IPv6 documentation": "3fff::1",
    "ORCHID": "2001:20::1",
    "discard": "100::1",
    "segment routing": "5f00::1",
    "outside global unicast": "4000::1",
}

NO_ADDRESS = [
    "",
    "localhost",
    "example.org",
    "127.1",
    "0x7f000001",
    "0x7f.0.0.1",
    "2130706433",
    "0177.0.0.1",
    "127.0.0.01",
    "127.0.0.1:80",
    "127.0.0.1/32",
    " 8.8.8.8",
    "8.8.8.8\n",
    "8.8.8.8\0",
    "８.8.8.8",
    "8。8。8。8",
    "[::1]",
    "::ffff:0x7f.1",
    "1.2.3.4.5",
    "\ud800",
]


@each("address", PUBLIC)
def test_a_public_address_is_allowed(address: str) -> None:
    assert allowed(address, ())


@each("address", REFUSED.values())
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    assert not allowed(address, ())


@each("address", NO_ADDRESS)
def test_what_is_no_plain_address_is_refused_even_when_everything_is_allowed(address: str) -> None:
    assert not allowed(address, ("0.0.0.0/0", "::/0"))


@each(
    ("address", "network"),
    [
        ("10.1.2.3", "10.1.0.0/16"),
        ("127.0.0.1", "127.0.0.1/32"),
        ("127.0.0.1", "127.0.0.1"),
        ("10.1.2.3", "10.1.2.99/16"),
        ("fd12::5", "fd12::/16"),
        ("::ffff:10.1.2.3", "10.1.0.0/16"),
        ("64:ff9b::a01:203", "10.1.0.0/16"),
    ],
)
def test_an_address_in_a_network_of_the_owner_is_allowed(address: str, network: str) -> None:
    assert allowed(address, ("192.168.7.0/24", network))


@each(
    ("address", "network"),
    [
        ("10.2.0.1", "10.1.0.0/16"),
        ("127.0.0.2", "127.0.0.1/32"),
        ("fd13::5", "fd12::/16"),
        ("::1", "127.0.0.0/8"),
        ("::ffff:127.0.0.1", "::/0"),
        ("2002:7f00:1::1", "2002::/16"),
        ("2001:0:808:808:0:0:f5ff:fffe", "2001::/32"),
    ],
)
def test_an_address_outside_every_network_of_the_owner_is_refused(address: str, network: str) -> None:
    assert not allowed(address, (network,))


def test_a_teredo_address_is_judged_by_its_server_and_by_its_client() -> None:
    both_public = "2001:0:808:808:0:0:f7f7:f7f7"
    assert ipaddress.IPv6Address(both_public).teredo == tuple(map(ipaddress.ip_address, ("8.8.8.8", "8.8.8.8")))
    assert allowed(both_public, ())


def test_a_broken_network_of_the_owner_is_an_error_and_opens_nothing() -> None:
    with pytest.raises(ValueError, match=r"10\.0\.0\.0/99"):
        allowed("10.0.0.1", ("10.0.0.0/99",))
