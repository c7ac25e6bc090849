"""The address of a check's page: a secret of its own. It leads to nothing else, and nothing else leads to it. Pure.

An address is the code of the project, a dash, and thirty bytes in base32: a seal over the code of the check and the
edition of its address, and the code itself under a mask that the seal makes. Both are keyed with the project's secret,
which never leaves the tables. So a page is found without an item of its own; whoever has its address reads no code in
it and makes no other one; and two editions have nothing in common. The construction is that of RFC 5297 (SIV), with
keyed BLAKE2b, which by `person` also keeps apart what else the secret signs.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import uuid
from dataclasses import dataclass

from chalicelib.core.check import Check, Project

# Bytes. Together they fill 48 letters, so that no address has a second spelling.
SEAL, CODE = 14, 16
EDITION = 8

_ADDRESS = re.compile(r"([a-z0-9]{1,64})-([a-z2-7]{48})")


@dataclass(frozen=True, slots=True)
class Address:
    """What may be the address of a page: the code of its project, and what only that project can read."""

    project: str
    seal: bytes
    masked: bytes


def address(project: Project, check: Check) -> str:
    """The address of the check's page, of an instance that of its check; empty where there is none."""
    if check.page_off or not project.secret:
        return ""
    code = uuid.UUID(check.parent or check.code).bytes
    seal = _keyed(project, b"page: seal", code + check.page.to_bytes(EDITION, "big"), SEAL)
    token = base64.b32encode(seal + _masked(project, seal, code))
    return f"{project.code}-{token.decode().lower()}"


def parsed(text: str) -> Address | None:
    """None for what can be no address."""
    found = _ADDRESS.fullmatch(text)
    if not found:
        return None
    token = base64.b32decode(found[2].upper())
    return Address(found[1], token[:SEAL], token[SEAL:])


def code_of(project: Project, found: Address) -> str:
    """The code of the check whose page has this address, or once had it; any code whatever if none ever had."""
    return str(uuid.UUID(bytes=_masked(project, found.seal, found.masked)))


def opens(project: Project, check: Check, text: str) -> bool:
    """Whether this is the address of the check's page."""
    expected = address(project, check)
    return bool(expected) and hmac.compare_digest(expected, text)


def url(root: str, address: str) -> str:
    """Where the page of this address is, at an installation with this root URL; empty without either."""
    return f"{root}/status/{address}" if root and address else ""


def url_of(root: str, project: Project, check: Check) -> str | None:
    """Where the check's page is, at an installation with this root URL; None if it has none."""
    return url(root, address(project, check)) or None


def _masked(project: Project, seal: bytes, code: bytes) -> bytes:
    """The code under its mask, and what is under the mask without it."""
    mask = _keyed(project, b"page: mask", seal, CODE)
    return bytes(one ^ other for one, other in zip(code, mask, strict=True))


def _keyed(project: Project, purpose: bytes, message: bytes, size: int) -> bytes:
    return hashlib.blake2b(message, key=project.secret.encode(), person=purpose, digest_size=size).digest()
