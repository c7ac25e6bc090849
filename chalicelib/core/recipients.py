"""The people whom channels reach at addresses of their own, mail addresses and telephone numbers: what they are called
in marks and links, and whom a channel tells. Pure.

A link is signed with the secret of its project, which nobody but the installation knows, so that whoever has one cannot
make another. It holds no address and names nothing that opens anything.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from typing import Literal

from chalicelib.core.check import Channel

# What a link is for: its reader stops the mails of a channel, or confirms that he wants a project's news.
Purpose = Literal["stop", "confirm"]

# The code of a project, and 130 bits in the alphabet of base32 (RFC 4648) without its capitals.
_LINK = re.compile(r"([a-z0-9]{12})([a-z2-7]{26})")
_MARK = 32


def key(address: str) -> str:
    """The address as it is compared: a mailbox is the same however its name is written. What stands behind a plus sign
    may be another mailbox."""
    return address.lower()


def mark(address: str) -> str:
    """A name for the address that fits anywhere and from which it cannot be read."""
    return hashlib.sha256(key(address).encode()).hexdigest()[:_MARK]


def sign(secret: str, purpose: Purpose, project: str, address: str, channel: str = "") -> str:
    """The last part of a link for this address; of a confirmation for every channel of the project. Raises ValueError
    without a secret, for then everybody could sign."""
    if not secret:
        raise ValueError("the project has no secret")
    # The secret itself signs the addresses of badges, whose owners choose what is signed.
    own = hmac.digest(secret.encode(), b"\0links to recipients", hashlib.sha512)
    text = "\0".join((purpose, project, channel, key(address)))
    signed = hmac.digest(own, text.encode(), hashlib.sha256)
    return project + base64.b32encode(signed).decode().lower()[:26]


def project_of(link: str) -> str | None:
    """The project that a link says it is of; None for what is no link."""
    found = _LINK.fullmatch(link)
    return found[1] if found else None


def is_signed(link: str, expected: str) -> bool:
    return hmac.compare_digest(link.encode(), expected.encode())


def told(channel: Channel, addresses: Iterable[str], *, confirming: bool) -> list[str]:
    """Those of the channel's addresses that are told: nobody who has stopped its mails, and where addresses are
    confirmed nobody who has not done so."""
    silent = channel.stopped | (channel.waiting if confirming else frozenset())
    return [address for address in addresses if key(address) not in silent]


def standing(channel: Channel, addresses: Iterable[str], *, confirming: bool) -> str:
    """Who of the channel's addresses is not told, and why; empty if all are."""
    known = list(addresses)
    stopped = [address for address in known if key(address) in channel.stopped]
    waiting = [address for address in known if confirming and key(address) in channel.waiting - channel.stopped]
    said = ((stopped, "stopped these mails"), (waiting, "not confirmed yet"))
    return "; ".join(f"{_listed(some)} {_has(some)} {what}" for some, what in said if some)


def _listed(addresses: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(addresses[:-1]), addresses[-1]]))


def _has(addresses: list[str]) -> str:
    return "has" if len(addresses) == 1 else "have"
