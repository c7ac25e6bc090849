"""Against twisted.mail."""

from __future__ import annotations

from typing import Any

from chalicelib.probes import pop3
from tests.channels.servers import speaking
from tests.probes.servers import odd
from tests.probes.servers.mailboxes import PASSWORD, USER, mailbox
from tests.probes.servers.scene import HOST, authority, probe

LOG_IN: dict[str, Any] = {"user": USER, "password": PASSWORD}


def test_a_server_that_greets_is_ready() -> None:
    with mailbox("pop3") as port:
        outcome = probe(pop3, port=port)
    assert (outcome.ok, outcome.text) == (True, "+OK ready")


def test_a_log_in_that_is_asked_for_is_made() -> None:
    with mailbox("pop3") as port:
        outcome = probe(pop3, port=port, **LOG_IN)
    assert (outcome.ok, outcome.text) == (True, "+OK logged in")


def test_stls_secures_the_log_in() -> None:
    with mailbox("pop3", certificate=authority().file(HOST)) as port:
        outcome = probe(pop3, port=port, tls="starttls", **LOG_IN)
    assert (outcome.ok, outcome.text) == (True, "+OK logged in")
    assert outcome.phases.ssl > 0


def test_tls_from_the_start_secures_the_log_in() -> None:
    with mailbox("pop3", certificate=authority().file(HOST), implicit=True) as port:
        outcome = probe(pop3, port=port, tls="tls", **LOG_IN)
    assert (outcome.ok, outcome.text) == (True, "+OK logged in")


def test_a_wrong_password_is_told() -> None:
    with mailbox("pop3") as port:
        outcome = probe(pop3, port=port, user=USER, password="wrong")
    assert (outcome.ok, outcome.text) == (False, "login refused")


def test_a_server_without_tls_is_told_and_no_password_is_sent() -> None:
    with mailbox("pop3") as port:
        outcome = probe(pop3, port=port, tls="starttls", **LOG_IN)
    assert (outcome.ok, outcome.text) == (False, 'expected +OK, got "-ERR no TLS here"')


def test_an_untrusted_certificate_is_a_failure_unless_asked_otherwise() -> None:
    with mailbox("pop3", certificate=authority().file(HOST, self_signed=True), implicit=True) as port:
        assert probe(pop3, port=port, tls="tls").text == "certificate is self-signed"
        assert probe(pop3, port=port, tls="tls", verify=False).ok


def test_a_server_that_is_busy_is_told_in_its_words() -> None:
    with speaking(odd.saying(b"-ERR too many users\r\n")) as port:
        outcome = probe(pop3, port=port)
    assert (outcome.ok, outcome.text) == (False, 'expected +OK, got "-ERR too many users"')
