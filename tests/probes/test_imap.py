"""Against twisted.mail."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.probes import imap
from tests.channels.servers import speaking
from tests.probes.servers import odd
from tests.probes.servers.mailboxes import PASSWORD, PLAIN_PASSWORD, PLAIN_USER, USER, mailbox
from tests.probes.servers.scene import HOST, authority, probe

LOG_IN: dict[str, Any] = {"user": USER, "password": PASSWORD}


def test_a_server_that_greets_is_ready() -> None:
    with mailbox("imap") as port:
        outcome = probe(imap, port=port)
    assert (outcome.ok, outcome.text) == (True, "* OK ready")


@pytest.mark.parametrize(("user", "password"), [(USER, PASSWORD), (PLAIN_USER, PLAIN_PASSWORD)])
def test_a_log_in_that_is_asked_for_is_made_whatever_is_in_the_password(user: str, password: str) -> None:
    with mailbox("imap") as port:
        outcome = probe(imap, port=port, user=user, password=password)
    assert (outcome.ok, outcome.text) == (True, "OK logged in")


def test_starttls_secures_the_log_in() -> None:
    with mailbox("imap", certificate=authority().file(HOST)) as port:
        outcome = probe(imap, port=port, tls="starttls", **LOG_IN)
    assert (outcome.ok, outcome.text) == (True, "OK logged in")
    assert outcome.phases.ssl > 0


def test_tls_from_the_start_secures_the_log_in() -> None:
    with mailbox("imap", certificate=authority().file(HOST), implicit=True) as port:
        outcome = probe(imap, port=port, tls="tls", **LOG_IN)
    assert (outcome.ok, outcome.text) == (True, "OK logged in")


@pytest.mark.parametrize("password", ["wrong", 'wro"ng', "fälsch"])
def test_a_wrong_password_is_told(password: str) -> None:
    with mailbox("imap") as port:
        outcome = probe(imap, port=port, user=USER, password=password)
    assert (outcome.ok, outcome.text) == (False, "login refused")


def test_a_server_without_tls_is_told_and_no_password_is_sent() -> None:
    with mailbox("imap") as port:
        outcome = probe(imap, port=port, tls="starttls", **LOG_IN)
    assert not outcome.ok
    assert outcome.text.startswith('expected OK to STARTTLS, got "a1 ')


def test_a_server_that_says_goodbye_is_told_in_its_words() -> None:
    with speaking(odd.saying(b"* BYE overloaded\r\n")) as port:
        outcome = probe(imap, port=port)
    assert (outcome.ok, outcome.text) == (False, 'expected * OK, got "* BYE overloaded"')


def test_what_is_said_unasked_is_passed_over() -> None:
    with speaking(odd.saying(b"* OK x\r\n", b"* CAPABILITY IMAP4rev1\r\n* 3 EXISTS\r\na1 OK in\r\n")) as port:
        outcome = probe(imap, port=port, user="ops", password="secret")
    assert (outcome.ok, outcome.text) == (True, "OK logged in")


def test_a_client_that_is_known_already_need_not_log_in() -> None:
    with speaking(odd.saying(b"* PREAUTH hello\r\n")) as port:
        outcome = probe(imap, port=port, **LOG_IN)
    assert (outcome.ok, outcome.text) == (True, "* OK ready")


def test_a_goodbye_in_the_midst_is_a_failure() -> None:
    with speaking(odd.saying(b"* OK x\r\n", b"* BYE shutting down\r\n")) as port:
        outcome = probe(imap, port=port, user="ops", password="secret")
    assert (outcome.ok, outcome.text) == (False, "connection ended by the server")
