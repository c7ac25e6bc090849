"""What certificates say, and what is wrong with them, in words that stay the same from run to run."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

# OpenSSL's X509_V_ERR_* codes; curl and Python's ssl both hand them out.
_VERDICTS = {
    9: "certificate is not valid yet",
    10: "certificate expired",
    18: "certificate is self-signed",
    19: "certificate is signed by an unknown authority",
    20: "certificate is signed by an unknown authority",
    21: "certificate is signed by an unknown authority",
    23: "certificate is revoked",
    62: "certificate is for another host",
    63: "certificate is for another host",
    64: "certificate is for another host",
    66: "certificate has a key that is too small",
    68: "certificate has a signature that is too weak",
}
REFUSED = "certificate not accepted"
OTHER_HOST = 62


def verdict(code: int) -> str:
    """Why a certificate was refused, by the code of the check that it did not pass."""
    return _VERDICTS.get(code, REFUSED)


@dataclass(frozen=True, slots=True)
class Validity:
    """The span in which a certificate may be used."""

    begins: datetime
    ends: datetime

    def left(self, now: datetime) -> timedelta:
        """The time until it ends; negative afterwards."""
        return self.ends - now


@dataclass(frozen=True, slots=True)
class Certificate:
    """Who signed whom, as the names stand there (DER), and for how long."""

    issuer: bytes
    subject: bytes
    validity: Validity


def validity(der: bytes) -> Validity:
    """Raises ValueError for what is no certificate."""
    return parsed(der).validity


def parsed(der: bytes) -> Certificate:
    """RFC 5280, 4.1: certificate -> tbsCertificate -> [version], serial, signature, issuer, validity, subject. Raises
    ValueError for what is no certificate."""
    try:
        at = _content(der, _content(der, 0)[0])[0]
        if der[at] == 0xA0:
            at = _content(der, at)[1]
        for _ in range(2):
            at = _content(der, at)[1]
        span, subject = _content(der, at)[1], _content(der, _content(der, at)[1])[1]
        begins = _content(der, span)[0]
        ends = _content(der, begins)[1]
        valid = Validity(_moment(der, begins), _moment(der, ends))
        return Certificate(der[at:span], der[subject : _content(der, subject)[1]], valid)
    except IndexError:
        raise ValueError("is no certificate") from None


@dataclass(frozen=True, slots=True)
class Ending:
    """Which certificate of a chain ends first, and how much time it has left."""

    name: str
    left: timedelta


def ends_first(chain: Sequence[bytes], trusted: Callable[[], Container[bytes]], now: datetime) -> Ending:
    """Of the certificates that a server sent (DER, its own first) the one of those that it needs which ends first.
    Others may stand there: whoever is signed by one of the `trusted` (by their subjects) needs nobody else. Raises
    ValueError for what is no certificate."""
    own, *others = (parsed(der) for der in chain)
    by_subject = {one.subject: one for one in others}
    found, last = [Ending("certificate", own.validity.left(now))], own
    while (above := by_subject.pop(last.issuer, None)) and last.issuer not in trusted():
        found.append(Ending("intermediate certificate", above.validity.left(now)))
        last = above
    return min(found, key=lambda one: one.left)


def validity_of_pem(pem: str) -> Validity:
    return validity(ssl.PEM_cert_to_DER_cert(pem))


def _content(der: bytes, at: int) -> tuple[int, int]:
    """Where the content of the element at `at` begins and where it ends."""
    length, begins = der[at + 1], at + 2
    if length & 0x80:
        width = length & 0x7F
        length, begins = int.from_bytes(der[begins : begins + width], "big"), begins + width
    return begins, begins + length


def _moment(der: bytes, at: int) -> datetime:
    """UTCTime has two figures for the year, 50 to 99 being of the last century; GeneralizedTime has four."""
    begins, ends = _content(der, at)
    figures = der[begins:ends].decode("ascii", "replace")
    if der[at] == 0x17:
        figures = ("19" if figures >= "50" else "20") + figures
    return datetime.strptime(figures, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)


def judged(first: Ending, fail_below: int | None, warn_below: int | None) -> tuple[bool, bool, str]:
    """Whether a chain that ends so is good, whether it is a warning, and how to say it; the limits are whole days."""
    left, text = first.left, ending(first.name, first.left)
    if left < timedelta(0) or (fail_below is not None and left.days < fail_below):
        return False, False, text
    return True, warn_below is not None and left.days < warn_below, text


def ending(name: str, left: timedelta) -> str:
    """When what is called `name` ends, or how long ago it did."""
    if left >= timedelta(0):
        return f"{name} ends in {_plural(left.days)}"
    return f"{name} expired {_plural((-left).days) if (-left).days else 'less than a day'} ago"


def _plural(days: int) -> str:
    return f"{days} day" if days == 1 else f"{days} days"
