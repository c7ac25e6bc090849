"""LDAP's messages, said by the tests; the directory itself is in tests/real."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.core.errors import Invalid
from chalicelib.probes import ldap
from tests.cases import each
from tests.channels.servers import speaking
from tests.probes.servers import odd
from tests.probes.servers.scene import probe

WHO = {"user": "cn=watch", "password": "secret"}


def answer(code: int, tag: int = 0x61, more: bytes = b"\x04\x00\x04\x00") -> bytes:
    operation = b"\x0a\x01" + bytes([code]) + more
    return ldap._message(ldap._element(tag, operation))


@each(
    ("said", "who", "ok", "text"),
    [
        (answer(0), {}, True, "LDAP bind accepted"),
        (answer(0), WHO, True, "LDAP bind accepted"),
        (answer(0, more=b"\x04\x00\x04\x82\x01\x00" + bytes(256)), {}, True, "LDAP bind accepted"),
        (answer(48), {}, True, "LDAP directory wants a login"),
        (answer(53), WHO, False, "login refused (53)"),
        (answer(49), WHO, False, "login refused (49)"),
        (answer(51), {}, False, "LDAP busy (51)"),
        (answer(99), {}, False, "LDAP error (99)"),
        (answer(52, tag=0x78), {}, False, "directory hangs up (52)"),
        (b"SSH-2.0-x\r\n", {}, False, 'expected an LDAP answer, got "SS"'),
        (b"\x30\x02\x02\x00", {}, False, "answer is not LDAP"),
        (b"\x30\x84\xff\xff\xff\xff", {}, False, 'expected an LDAP answer, got "0\N{REPLACEMENT CHARACTER}"'),
    ],
)
def test_what_a_directory_says_to_a_bind(said: bytes, who: dict[str, Any], ok: bool, text: str) -> None:
    with speaking(odd.saying(b"", said, polite=False)) as port:
        outcome = probe(ldap, port=port, **who)
    assert (outcome.ok, outcome.text) == (ok, text)


@pytest.mark.parametrize(("given", "missing"), [("user", "password"), ("password", "user")])
def test_a_name_and_a_password_come_together(given: str, missing: str) -> None:
    """A directory lets who has a name and no password in as nobody."""
    with pytest.raises(Invalid, match=missing):
        ldap.clean({"host": "a.org", given: "x"})
